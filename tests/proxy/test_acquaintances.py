"""Callers are known again by what they showed, all others by where they come from."""

from ipaddress import ip_network

from proxy.acquaintances import Acquaintances
from proxy.auth.networks import Addresses


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
    assert Acquaintances().whose(None, "192.0.2.1", forwarded) == "\0" + "192.0.2.1"
    trusting = Acquaintances(Addresses([ip_network("192.0.2.0/24")]))
    assert trusting.whose(None, "192.0.2.1", forwarded) == "\0" + "203.0.113.9"
    assert trusting.whose(None, "192.0.2.1", ("garbage!",)) == "\0"


def test_no_secret_is_kept_and_no_more_than_so_many() -> None:
    known = Acquaintances(most=3)
    for number in range(5):
        known.met(f"Bearer secret-{number}", "northwind")
    known.met(None, "by-certificate")
    assert len(known) == 3
    assert known.whose("Bearer secret-0", "192.0.2.1", ()) != "northwind"
    assert known.whose("Bearer secret-4", "192.0.2.1", ()) == "northwind"
    assert "secret" not in repr(vars(known))
