"""Tests of calsync/plans/getting.py: what a copy shall be, and what a change of one means."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.contents import content, fields
from calsync.plans.details import BUSY, NOTHING, SUBJECT, labelled
from calsync.plans.getting import carried, meant, ours, projected, shared, wanted, wearing, worn
from calsync.rules import Detail, Gets, Kind, Reminders
from calsync.spoke import Ability
from protocols.model.event import Event, Occurrence, Sensitivity
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import ALL, event, person, whatever

FULL = event(
    location="Room",
    body="Long",
    people=("Organiser: Ann", "Bob"),
    categories=("Own",),
    reminder=timedelta(minutes=5),
)
START = event().when.start  # type: ignore[union-attr]
SERIES = replace(
    FULL,
    rule=Recurrence(frequency=Frequency.DAILY, count=3),
    exceptions={START: Occurrence(when=event(11).when, subject="Moved", body="B", categories=("X",))},
)


def copy(one: Event, **rules: Any) -> Event:
    made = content(projected(fields(one), replace(ALL, **rules), Kind.CALENDAR))
    assert isinstance(made, Event)
    return made


def test_a_copy_is_the_item_without_its_people_and_reminder() -> None:
    assert copy(FULL) == replace(FULL, people=(), reminder=None)
    assert copy(FULL, reminders=Reminders.KEEP).reminder == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("rules", "subject"),
    [
        ({"prefix": "[A] "}, "[A] Stand-up"),
        ({"subject": "Taken"}, "Taken"),
        ({"prefix": "[A] ", "subject": "Taken"}, "[A] Taken"),
        ({"detail": Detail.BUSY}, "Busy"),
        ({"detail": Detail.BUSY, "prefix": "[A] "}, "[A] Busy"),
    ],
)
def test_subjects_are_put_on_or_taken_off_as_the_rules_say(rules: dict[str, Any], subject: str) -> None:
    assert copy(FULL, **rules).subject == subject


def test_category_privacy_and_people_are_added() -> None:
    made = copy(FULL, category="Shared", private=True, people=True)
    assert made.categories == ("Own", "Shared")
    assert made.sensitivity is Sensitivity.PRIVATE
    assert made.body == "Long\n\n--\nOrganiser: Ann\nBob"
    assert copy(FULL, people=True, detail=Detail.SUBJECT).body == ""


def test_occurrences_are_copied_by_the_same_rules() -> None:
    made = copy(SERIES, prefix="[A] ", category="Shared").exceptions[START]
    assert made is not None
    assert (made.subject, made.body, made.categories) == ("[A] Moved", "B", ("Shared", "X"))
    shadow = copy(SERIES, detail=Detail.BUSY).exceptions[START]
    assert shadow == Occurrence(when=event(11).when)


def test_what_was_called_off_takes_no_time() -> None:
    made = copy(replace(FULL, cancelled=True))
    assert (made.cancelled, made.shows.name) == (False, "FREE")


TEXTS = {name: st.text(max_size=9) for name in ("subject", "location", "body")}


@settings(max_examples=80)
@given(
    texts=st.fixed_dictionaries(TEXTS),
    once=st.fixed_dictionaries(TEXTS),
    more=st.lists(st.text(max_size=5), max_size=2),
)
def test_a_spoke_of_busy_blocks_shows_the_same_whatever_is_said(
    texts: dict[str, Any], once: dict[str, Any], more: list[str]
) -> None:
    said = replace(SERIES, **texts, people=tuple(more), categories=tuple(more))
    said = replace(said, exceptions={START: Occurrence(when=event(11).when, **once)})
    plain = replace(SERIES, exceptions={START: Occurrence(when=event(11).when)})
    for rules in (Gets(detail=Detail.BUSY, prefix="[A] ", category="C", people=True), Gets(detail=Detail.BUSY)):
        assert projected(fields(said), rules, Kind.CALENDAR) == projected(fields(plain), rules, Kind.CALENDAR)


BACK = [
    ({"prefix": "[A] "}, "subject", "[A] New", "New"),
    ({"prefix": "[A] "}, "subject", "New", "New"),
    ({"prefix": "[A] "}, "subject", "[A]", None),
    ({}, "subject", None, None),
    ({"category": "Shared"}, "categories", '["New","Shared"]', '["New"]'),
    ({"category": "Shared"}, "categories", '["Shared"]', None),
    ({"category": "Own"}, "categories", '["Own"]', '["Own"]'),
    ({"people": True}, "body", "Longer\n\n--\nOrganiser: Ann\nBob", "Longer"),
    ({"people": True}, "body", "Longer\n--\nOrganiser: Ann\nBob too", "Longer\nBob too"),
    ({"people": True}, "body", "--\nOrganiser: Ann\nBob", None),
    ({}, "location", "Hall", "Hall"),
    ({"prefix": "[A] "}, "at 2026-11-04T09:00:00Z", "null", "null"),
]


@pytest.mark.parametrize(("rules", "name", "text", "means"), BACK)
def test_what_the_rules_put_on_is_never_carried_back(
    rules: dict[str, Any], name: str, text: str | None, means: str | None
) -> None:
    assert carried(name, text, fields(FULL), replace(ALL, **rules)) == means


WORN = (
    Gets(),
    Gets(prefix="[A] ", category="C", people=True, private=True),
    Gets(subject="Taken", detail=Detail.BUSY, reminders=Reminders.KEEP),
)


@pytest.mark.parametrize("then", WORN, ids=range(len(WORN)))
@pytest.mark.parametrize("now", [replace(ALL, prefix="[B] ", private=True), ALL], ids=["other", "bare"])
def test_what_a_copy_wears_is_read_again_whatever_the_rules_are_now(then: Gets, now: Gets) -> None:
    rights: dict[str, Any] = {name: getattr(now, name) for name in ("create", "change", "delete", "anonymous")}
    assert wearing(now, worn(then)) == replace(then, **rights)
    assert wearing(now, "") == now


OTHER = [
    ("[A] ", "[B] ", "subject", "[A] New", "New"),
    ("[A] ", "[B] ", "subject", "[B] New", "New"),
    ("", "[B] ", "subject", "[B] New", "New"),
    ("[A] ", "", "subject", "[A] New", "New"),
    ("", "Stand", "subject", "Stand-up!", "Stand-up!"),
    ("[A] ", "[B] ", "subject", None, None),
    ("[A] ", "[B] ", "at 2026-11-04T09:00:00Z", '{"subject":"[A] New"}', '{"subject":"New"}'),
]


@pytest.mark.parametrize(("then", "now", "name", "text", "means"), OTHER)
def test_what_was_put_on_before_is_not_carried_back_either(
    then: str, now: str, name: str, text: str | None, means: str | None
) -> None:
    old, new = replace(ALL, prefix=then), replace(ALL, prefix=now)
    assert meant(name, text, fields(FULL), then=old, now=new) == means


def test_a_category_and_people_of_before_are_not_carried_back_either() -> None:
    old, new = replace(ALL, category="Old", people=True), replace(ALL, category="New")
    assert meant("categories", '["Mine","New","Old"]', fields(FULL), then=old, now=new) == '["Mine"]'
    assert meant("body", "Longer\n\n--\nOrganiser: Ann\nBob", fields(FULL), then=old, now=new) == "Longer"
    assert meant("body", "Longer\n\n--\nOrganiser: Ann\nBob", fields(FULL), then=new, now=old) == "Longer"


def test_a_changed_occurrence_keeps_what_the_spoke_never_saw() -> None:
    before, gets = fields(SERIES), replace(ALL, detail=Detail.BUSY)
    (name,) = (name for name in before if name.startswith("at "))
    moved = projected(before, gets, Kind.CALENDAR)[name].replace("11:00", "13:00")
    values = json.loads(carried(name, moved, before, gets) or "")
    assert (values["subject"], values["body"]) == ("Moved", "B")
    assert "13:00" in values["when"]["start"]


@settings(max_examples=60)
@given(prefix=st.sampled_from(["", "[A] "]), category=st.sampled_from(["", "C"]), people=st.booleans())
def test_carrying_back_undoes_the_projection(prefix: str, category: str, people: bool) -> None:
    gets = replace(ALL, prefix=prefix, category=category, people=people)
    base = fields(SERIES)
    for name, text in projected(base, gets, Kind.CALENDAR).items():
        if not ours(name, base, gets, Kind.CALENDAR):
            assert carried(name, text, base, gets) == base.get(name)


def test_what_is_shared_with_somebodys_own_item_is_as_it_is() -> None:
    gets = replace(ALL, detail=Detail.SUBJECT, prefix="[A] ")
    assert set(shared(fields(FULL), gets, Kind.CALENDAR)) == {"when", "subject", "location", "categories"}


def test_contacts_get_a_prefix_a_category_and_privacy() -> None:
    gets = replace(ALL, prefix="[A] ", category="C", private=True)
    made = projected(fields(person(notes="x")), gets, Kind.CONTACTS)
    assert made["display_name"] == "[A] Ann Lee"
    assert (made["categories"], made["private"], made["notes"]) == ('["C"]', "true", "x")


def test_a_spoke_gets_what_it_can_hold() -> None:
    ability = Ability(fit=whatever, fields=frozenset({"when", "subject", "rule"}))
    assert wanted(fields(FULL), ALL, ability, Kind.CALENDAR, made=True) == (fields(event()), "")
    assert wanted(labelled({}, NOTHING), ALL, ability, Kind.CALENDAR, made=True) == (None, "")
    no = Ability(fit=lambda one: (None, "no series"))
    assert wanted(fields(SERIES), ALL, no, Kind.CALENDAR, made=True) == (None, "no series")
    broken = {**fields(FULL), "at 2026-11-03": "null"}
    assert wanted(broken, ALL, ability, Kind.CALENDAR, made=True)[0] is not None  # it is not held there
    assert wanted(broken, ALL, Ability(fit=whatever), Kind.CALENDAR, made=True)[1] == "its fields do not go together"


@pytest.mark.parametrize("at", [SUBJECT, BUSY])
def test_of_an_origin_that_gives_less_nothing_else_is_looked_at(at: str) -> None:
    base = labelled({"when": fields(FULL)["when"]}, at)
    shown, _ = wanted(base, ALL, Ability(fit=whatever), Kind.CALENDAR, made=False)
    assert shown is not None
    assert set(shown) == {"when"}
