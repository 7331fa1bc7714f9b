"""Tests of calsync/plans/details.py: what is told at each level of detail."""

import json

import pytest

from calsync.contents import fields
from calsync.plans.details import BUSY, FULL, NOTHING, SUBJECT, labelled, level, masked, stricter, told
from calsync.rules import Detail, Kind
from protocols.model.event import Occurrence, Sensitivity
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import event, person

SERIES = event(
    rule=Recurrence(frequency=Frequency.DAILY, count=3),
    exceptions={event().when.start: Occurrence(when=event(11).when, subject="Secret", body="all")},  # type: ignore[union-attr]
    location="Room",
    body="Long",
    sensitivity=Sensitivity.PERSONAL,
    people=("Ann",),
)
AT = "at 2026-11-03T09:00:00Z"


@pytest.mark.parametrize(
    ("at", "names", "occurrence"),
    [
        (FULL, {"subject", "location", "body", "sensitivity", "people"}, {"when", "subject", "body"}),
        (SUBJECT, {"subject", "location", "sensitivity"}, {"when", "subject"}),
        (BUSY, set(), {"when"}),
    ],
)
def test_each_level_tells_its_fields_of_an_event(at: str, names: set[str], occurrence: set[str]) -> None:
    shown = masked(fields(SERIES), at, Kind.CALENDAR)
    assert set(shown) == {"when", "rule", AT, *names}
    assert set(json.loads(shown[AT])) == occurrence


@pytest.mark.parametrize(
    ("at", "names"),
    [
        (FULL, {"display_name", "given_name", "surname", "emails", "notes", "company", "categories"}),
        (SUBJECT, {"display_name", "given_name", "surname", "emails", "company"}),
        (BUSY, {"display_name", "given_name", "surname"}),
        (NOTHING, set()),
    ],
)
def test_each_level_tells_its_fields_of_a_contact(at: str, names: set[str]) -> None:
    card = person(notes="born in Rome", company="Lee Ltd", categories=("Friends",))
    assert set(masked(fields(card), at, Kind.CONTACTS)) == names


def test_the_level_stands_in_the_fields_where_it_is_not_all() -> None:
    assert level(labelled({"when": "x"}, BUSY)) == BUSY
    assert labelled({"when": "x", "detail": "busy"}, FULL) == {"when": "x"}
    assert level({}) == FULL


def test_every_rule_is_a_level_and_the_strictest_tells_least() -> None:
    assert stricter(*(each.value for each in Detail)) == BUSY
    assert stricter(FULL, NOTHING, SUBJECT) == NOTHING
    assert not told("at 2026-11-03", NOTHING, Kind.CALENDAR)
