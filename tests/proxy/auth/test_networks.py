"""Where a request comes from: what is believed, what is not, and who is stopped although it proved itself."""

from ipaddress import ip_address

import pytest

from protocols.model.caller import Caller
from proxy.auth import Refused
from proxy.auth.networks import Addresses, Fence, Networks, UnbelievableError, networks_of
from service.addresses import parse_network

PROXIES = [parse_network("10.0.0.0/24"), parse_network("2001:db8:9::1")]
NORTHWIND, CONTOSO = Caller("northwind", "", "basic"), Caller("contoso", "", "basic")


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", ("198.51.100.1",), "203.0.113.7"),  # anybody can write that
        ("203.0.113.7", ("garbage",), "203.0.113.7"),
        ("10.0.0.5", (), "10.0.0.5"),
        ("10.0.0.5", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.5", ("6.6.6.6, 198.51.100.1",), "198.51.100.1"),  # the left one was written by whoever asks
        ("10.0.0.5", ("6.6.6.6", "198.51.100.1"), "198.51.100.1"),
        ("10.0.0.5", ("garbage, 198.51.100.1",), "198.51.100.1"),
        ("10.0.0.5", ("198.51.100.1, 10.0.0.9",), "198.51.100.1"),
        ("10.0.0.5", ("10.0.0.7, 10.0.0.9",), "10.0.0.7"),
        ("10.0.0.5", ("198.51.100.1:49152",), "198.51.100.1"),
        ("10.0.0.5", ("[2001:db8::7]:49152",), "2001:db8::7"),
        ("10.0.0.5", ("2001:DB8::7",), "2001:db8::7"),
        ("10.0.0.5", ("::ffff:198.51.100.1",), "198.51.100.1"),
        ("::ffff:10.0.0.5", ("198.51.100.1",), "198.51.100.1"),
        ("2001:db8:9::1", ("198.51.100.1",), "198.51.100.1"),
        ("::ffff:203.0.113.7", (), "203.0.113.7"),
        ("fe80::1%eth0", (), "fe80::1"),
        ("", (), None),
        ("", ("198.51.100.1",), None),
        ("/run/busyline.sock", ("198.51.100.1",), None),
    ],
)
def test_the_real_address(peer: str, forwarded: tuple[str, ...], found: str | None) -> None:
    addresses = Addresses(PROXIES)
    for _ in range(2):  # the second time it is remembered
        assert addresses.find(peer, forwarded) == (ip_address(found) if found else None)
    assert addresses.told(peer, forwarded) == (found or "")


@pytest.mark.parametrize(
    "said",
    ["garbage", "", "198.51.100.1,", "unknown", "1.2.3", "[2001:db8::7", "[]", "198.51.100.1, x", ":80", "1" * 5_000],
)
def test_what_a_trusted_proxy_says_and_nobody_can_read_is_never_believed(said: str) -> None:
    addresses = Addresses(PROXIES)
    for _ in range(2):
        with pytest.raises(UnbelievableError) as raised:
            addresses.find("10.0.0.5", (said,))
        assert said not in str(raised.value) or not said
    assert addresses.told("10.0.0.5", (said,)) == ""


def test_without_trusted_proxies_nothing_forwarded_is_believed() -> None:
    assert Addresses().find("10.0.0.5", ("198.51.100.1",)) == ip_address("10.0.0.5")


def test_networks_hold_their_addresses() -> None:
    networks = Networks(networks_of(["google-calendar-interop", "203.0.113.0/24", "2001:db8::/32"]))
    assert all(networks.hold(ip_address(text)) for text in ("74.125.88.31", "2a00:1450:4::1", "203.0.113.9"))
    assert not any(networks.hold(ip_address(text)) for text in ("74.125.88.32", "2a00:1450:5::1", "203.0.114.9"))
    assert not networks.hold(None)


def test_the_fence_stops_who_comes_from_elsewhere_and_says_so() -> None:
    fence = Fence({"northwind": ("203.0.113.0/24",), "contoso": ()})
    assert fence.stops(NORTHWIND, ip_address("203.0.113.9")) is None
    assert fence.stops(NORTHWIND, ip_address("198.51.100.1")) == Refused("network", 403, caller="northwind")
    assert fence.stops(NORTHWIND, None) == Refused("network", 403, caller="northwind")
    assert fence.stops(CONTOSO, ip_address("198.51.100.1")) is None
