"""Tests of routing/aliases.py."""

import pytest

from protocols.model.mailbox import Mailbox
from routing.aliases import NO_ALIASES, Aliases

ROOM = "c_12@resource.calendar.google.com"
ALIASES = Aliases({"G.Fabrikam.example": "fabrikam.example"}, {ROOM: "Room1@fabrikam.example"})


@pytest.mark.parametrize(
    ("asked", "real"),
    [
        ("Ann@g.fabrikam.example", "ann@fabrikam.example"),
        ("ann@fabrikam.example", "ann@fabrikam.example"),
        ("ann@x.g.fabrikam.example", "ann@x.g.fabrikam.example"),
        (ROOM, "room1@fabrikam.example"),
        ("other@resource.calendar.google.com", "other@resource.calendar.google.com"),
    ],
)
def test_real_names(asked: str, real: str) -> None:
    found = ALIASES.real(Mailbox.parse(asked))
    assert (found.address, found.asked) == (real, asked)


def test_no_aliases_change_nothing() -> None:
    mailbox = Mailbox.parse("ann@fabrikam.example")
    assert NO_ALIASES.real(mailbox) is mailbox
    assert not NO_ALIASES
    assert ALIASES


@pytest.mark.parametrize(
    ("domains", "addresses", "words"),
    [
        ({"a.example": "a.example"}, {}, "a.example is an alias of itself"),
        ({"a.example": "b.example", "b.example": "a.example"}, {}, "a.example is an alias of b.example, which is an"),
        ({"a.example": "b.example"}, {"x@c.example": "x@a.example"}, "x@c.example is an alias of x@a.example, which"),
        ({}, {"x@a.example": "y@a.example", "y@a.example": "x@a.example"}, "which is an alias itself"),
    ],
)
def test_circles_are_refused(domains: dict[str, str], addresses: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Aliases(domains, addresses)
