"""Tests of protocols.ldap.forwarding."""

from protocols.ldap.forwarding import addresses_of, changed, filters, target_of
from protocols.ldap.operations import Doing, Modification, Modify
from protocols.ldap.replies import Found

ANN = Found(
    "CN=Ann,DC=b",
    {
        "mail": [b"Ann@b.example"],
        "proxyaddresses": [b"SMTP:ann@b.example", b"smtp:a.lee@b.example", b"X500:/o=B/cn=ann", b"sip:ann@b.example"],
        "targetaddress": [b"SMTP:ann@c.example"],
    },
)


def test_what_an_account_answers_to_is_not_where_it_forwards_to() -> None:
    assert addresses_of(ANN) == {"ann@b.example", "a.lee@b.example"}
    assert target_of(ANN) == "SMTP:ann@c.example"
    assert (addresses_of(Found("CN=x", {})), target_of(Found("CN=x", {}))) == (frozenset(), "")


def test_addresses_are_quoted_in_filters() -> None:
    assert filters(["a*@b.example"]) == [r"(|(proxyAddresses=smtp:a\2a@b.example)(mail=a\2a@b.example))"]


def test_a_change_names_what_stood_there() -> None:
    out = Modification(Doing.DELETE, "targetAddress", (b"SMTP:x@b.example",))
    into = Modification(Doing.ADD, "targetAddress", (b"SMTP:y@b.example",))
    assert changed("CN=a", "SMTP:x@b.example", "SMTP:y@b.example") == Modify("CN=a", (out, into))
    assert changed("CN=a", "", "SMTP:y@b.example") == Modify("CN=a", (into,))
    assert changed("CN=a", "SMTP:x@b.example", "") == Modify("CN=a", (out,))
    assert changed("CN=a", "same", "same") is None
