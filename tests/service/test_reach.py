"""How far calls reach: which addresses are of the internet, and that credentials stay with their origin."""

import pytest

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.reach import PUBLIC, PrivateAddressError, Reach, bound, is_loopback, is_public, is_written_out, origin

_PUBLIC = ("8.8.8.8", "52.96.0.1", "2620:1ec:a92::152", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1")


@pytest.mark.parametrize("address", _PUBLIC)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "127.8.8.8", "0.0.0.0"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:a00:1::", "2002:7f00:1::1", "2001:0:a00:1::1"),
    ],
)
def test_addresses_of_no_internet(address: str) -> None:
    assert not is_public(address)


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(PrivateAddressError, match=r"private address 10\.0\.0\.1: write private_network = true"):
        PUBLIC.check("mail.example", ["8.8.8.8", "10.0.0.1"])
    PUBLIC.check("mail.example", ["8.8.8.8"])
    Reach(private_network=True).check("mail.example", ["10.0.0.1"])


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "::1", "fe80::1%eth0", "localhost", "LOCALHOST."])
def test_what_the_administrator_wrote_out_is_within_reach(host: str) -> None:
    assert is_written_out(host)
    PUBLIC.check(host, ["10.0.0.1"])


@pytest.mark.parametrize("host", ["localhost.example", "10.0.0.1.example", "mail", "2130706433", "0x7f.1", ""])
def test_names_are_not_written_out(host: str) -> None:
    assert not is_written_out(host)
    assert not is_loopback(host)


def test_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "localhost")))
    assert not any(map(is_loopback, ("10.0.0.1", "8.8.8.8", "localhost.example")))


def test_origins() -> None:
    assert origin("https://Mail.Example/EWS?x") == ("https", "mail.example", 443) == origin("https://mail.example:443")
    assert origin("http://[::1]:8080/") == ("http", "::1", 8080)
    for text in ("", "mail.example", "ftp://mail.example", "https://", "https://mail.example:x"):
        with pytest.raises(ValueError, match=r"not an address|Port could not be cast"):
            origin(text)


@pytest.mark.parametrize(
    "url",
    [
        *("http://mail.example/", "https://mail.example:8443/", "https://mail.example.evil/", "https://evil/"),
        *("https://mail.example@evil/", "//mail.example/", "nonsense"),
    ],
)
async def test_a_bound_send_refuses_every_other_origin(url: str) -> None:
    sent: list[str] = []

    async def send(request: HttpRequest) -> HttpResponse:
        sent.append(request.url)
        return HttpResponse(200)

    only = bound(send, "https://mail.example/EWS")
    await only(HttpRequest("POST", "https://mail.example:443/other"))
    with pytest.raises(PeerError, match=r"credentials for https://mail\.example:443 are not sent") as raised:
        await only(HttpRequest("POST", url))
    assert raised.value.reason is Reason.UNAUTHORIZED
    assert sent == ["https://mail.example:443/other"]
