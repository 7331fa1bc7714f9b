"""Callers are known again by what they showed, all others by where they come from."""

from ipaddress import ip_network

import pytest

from proxy.acquaintances import Acquaintances
from proxy.auth.networks import Addresses
from proxy.fair_shares import STRANGER


def test_who_proved_itself_is_known_again_wherever_it_comes_from() -> None:
    known = Acquaintances()
    known.met("Bearer abc", "northwind")
    assert known.whose("Bearer abc", "192.0.2.1", ()) == known.whose("Bearer abc", "192.0.2.2", ()) == "northwind"


def test_made_up_credentials_share_the_turns_of_their_address() -> None:
    known = Acquaintances()
    known.met("Bearer abc", "northwind")
    found = {known.whose(f"Bearer {number}", "192.0.2.1", ()) for number in range(10)}
    found.add(known.whose(None, "192.0.2.1", ()))
    assert len(found) == 1
    assert found != {known.whose("Bearer 1", "192.0.2.2", ())}


def test_nobody_can_be_called_like_an_address() -> None:
    known = Acquaintances()
    known.met("Bearer abc", "192.0.2.1")
    assert known.whose(None, "192.0.2.1", ()) != "192.0.2.1"


def test_a_reverse_proxy_is_believed_where_it_is_trusted() -> None:
    forwarded = ("203.0.113.9",)
    assert Acquaintances().whose(None, "192.0.2.1", forwarded) == STRANGER + "192.0.2.1"
    trusting = Acquaintances(Addresses([ip_network("192.0.2.0/24")]))
    assert trusting.whose(None, "192.0.2.1", forwarded) == STRANGER + "203.0.113.9"
    assert trusting.whose(None, "192.0.2.1", ("garbage!",)) == STRANGER


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "/run/socket", True),
    ],
)
def test_who_has_one_ipv6_address_has_a_whole_net_of_them(one: str, other: str, same: bool) -> None:
    known = Acquaintances()
    assert (known.whose(None, one, ()) == known.whose(None, other, ())) is same


def test_no_secret_is_kept_and_no_more_than_so_many_of_one_caller() -> None:
    known = Acquaintances(most=3)
    for number in range(5):
        known.met(f"Bearer secret-{number}", "northwind")
    known.met(None, "by-certificate")
    found = [known.whose(f"Bearer secret-{number}", "192.0.2.1", ()) for number in range(5)]
    assert [each == "northwind" for each in found] == [False, False, True, True, True]
    assert "secret" not in repr(vars(known))


def test_a_caller_that_writes_itself_in_thousands_of_ways_makes_nobody_a_stranger() -> None:
    known = Acquaintances()
    known.met("Bearer abc", "northwind")
    for number in range(20_000):
        known.met("Basic " + " " * number + "eDp5", "contoso")
    assert known.whose("Bearer abc", "192.0.2.1", ()) == "northwind"


@pytest.mark.parametrize("use", ["met", "whose"])
def test_what_is_in_use_is_not_forgotten(use: str) -> None:
    known = Acquaintances(most=3)
    known.met("Bearer used", "northwind")
    for number in range(10):
        known.met(f"Bearer {number}", "northwind")
        if use == "met":
            known.met("Bearer used", "northwind")
        else:
            known.whose("Bearer used", "192.0.2.1", ())
    assert known.whose("Bearer used", "192.0.2.1", ()) == "northwind"


def test_what_one_caller_showed_may_be_another_ones_after_all() -> None:
    known = Acquaintances(most=2)
    known.met("Bearer abc", "northwind")
    known.met("Bearer abc", "contoso")
    for number in range(3):
        known.met(f"Bearer {number}", "northwind")
    assert known.whose("Bearer abc", "192.0.2.1", ()) == "contoso"
