"""Tests of calsync/plans/fingerprints.py: copies of one thing are recognised, and others are not taken for them."""

from typing import Any

import pytest

from calsync.contents import fields
from calsync.plans.details import BUSY, labelled
from calsync.plans.fingerprints import bare, fingerprint, outline, shadow, times_alone
from calsync.rules import Gets, Kind
from protocols.model.event import Span
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import event, giver, person, rules, target

HUB = rules(target("a", prefix="[A] "), target("b", prefix="[B] ", subject="Taken"))
NINE = event().when
assert isinstance(NINE, Span)


def of(**more: Any) -> bytes:
    return fingerprint(fields(event(**more)), HUB)


@pytest.mark.parametrize(
    "more",
    [
        {"subject": " stand-UP "},
        {"subject": "[B] [A] Stand-up"},
        {"location": "Room", "body": "x"},
        {"when": Span(NINE.start, NINE.end, "Europe/Vienna")},
    ],
)
def test_copies_are_like_each_other(more: dict[str, Any]) -> None:
    assert of(**more) == of()


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "Stand-down"},
        {"hour": 10},
        {"rule": Recurrence(frequency=Frequency.DAILY)},
        {"subject": ""},
    ],
)
def test_others_are_not(more: dict[str, Any]) -> None:
    assert of(**more) != of()


def test_what_the_hub_hides_is_like_any_other_that_it_hides() -> None:
    shadows = {of(subject=text) for text in ("Busy", "Taken", "[B] Taken")}
    assert shadows == {fingerprint(labelled(fields(event()), BUSY), HUB)}


def test_what_has_no_name_is_like_nothing() -> None:
    assert of(subject="") == b""
    assert fingerprint({}, HUB) == b""


def test_a_person_is_known_by_name_and_first_address() -> None:
    hub = rules(target("a", prefix="[A] "), kind=Kind.CONTACTS)
    one = fingerprint(fields(person()), hub)
    assert one == fingerprint(fields(person(display_name="Lee, Ann", emails=("ANN@x.example", "b@x.example"))), hub)
    assert one != fingerprint(fields(person(emails=("b@x.example",))), hub)
    assert one != fingerprint(fields(person(surname="Li")), hub)


def test_prefixes_come_off_as_often_as_they_were_put_on() -> None:
    assert bare("[A] [A] [B] Fair", HUB) == "Fair"


def test_the_shadow_is_what_copies_look_like_that_tell_the_times_alone() -> None:
    hiding = rules(giver("a"), giver("b", Gets(create=True, subject="Taken")))
    one = fields(event(subject="Dentist"))
    taken = fingerprint(fields(event(subject="Taken")), hiding)
    assert shadow(one, hiding) == taken != fingerprint(one, hiding)
    assert shadow(one, rules(giver("a"), giver("b"))) == b""  # no copy of this hub hides anything
    assert shadow(labelled(one, BUSY), hiding) == b""  # it is its own


def test_the_outline_is_the_same_whatever_else_is_changed() -> None:
    one = outline(fields(event(subject="Dentist", body="Tooth")), HUB)
    assert one == outline(fields(event(subject="Barber")), HUB)
    assert one != outline(fields(event(11, subject="Dentist")), HUB)


def test_times_alone_are_known_by_their_subject_and_names_by_the_lack_of_all_else() -> None:
    hiding = rules(giver("a"), giver("b", Gets(create=True, subject="Taken")))
    assert times_alone(fields(event(subject="Taken")), hiding)
    assert not times_alone(fields(event(subject="Dentist")), hiding)
    contacts = rules(giver("a"), kind=Kind.CONTACTS)
    assert times_alone(fields(person(emails=())), contacts)
    assert not times_alone(fields(person()), contacts)
