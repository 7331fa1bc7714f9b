"""Tests of calsync/wiring/named.py: one of a name is found, and none is guessed."""

from dataclasses import dataclass

import pytest

from calsync.wiring.named import named
from protocols.errors import PeerError
from protocols.model.freebusy import Reason


@dataclass(frozen=True)
class Calendar:
    name: str


ALL = [Calendar("Team"), Calendar("TEAM"), Calendar("Merger"), Calendar("Twice"), Calendar("Twice")]


@pytest.mark.parametrize(("name", "found"), [("Team", "Team"), ("TEAM", "TEAM"), ("merger", "Merger")])
def test_one_is_found_as_it_is_written_before_all_others(name: str, found: str) -> None:
    assert named(ALL, name, what="calendar", where="ann@contoso.example").name == found


@pytest.mark.parametrize(
    ("name", "words"),
    [("Other", "there is none: make a calendar"), ("Twice", "2 of them"), ("team", "2 of them are called so")],
)
def test_nobody_guesses(name: str, words: str) -> None:
    with pytest.raises(PeerError, match=words) as raised:
        named(ALL, name, what="calendar", where="ann@contoso.example")
    assert raised.value.reason is Reason.NO_CALENDAR
