"""Tests of calsync/plans/naming.py: no title of what is not given is kept anywhere."""

from typing import Any

import pytest

from calsync.contents import fields
from calsync.plans.naming import PRIVATE, UNTOLD, named
from calsync.rules import Detail, Gives, Kind, Treat
from protocols.model.event import Sensitivity
from protocols.model.intervals import BusyStatus
from tests.calsync.plans.model import World, days, event, giver, person, rules

HIDDEN = Sensitivity.PRIVATE
AT = ", 2026-11-03 09:00 UTC"


@pytest.mark.parametrize(
    ("gives", "more", "told"),
    [
        (Gives(), {}, "Oncologist"),
        (Gives(), {"sensitivity": HIDDEN}, PRIVATE + AT),
        (Gives(), {"sensitivity": Sensitivity.CONFIDENTIAL, "when": days()}, PRIVATE + ", 2026-11-03"),
        (Gives(private=Treat.BUSY), {"sensitivity": HIDDEN}, PRIVATE + AT),
        (Gives(private=Treat.COPY), {"sensitivity": HIDDEN}, "Oncologist"),
        (Gives(detail=Detail.BUSY), {}, UNTOLD + AT),
        (Gives(without_subjects=("Onco*",)), {}, UNTOLD + AT),
        (Gives(free=Treat.BUSY), {"shows": BusyStatus.FREE}, UNTOLD + AT),
        (Gives(free=Treat.SKIP), {"shows": BusyStatus.FREE}, "Oncologist"),
        (None, {}, UNTOLD + AT),
    ],
)
def test_the_title_is_told_where_it_is_given(gives: Gives | None, more: dict[str, Any], told: str) -> None:
    one = event(subject="Oncologist", **more)
    assert named(one, fields(one), gives) == told


@pytest.mark.parametrize(
    ("gives", "private", "told"),
    [(Gives(), False, "Ann Lee"), (Gives(), True, PRIVATE), (Gives(detail=Detail.BUSY), False, "Ann Lee")],
)
def test_so_are_the_names_of_a_contact(gives: Gives, private: bool, told: str) -> None:
    one = person(private=private)
    assert named(one, fields(one), gives) == told


def test_nothing_private_is_left_in_the_ledger_when_it_is_not_given_or_not_any_more() -> None:
    here = World(rules(giver("a"), giver("b")))
    here.put("a", event(subject="Oncologist", sensitivity=HIDDEN))
    key = here.put("a", event(11, "Lunch"))
    here.quiet()
    here.change("a", key, subject="Lawyer", sensitivity=HIDDEN)
    here.quiet()
    assert {aside.title for aside in here.asides.values()} == {PRIVATE + AT, PRIVATE + ", 2026-11-03 11:00 UTC"}


def test_a_hub_of_contacts_keeps_none_either() -> None:
    here = World(rules(giver("a"), giver("b"), kind=Kind.CONTACTS))
    here.put("a", person(private=True))
    here.quiet()
    assert [aside.title for aside in here.asides.values()] == [PRIVATE]
