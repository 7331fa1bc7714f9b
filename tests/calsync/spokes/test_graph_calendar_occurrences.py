"""Making the occurrences of a series what they shall be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from calsync.spoke import Act, Failed
from calsync.spokes.graph_calendar_items import GUARDED
from calsync.spokes.graph_calendar_occurrences import Occurring
from calsync.spokes.graph_calendar_reading import Reading
from calsync.spokes.occurrences import LOST, Occurrences
from protocols.graph.calendar_event import Told
from protocols.model.event import Event, Occurrence, Span
from protocols.model.freebusy import Reason
from tests.calsync.spokes.graph_calendar_world import GUEST, Mailbox, mailbox
from tests.contracts.spoke_events import SERIES

WEEKLY = SERIES["weekly"]
START = datetime(2026, 11, 9, 9, tzinfo=UTC)
SECOND, THIRD, FOURTH = (START + timedelta(days=7 * number) for number in (1, 2, 3))


def at(original: datetime, subject: str | None = None, *, later: int = 0) -> Occurrence:
    start = original + timedelta(hours=later)
    return Occurrence(when=Span(start, start + timedelta(hours=1), "Europe/Berlin"), subject=subject)


async def series(world: Mailbox, event: Event) -> tuple[Occurring, Told]:
    key = await world.user.create(event)
    calendar = world.asked()
    occurring = Occurring(calendar, Reading(calendar), Act.UPDATE)
    found = await occurring.look(key)
    assert isinstance(found, Told)
    return occurring, found


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({}, {SECOND: None}),
        ({}, {SECOND: at(SECOND, "x", later=3), THIRD: None}),
        ({SECOND: at(SECOND, "x", later=30)}, {SECOND: at(SECOND, later=3)}),
        ({SECOND: at(SECOND, "x", later=30)}, {}),
        ({SECOND: at(SECOND, later=24 * 8), THIRD: None}, {SECOND: None}),
        ({SECOND: None}, {}),
        ({SECOND: None, THIRD: at(THIRD, "x")}, {SECOND: at(SECOND, "y"), THIRD: at(THIRD, "x")}),
    ],
)
async def test_occurrences_become_what_they_shall_be(first: Occurrences, then: Occurrences) -> None:
    async with mailbox() as world:
        occurring, there = await series(world, replace(WEEKLY, exceptions=first))
        assert await occurring.make(there, then) is None
        now = await occurring.look(there.key)
        assert isinstance(now, Told)
        assert now.event.exceptions == then


async def test_nothing_is_written_where_somebody_was_invited_to_one() -> None:
    async with mailbox() as world:
        occurring, there = await series(world, replace(WEEKLY, exceptions={SECOND: at(SECOND, "x")}))
        world.user.stored(there.key).altered[SECOND.date()].properties["attendees"] = [GUEST]
        assert await occurring.make(there, {SECOND: None}) == GUARDED
        assert world.desk.mails == []


async def test_what_a_server_does_not_bring_back_is_said() -> None:
    async with mailbox() as world:
        occurring, there = await series(world, replace(WEEKLY, exceptions={SECOND: None}))
        event = world.user.stored(there.key)
        event.cancelled = _Stubborn(event.cancelled)
        assert await occurring.make(there, {}) == LOST


async def test_an_occurrence_that_is_gone_is_stale_and_a_series_too() -> None:
    async with mailbox() as world:
        occurring, there = await series(world, WEEKLY)
        world.user.stored(there.key).cancelled.add(SECOND.date())
        found = await occurring.make(there, {SECOND: at(SECOND, "x")})
        assert isinstance(found, Failed)
        assert found.stale
        await world.user.delete(there.key)
        gone = await occurring.look(there.key)
        assert isinstance(gone, Failed)
        assert gone.gone


async def test_a_move_past_a_neighbour_is_refused_by_graph() -> None:
    async with mailbox() as world:
        occurring, there = await series(world, WEEKLY)
        found = await occurring.make(there, {SECOND: at(SECOND, later=24 * 8)})
        assert isinstance(found, Failed)
        assert found.refused
        assert "ErrorOccurrenceCrossingBoundary" in found.words


async def test_a_new_copy_that_is_half_made_is_doubt() -> None:
    async with mailbox() as world:
        occurring, there = await series(world, WEEKLY)
        world.desk.limits.refuse = lambda method, path: 90.0
        found = await Occurring(occurring.calendar, occurring.reading, Act.CREATE).make(there, {SECOND: None})
        assert isinstance(found, Failed)
        assert (found.doubt, found.reason) == (True, Reason.THROTTLED)


class _Stubborn(set[date]):
    """Days that no new rule brings back."""

    def clear(self) -> None:
        return None
