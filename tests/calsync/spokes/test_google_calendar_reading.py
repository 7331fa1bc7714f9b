"""Series come whole however Google scatters them, and a calendar that is gone is no calendar of deleted events."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calsync.items import Item
from calsync.spoke import Page
from protocols.errors import PeerError
from protocols.google import calendar_body
from protocols.google.calendar_reading import SCOPE
from protocols.model.event import Event, Occurrence
from protocols.model.freebusy import Reason
from simulation.faults import Trouble
from tests.calsync.spokes.google_calendar_world import CALENDAR, OWNER, Workspace, without_null, workspace
from tests.contracts.spoke_events import SERIES, span
from tests.contracts.spoke_world import Reader, standing

SECOND = datetime(2026, 11, 16, 9, tzinfo=UTC)
MOVED = SERIES["an occurrence with words of its own"]
APPOINTMENT = Event(when=span(9, 9), subject="Budget")


@pytest.fixture
async def world() -> AsyncIterator[Workspace]:
    async with workspace() as world:
        yield world


async def nothing() -> dict[str, str]:
    return {}


def content(item: Any) -> Event:
    assert isinstance(item, Item)
    assert isinstance(item.content, Event)
    return item.content


async def test_exceptions_on_other_pages_find_their_series(world: Workspace) -> None:
    world.server.calendars.lists.largest = 1
    keys = [await world.user.create(each) for each in (MOVED, APPOINTMENT, SERIES["an occurrence moved"])]
    world.calendar.events = dict(reversed(world.calendar.events.items()))  # exceptions come before their series
    told = await Reader(world.spoke()).news()
    assert set(told.items) == set(keys)
    assert content(told.items[keys[0]]).exceptions == MOVED.exceptions


async def test_one_occurrence_changes_and_the_series_is_told(world: Workspace) -> None:
    key = await world.user.create(MOVED)
    reader = Reader(world.spoke())
    await reader.news()
    world.requests.clear()
    world.user.occurrence(key, datetime(2026, 11, 30, 9, tzinfo=UTC), {"status": "cancelled"})
    told = await reader.news()
    assert content(told.items[key]).exceptions[datetime(2026, 11, 30, 9, tzinfo=UTC)] is None
    assert len(world.requests) == 3  # the changes, the series, its exceptions


async def test_a_change_costs_the_same_however_much_there_is(world: Workspace) -> None:
    keys = [await world.user.create(APPOINTMENT) for _ in range(100)]
    reader = Reader(world.spoke())
    await reader.news()
    world.requests.clear()
    await world.user.change(keys[50], Event(when=span(9, 10)))
    assert set((await reader.news()).items) == {keys[50]}
    assert len(world.requests) == 1


async def test_many_series_are_read_by_one_listing(world: Workspace) -> None:
    reader = Reader(world.spoke())
    await reader.news()
    first = await world.user.create(MOVED)
    keys = [
        await world.user.create(each) for each in (MOVED, SERIES["daily"], SERIES["a day cancelled"]) for _ in range(20)
    ]
    gone = await world.user.create(MOVED)
    exception = world.calendar.exceptions(gone)[0]["id"]
    world.calendar.drop(world.calendar.events[gone])  # as if it had moved to another calendar
    world.requests.clear()
    told = await reader.news()
    assert set(told.items) == {first, *keys, exception}
    assert content(told.items[first]).exceptions == MOVED.exceptions
    assert len(world.requests) == 2
    assert told.items == (await Reader(world.spoke()).news()).items


async def test_a_series_goes_with_its_occurrences(world: Workspace) -> None:
    key = await world.user.create(MOVED)
    reader = Reader(world.spoke())
    await reader.news()
    await world.user.delete(key)
    assert (await reader.news()).gone == {key}


async def test_an_occurrence_that_was_shared_alone(world: Workspace) -> None:
    body = without_null(calendar_body.part(APPOINTMENT, calendar_body.FIELDS))
    alone = body | {"recurringEventId": "elsewhere", "originalStartTime": {"dateTime": "2026-11-09T09:00:00Z"}}
    reader = Reader(world.spoke())
    await reader.news()
    world.store.plant(world.calendar, alone | {"id": "elsewhere_20261109T090000Z"})
    key = "elsewhere_20261109T090000Z"
    assert content((await reader.news()).items[key]).subject == "Budget"
    assert content((await Reader(world.spoke()).news()).items[key]).subject == "Budget"
    assert content(await standing(world.spoke(), key)).subject == "Budget"
    await world.user.delete(key)
    assert (await reader.news()).gone == {key}


async def test_an_occurrence_whose_series_comes_is_a_part_of_it(world: Workspace) -> None:
    reader = Reader(world.spoke())
    key = await world.user.create(MOVED)
    [part] = [each["id"] for each in world.calendar.exceptions(key) if each["status"] != "cancelled"]
    series = world.calendar.events[key]
    world.calendar.drop(series)
    assert set((await reader.news()).items) == {part}
    world.store.plant(world.calendar, series)
    world.user.occurrence(key, SECOND, {"summary": "Part"})
    told = await reader.news()
    assert set(told.items) == {key}
    assert told.gone == {part}


async def test_an_occurrence_is_no_item_of_its_own(world: Workspace) -> None:
    key = await world.user.create(MOVED)
    found = await world.spoke().look([f"{key}_20261116T090000Z"])
    assert list(found.values()) == [None]


async def test_a_calendar_that_vanished_has_no_deleted_events(world: Workspace) -> None:
    key = await world.user.create(APPOINTMENT)
    spoke = world.spoke()
    reader = Reader(spoke)
    await reader.news()
    del world.store.all[CALENDAR]
    for ask in (spoke.look([key]), reader.news(), Reader(spoke).news()):
        with pytest.raises(PeerError) as caught:
            await ask
        assert caught.value.reason is Reason.NO_SUCH_MAILBOX


async def test_a_calendar_that_shows_no_more_than_busy_is_refused(world: Workspace) -> None:
    await world.user.create(APPOINTMENT)
    world.calendar.roles[OWNER] = "freeBusyReader"
    with pytest.raises(PeerError) as caught:
        await Reader(world.spoke()).news()
    assert caught.value.reason is Reason.NO_ACCESS


async def test_a_calendar_that_turned_read_only_is_known_for_it(world: Workspace) -> None:
    spoke = world.spoke()
    assert world.spoke().ability.writable
    world.calendar.roles[OWNER] = "reader"
    await Reader(spoke).news()
    assert not spoke.ability.writable
    assert not world.spoke(writable=False).ability.writable


async def test_what_is_over_is_left_out_unless_it_is_known(world: Workspace) -> None:
    old = await world.user.create(Event(when=span(9, 9, month=1), subject="Old"))
    new = await world.user.create(APPOINTMENT)
    reader = Reader(world.spoke())
    assert set((await reader.news()).items) == {new}
    reader.versions[old] = "known once"
    reader.token = ""
    assert set((await reader.news()).items) == {old}


async def test_what_lies_ahead_of_the_window_is_told(world: Workspace) -> None:
    late = span(9, 9)
    far = Event(when=type(late)(late.start + timedelta(days=2_000), late.end + timedelta(days=2_000)))
    key = await world.user.create(far)
    assert set((await Reader(world.spoke()).news()).items) == {key}


async def test_a_lost_page_is_an_error_and_no_short_calendar(world: Workspace) -> None:
    for _ in range(3):
        await world.user.create(APPOINTMENT)
    world.server.calendars.lists.largest = 1
    world.server.calendars.lists.lost_pages = True
    with pytest.raises(PeerError) as caught:
        await Reader(world.spoke()).news()
    assert caught.value.reason is Reason.INCOMPLETE


async def test_a_reading_waits_where_it_is_told_to(world: Workspace) -> None:
    key = await world.user.create(APPOINTMENT)
    world.server.faults.trouble, world.server.faults.times = Trouble.THROTTLED, 2
    assert set((await Reader(world.spoke()).news()).items) == {key}
    assert len(world.waits) == 2


async def test_the_default_reminder_of_the_calendar() -> None:
    async with workspace(reminders=(30,)) as world:
        body = without_null(calendar_body.part(APPOINTMENT, frozenset({"when"})))
        key = str(world.store.insert(world.calendar, body)["id"])
        assert content(await standing(world.spoke(), key)).reminder == timedelta(minutes=30)
        assert content((await Reader(world.spoke()).news()).items[key]).reminder == timedelta(minutes=30)


async def test_pages_of_a_reading(world: Workspace) -> None:
    await world.user.create(MOVED)
    await world.user.create(APPOINTMENT)
    pages: list[Page] = [page async for page in world.spoke().changes("", nothing, Reader(world.spoke()).window)]
    assert [page.whole for page in pages[-1:]] == [True]
    assert all(not page.token for page in pages[:-1])
    assert pages[-1].token


async def test_a_series_whose_occurrence_cannot_be_read_is_named(world: Workspace) -> None:
    key = await world.user.create(MOVED)
    [changed] = [each for each in world.calendar.exceptions(key) if each["status"] != "cancelled"]
    broken = {name: value for name, value in changed.items() if name != "originalStartTime"}
    world.store.plant(world.calendar, broken)
    told = await Reader(world.spoke()).news()
    assert set(told.unread) == {key}


async def test_occurrences_are_read_the_same_by_every_way(world: Workspace) -> None:
    reader = Reader(world.spoke())
    await reader.news()
    key = await world.user.create(MOVED)
    one = (await reader.news()).items[key]
    assert one == (await Reader(world.spoke()).news()).items[key] == await standing(world.spoke(), key)
    assert content(one).exceptions[SECOND] == Occurrence(
        when=span(16, 9, 90, zone="Europe/Berlin"), subject="Not as ever", location="Roof"
    )


ENDS = {name: {"dateTime": "2026-11-09T09:00:00Z"} for name in ("start", "end")}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"start": {"dateTime": "2026-11-09T10:00:00Z"}, "end": {"dateTime": "2026-11-09T09:00:00Z"}}, "ends before"),
        ({**ENDS, "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=XX"]}, "BYDAY"),
        ({**ENDS, "recurrence": ["RRULE:FREQ=SECONDLY"]}, "by the hour"),
        ({"summary": "no times at all"}, "no beginning"),
    ],
)
async def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    world: Workspace, event: dict[str, Any], words: str
) -> None:
    good = await world.user.create(APPOINTMENT)
    bad = str(world.store.plant(world.calendar, event)["id"])
    told = await Reader(world.spoke()).news()
    assert set(told.items) == {good}
    assert words in told.unread[bad].words
    found = (await world.spoke().look([bad]))[bad]
    assert found == told.unread[bad]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"start": ENDS["start"]}, Event(when=span(9, 9, 0, zone="Europe/Zurich"))),
        (
            {**ENDS, "start": {"dateTime": "2026-11-09T09:00:00Z", "timeZone": "Mars/Base"}},
            Event(when=span(9, 9, 0, zone="Europe/Zurich")),
        ),
        (
            {**ENDS, "description": "<div>one</div><div>two</div>"},
            Event(when=span(9, 9, 0, zone="Europe/Zurich"), body="one\ntwo"),
        ),
    ],
)
async def test_what_can_be_read_is_read(world: Workspace, event: dict[str, Any], told: Event) -> None:
    key = str(world.store.plant(world.calendar, event)["id"])
    assert content(await standing(world.spoke(), key)) == told


async def test_two_megabytes_of_text(world: Workspace) -> None:
    key = str(world.store.plant(world.calendar, {**ENDS, "description": "x" * 2_000_000})["id"])
    item = await standing(world.spoke(), key)
    assert len(content(item).body) == 32_000
    assert item.cut == {"body"}


async def test_who_may_only_read_reads(world: Workspace) -> None:
    key = await world.user.create(APPOINTMENT)
    world.calendar.roles["reader@northwind.example"] = "reader"
    spoke = world.spoke(world.send("reader@northwind.example", (SCOPE,)))
    assert set((await Reader(spoke).news()).items) == {key}
    assert not spoke.ability.writable
