"""The part of $filter that the simulation understands."""

import pytest

from simulation.graph.filters import Filter
from simulation.graph.schedule import GraphRefusal

ENTRY = {
    "id": "1",
    "mail": "Ann.O'Neil@b.example",
    "displayName": "Ann",
    "accountEnabled": True,
    "proxyAddresses": ["SMTP:Ann@b.example"],
    "onPremisesExtensionAttributes": {"extensionAttribute3": "busyline:s/a", "extensionAttribute4": None},
}
LONG = ",".join(f"'{number}'" for number in range(16))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("id eq '1'", True),
        ("id in ('2','1')", True),
        ("id in ('2')", False),
        ("mail eq 'ann.o''neil@B.example'", True),
        ("proxyAddresses/any(p:p eq 'smtp:ann@b.example')", True),
        ("otherMails/any(o:o eq 'ann@b.example')", False),
        ("accountEnabled eq false or displayName eq 'Ann'", True),
        ("startsWith(onPremisesExtensionAttributes/extensionAttribute3,'busyline:')", True),
        ("onPremisesExtensionAttributes/extensionAttribute4 eq 'x'", False),
        ("accountEnabled eq true", True),
    ],
)
def test_what_is_understood(text: str, holds: bool) -> None:
    assert Filter(text, advanced=False).holds(ENTRY) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mail",
        "mail eq 'x' and id eq '1'",
        "mail eq 'x' or",
        "not (mail eq 'x')",
        "surname eq 'x'",
        "proxyAddresses/any(p:q eq 'x')",
        "members/any(m:m eq 'x')",
        "mail ne null",
        f"id in ({LONG})",
        " or ".join(["mail eq 'x'"] * 16),
        "onPremisesExtensionAttributes/extensionAttribute16 eq 'x'",
        "surname ne null",
        "displayName eq true",
        "startsWith(surname,'x')",
    ],
)
def test_the_rest_is_refused(text: str) -> None:
    with pytest.raises(GraphRefusal) as refused:
        Filter(text, advanced=False)
    assert (refused.value.status, refused.value.code) == (400, "Request_UnsupportedQuery")


def test_null_needs_an_advanced_query() -> None:
    assert Filter("mail ne null", advanced=True).holds(ENTRY)
    assert not Filter("onPremisesExtensionAttributes/extensionAttribute4 ne null", advanced=True).holds(ENTRY)


def test_a_filter_by_ids_names_them() -> None:
    assert Filter("id in ('a','b')", advanced=False).ids == ("a", "b")
    assert Filter("mail eq 'a'", advanced=False).ids is None
