"""Tests of calsync/plans/first_sight.py: what a hub finds in calendars that it never saw."""

from dataclasses import replace

import pytest

from calsync.items import Mark
from calsync.plans.first_sight import MIRRORED, RENAMED
from tests.calsync.plans.model import World, event, rules, whys


def copied(copies: int, *, of: str = "hub") -> World:
    """A hub that is new and knows nothing, over calendars where ``of`` made so many copies."""
    before = World(rules())
    for hour in range(copies):
        before.put("a", event(hour, f"Number {hour}"))
    before.quiet()
    here = World(replace(rules(), name="harbour"))
    for spoke, shelf in before.shelves.items():
        for item in shelf.values():
            mark = Mark.read(item.mark)
            here.put(spoke, item.content, uid=item.uid, mark=Mark(of, mark.item).text if mark else "")
    return here


@pytest.mark.parametrize(("copies", "found"), [(2, []), (3, [RENAMED])])
def test_a_hub_with_another_name_is_asked_before_it_doubles_everything(copies: int, found: list[str]) -> None:
    here = copied(copies)
    made = here.planned(everything=True)
    assert [stop.guard for stop in made.stops] == found
    for stop in made.stops:
        assert stop.words == (
            "6 copies stand here already that a hub called hub made: where hub is the old name of harbour, give the hub"
            " that name again and run `busyline calendar purge hub` first, or each would stand twice; where hub is"
            " another hub that goes on, allow it"
        )


def test_another_hub_that_goes_on_is_asked_for_once() -> None:
    here = copied(3)
    here.run(everything=True)  # allowed
    here.quiet()
    assert here.planned(whole=True).stops == ()
    for hour in range(9, 19):
        here.put("b", event(hour, f"Number {hour}"), mark=Mark("hub", f"{hour:032x}").text)
    assert here.planned(whole=True).stops == ()


@pytest.mark.parametrize(("alike", "found"), [(9, []), (10, [MIRRORED])])
def test_calendars_that_were_mirrored_before_are_not_doubled_unasked(alike: int, found: list[str]) -> None:
    here = World(rules())
    for hour in range(alike):
        here.put("a", event(hour, f"Number {hour}"))
        here.put("b", event(hour, f"Number {hour}", body="copied by another tool"))
    here.put("a", event(20, "Of its own"))
    made = here.planned(everything=True)
    assert [stop.guard for stop in made.stops] == found
    for stop in made.stops:
        assert stop.words == (
            f"{alike} items of b have the times and subjects of items of a, and differ in something else: were these"
            " mirrored before? Remove what that tool made, or each would stand twice; where they are items of"
            " their own, allow it"
        )
    here.run(everything=True)  # allowed
    assert here.planned(whole=True).stops == ()


def test_what_is_just_the_same_is_one_and_asks_nobody() -> None:
    here = World(rules())
    for hour in range(5):
        here.put("a", event(hour, f"Number {hour}"))
        here.put("b", event(hour, f"Number {hour}"))
    made = here.run(everything=True)
    assert (made.stops, len(here.ledger)) == ((), 5)
    assert [why for why in whys(made) if "b" in why] == []
