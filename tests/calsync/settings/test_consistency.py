"""Tests of calsync/settings/consistency.py: every mistake is told at its place, and what is right is not one."""

from typing import Any

import pytest

from calsync.settings.consistency import connection_of
from tests.calsync.settings.merger import CONTACTS, SPOKES, TWO_WAY, hub, read, wrong

BUSY_ONLY = {"read": False, "get": {"create": True, "detail": "busy"}}


@pytest.mark.parametrize("kind", ["calendar", "contacts"])
def test_what_is_right_is_taken(kind: str) -> None:
    names = CONTACTS if kind == "contacts" else tuple(SPOKES)
    more = {name.replace("-", "_"): {"get": TWO_WAY} for name in names if name != "ical"}
    assert len(read(hub(*names, kind=kind, **more)).hubs[0].spokes) == len(names)


def test_busy_shadows_are_taken() -> None:
    assert not read(hub("google", "graph", graph=BUSY_ONLY)).hubs[0].spokes["graph"].read


@pytest.mark.parametrize(
    ("written", "place", "words"),
    [
        (hub("google"), "spokes", "at least two"),
        (hub("google", "graph", graph={"read": False}), "spokes.graph.read", "neither read nor written"),
        (
            hub("google", "graph", graph=BUSY_ONLY | {"give": {"free": "skip"}}),
            "spokes.graph.give",
            "nothing is taken from here",
        ),
        (hub("google", "ical", ical={"get": TWO_WAY}), "spokes.ical.get", "cannot be written to"),
        (
            hub("google", "graph", graph={"get": {"create": True, "detail": "busy", "people": True}}),
            "spokes.graph.get.people",
            "tells nobody who takes part",
        ),
        (hub("google", "graph", graph={"give": {"ahead": "9999d"}}), "spokes.graph.give.ahead", "at most 3650d"),
        (hub("google", "graph", graph={"folder": "Staff"}), "spokes.graph.folder", "kind = contacts alone"),
        (hub("google", "caldav", kind="contacts"), "spokes.caldav.protocol", "caldav has no contacts"),
        (
            hub("google", "graph", kind="contacts", graph={"give": {"declined": "copy"}}),
            "spokes.graph.give.declined",
            "says nothing about contacts",
        ),
        (
            hub("google", "graph", kind="contacts", graph={"zone": "Europe/Berlin"}),
            "spokes.graph.zone",
            "kind = calendar alone",
        ),
        (
            {"name": "Merger", "spokes": {"google": SPOKES["google"], "account": SPOKES["account"]}},
            "spokes.account",
            "busyline connect Merger-account",
        ),
    ],
)
def test_each_mistake_stands_at_its_place(written: dict[str, Any], place: str, words: str) -> None:
    told = wrong(written)
    assert list(told) == [f"hubs.0.{place}"]
    assert words in told[f"hubs.0.{place}"]


def test_a_calendar_is_joined_once() -> None:
    twice = {"name": "merger", "spokes": {"one": SPOKES["google"], "two": SPOKES["graph"], "three": SPOKES["google"]}}
    assert wrong(twice) == {"hubs.0.spokes.three": "one is the same calendar: name each once"}


def test_a_name_is_had_once() -> None:
    assert list(wrong(hub("google", "graph"), hub("ews", "caldav"))) == ["hubs.1.name"]


def test_two_hubs_may_read_one_calendar_and_one_may_write_it() -> None:
    second = {"name": "second"}
    assert wrong(hub("google", "graph", google={"get": TWO_WAY}), hub("google", "ews") | second) == {}
    both = wrong(
        hub("google", "graph", google={"get": TWO_WAY}), hub("google", "ews", google={"get": TWO_WAY}) | second
    )
    assert list(both) == ["hubs.1.spokes.google.get"]
    assert "the hub merger writes there already" in both["hubs.1.spokes.google.get"]


def test_whoever_signs_in_does_so_for_one_spoke() -> None:
    assert connection_of("merger", "account") == "merger-account"
