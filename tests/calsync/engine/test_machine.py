"""Random hubs of three calendars in bad weather become equal, and nothing is lost, doubled or mailed on the way.

``python -m bench.calsync.machine --runs 10000`` tries the same harder.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from calsync.rules import Conflict
from tests.calsync.world.machine import Ground, Weather
from tests.calsync.world.server import Fault


@pytest.fixture
def ground() -> Iterator[Ground]:
    made = Ground()
    try:
        yield made
    finally:
        made.close()


def test_all_becomes_equal_whatever_happens(ground: Ground) -> None:
    class Here(Weather):
        pass

    Here.ground = ground
    few = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=few)
    assert ground.figures["machines"] >= 25


@pytest.fixture
def weather(ground: Ground) -> Weather:
    class Here(Weather):
        pass

    Here.ground = ground
    made = Here()
    made.begin([0, 0, 0], False, Conflict.NEWEST)
    return made


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("unread", [["south"], ["south", "north"], ["west"], ["north", "west"]])
def test_two_were_invited_and_a_ledger_is_lost_while_somebody_cannot_be_read(
    weather: Weather, unread: list[str], changed: bool
) -> None:
    weather.receive_an_invitation_at_two("north")
    weather.sync(None)
    if changed:
        weather.edit("north", 0, "subject")
    weather.lose_the_ledger()
    for spoke in unread:
        weather.trouble(spoke, Fault.THROTTLED)
    weather.sync(None)
    weather.teardown()


def test_two_entered_the_same_series_and_a_ledger_is_lost(weather: Weather) -> None:
    weather.create_the_same_twice("north", True)
    weather.lose_the_ledger()
    weather.sync(None)
    weather.teardown()


def test_somebodys_own_is_the_same_item_until_all_copies_are_gone(weather: Weather) -> None:
    weather.create_the_same_twice("north", False)  # own at south and west, our copy at north
    weather.delete("south", 0)
    weather.somebody_is_faster("north", 0, "body")  # edits the copy just before we would remove it
    weather.sync("south")
    assert len(weather.world.servers["west"].standing) == 1, "west has its own and a copy of it"
    weather.delete("south", 0)
    weather.sync(None)
    weather.teardown()


def test_copies_of_what_nobody_knows_are_items_again_once_all_is_read_whole(weather: Weather) -> None:
    weather.create("west", False)
    weather.sync(None)
    weather.delete("west", 0)
    weather.trouble("west", Fault.LOST_BEFORE)
    weather.lose_the_ledger()
    weather.sync(None)
    weather.teardown()
