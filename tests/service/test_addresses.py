"""Where to listen, and networks, as people write them."""

import re
from ipaddress import ip_address

import pytest
from pydantic import TypeAdapter

from service.addresses import IpNetwork, ListenAddress, Network, parse_network, place_of


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("0.0.0.0:443", "0.0.0.0", 443), ("[::1]:9464", "::1", 9464), ("busy.example.com:0", "busy.example.com", 0)],
)
def test_read_and_written_again(text: str, host: str, port: int) -> None:
    address = ListenAddress.parse(text)
    assert (address.host, address.port) == (host, port)
    assert str(address) == text


@pytest.mark.parametrize("text", ["443", ":443", "::1:443", "a:65536", "a:", "http://a:1", 443, "a b:1", "[::1]"])
def test_what_is_refused_with_a_remedy(text: object) -> None:
    with pytest.raises(ValueError, match=r'"0\.0\.0\.0:443"'):
        ListenAddress.parse(text)


@pytest.mark.parametrize(
    ("text", "loopback"),
    [("127.0.0.1:1", True), ("[::1]:1", True), ("localhost:1", True), ("0.0.0.0:1", False), ("a.example:1", False)],
)
def test_whether_only_this_machine_reaches_it(text: str, loopback: bool) -> None:
    assert ListenAddress.parse(text).is_loopback is loopback


@pytest.mark.parametrize("text", ["10.0.0.5", "203.0.113.0/24", "2001:db8::/64", "::1", " 10.0.0.0/8 "])
def test_a_network_is_read_and_written_again(text: str) -> None:
    adapter: TypeAdapter[IpNetwork] = TypeAdapter(Network)
    network = adapter.validate_python(text)
    assert adapter.dump_python(network) == text.strip()
    assert parse_network(network) is network


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.0.0.5/8", '"10.0.0.5/8" is an address within a network: write "10.0.0.0/8" for all of it'),
        ("10.0.0", '"10.0.0" is no network'),
        ("", '"" is no network'),
        (10, "not a network"),
        ("proxy.example.com", "write an address or a CIDR"),
    ],
)
def test_what_is_no_network_is_refused_with_a_remedy(text: object, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_network(text)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_what_counts_as_one_place(address: str, place: str) -> None:
    assert place_of(ip_address(address)) == place
