"""Tests of calsync/plans/staying.py: nobody at a copy makes an item vanish that they only meant to mark."""

from typing import Any

import pytest

from calsync.contents import fields
from calsync.event_fields import field_of
from calsync.plans.staying import STAYS, marked, staying
from calsync.rules import Gives, Kind, Treat
from protocols.model.event import Occurrence, Sensitivity
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import NOW, World, days, event, giver, person, rules, whys

START = event().when.start  # type: ignore[union-attr]
DAILY = Recurrence(frequency=Frequency.DAILY, count=5)
SERIES = event(rule=DAILY, exceptions={START: Occurrence(when=event(11).when)})
AT = field_of(START)


def at(**more: Any) -> str:
    """An occurrence at another hour, with more said of it."""
    return fields(event(rule=DAILY, exceptions={START: Occurrence(when=event(12).when, **more)}))[AT]


STRICT: dict[str, tuple[Gives, dict[str, str | None], set[str]]] = {
    "a mark": (Gives(), {"sensitivity": "private", "subject": "New"}, {"subject"}),
    "a mark that is given": (Gives(private=Treat.COPY), {"sensitivity": "private"}, {"sensitivity"}),
    "a mark that shows less": (Gives(private=Treat.BUSY), {"sensitivity": "confidential"}, set()),
    "a category": (Gives(without=frozenset({"Own"})), {"categories": '["Own"]', "location": "L"}, {"location"}),
    "a wanted category": (Gives(categories=frozenset({"Own"})), {"categories": None, "location": "L"}, {"location"}),
    "a subject": (Gives(without_subjects=("Lunch*",)), {"subject": "Lunch", "body": "B"}, {"body"}),
    "another subject": (Gives(without_subjects=("Lunch*",)), {"subject": "Dinner"}, {"subject"}),
    "free": (Gives(free=Treat.SKIP), {"shows": "FREE", "body": "B"}, {"body"}),
    "whole days": (Gives(all_day=Treat.BUSY), {"when": fields(event(when=days()))["when"], "body": "B"}, {"body"}),
    "several": (Gives(free=Treat.SKIP), {"shows": "FREE", "sensitivity": "private", "body": "B"}, {"body"}),
    "nothing given at all": (Gives(subjects=("Nothing",)), {"sensitivity": "private"}, {"sensitivity"}),
}


@pytest.mark.parametrize(("gives", "values", "stays"), STRICT.values(), ids=STRICT)
def test_what_would_withdraw_it_is_left_out_and_nothing_else(
    gives: Gives, values: dict[str, str | None], stays: set[str]
) -> None:
    one = event(categories=("Own",) if "Own" in gives.categories else ())
    assert staying(fields(one), values, gives, NOW) == {name: values[name] for name in stays}


def test_an_occurrence_is_carried_without_its_mark() -> None:
    found = staying(fields(SERIES), {AT: at(sensitivity=Sensitivity.PRIVATE, subject="New")}, Gives(), NOW)
    assert found == {AT: at(subject="New")}
    free = at(shows=BusyStatus.FREE)
    assert staying(fields(SERIES), {AT: free, "body": "B"}, Gives(free=Treat.SKIP), NOW) == {"body": "B"}
    assert staying(fields(SERIES), {AT: "null"}, Gives(), NOW) == {AT: "null"}


def test_whoever_gives_nothing_is_not_asked() -> None:
    assert staying(fields(event()), {"sensitivity": "private"}, None, NOW) == {"sensitivity": "private"}


@pytest.mark.parametrize(
    ("name", "text", "value", "told"),
    [
        ("sensitivity", "private", None, True),
        ("sensitivity", "confidential", "personal", True),
        ("sensitivity", "private", "confidential", False),
        ("sensitivity", None, "private", False),
        ("private", "true", None, True),
        ("subject", "private", None, False),
        (AT, at(sensitivity=Sensitivity.PRIVATE), at(), True),
        (AT, at(sensitivity=Sensitivity.PRIVATE), at(subject="X"), False),
        (AT, at(), at(), False),
        (AT, "null", at(), False),
        (AT, at(sensitivity=Sensitivity.PRIVATE), None, False),
    ],
)
def test_a_mark_is_known(name: str, text: str | None, value: str | None, told: bool) -> None:
    assert marked(name, text, value) is told


def test_who_marks_a_copy_keeps_it_and_the_mark_and_the_original_is_as_it_was() -> None:
    here = World(rules(giver("a"), giver("b"), giver("c")))
    here.put("a", event())
    here.quiet()
    here.change("b", here.key("b"), sensitivity=Sensitivity.PRIVATE, subject="New")
    made = here.run()
    assert whys(made) == [("a", "CHANGED"), ("c", "CHANGED")]
    assert [(left.spoke, left.words) for each in made.decisions for left in each.left] == [("b", STAYS)]
    here.quiet()
    told = [(here.only(name).subject, here.only(name).sensitivity.value) for name in "abc"]
    assert told == [("New", "normal"), ("New", "private"), ("New", "normal")]
    assert whys(here.planned(everything=True)) == []
    here.change("a", here.key("a"), location="Room")
    here.run()
    assert (here.only("b").location, here.only("b").sensitivity) == ("Room", Sensitivity.PRIVATE)


def test_who_marks_one_occurrence_of_a_copy_keeps_it_too() -> None:
    here = World(rules(giver("a"), giver("b")))
    here.put("a", SERIES)
    here.quiet()
    one = Occurrence(when=event(13).when, sensitivity=Sensitivity.PRIVATE)
    here.change("b", here.key("b"), exceptions={START: one})
    here.quiet()
    assert here.only("a").exceptions[START] == Occurrence(when=event(13).when)
    assert here.only("b").exceptions[START] == one
    assert whys(here.planned(everything=True)) == []


def test_what_the_origin_marks_and_unmarks_is_carried_all_the_same() -> None:
    here = World(rules(giver("a", private=Treat.COPY), giver("b")))
    here.put("a", event())
    here.quiet()
    for mark in (Sensitivity.PRIVATE, Sensitivity.NORMAL):
        here.change("a", here.key("a"), sensitivity=mark)
        here.quiet()
        assert here.only("b").sensitivity is mark
    here.change("b", here.key("b"), sensitivity=Sensitivity.PRIVATE)
    here.quiet()
    assert here.only("a").sensitivity is Sensitivity.PRIVATE


def test_a_contact_that_is_marked_stays_as_well() -> None:
    here = World(rules(giver("a"), giver("b"), kind=Kind.CONTACTS))
    here.put("a", person())
    here.quiet()
    here.change("b", here.key("b"), private=True, company="X")
    here.quiet()
    assert (here.only("a").private, here.only("a").company, here.only("b").private) == (False, "X", True)


def test_a_filter_at_the_origin_is_not_set_off_from_a_copy() -> None:
    here = World(rules(giver("a", without=frozenset({"Own"})), giver("b")))
    here.put("a", event())
    here.quiet()
    here.change("b", here.key("b"), categories=("Own",), when=event(15).when)
    here.quiet()
    assert here.only("a") == here.only("b") == event(15)
