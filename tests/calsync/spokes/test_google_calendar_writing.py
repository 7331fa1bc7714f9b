"""Copies are made once and whole, series are changed by their occurrences, and Google mails nobody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.contents import fields
from calsync.items import Item
from calsync.spoke import Failed, Written
from calsync.spokes.google_calendar_items import fit
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.card import Card
from protocols.model.event import Event, Occurrence, Sensitivity
from protocols.model.freebusy import Reason
from simulation.faults import Call, Trouble
from tests.calsync.spokes.google_calendar_world import CALENDAR, GUEST, OWNER, Workspace, quiet_workspace, workspace
from tests.contracts.quiet import loud
from tests.contracts.spoke_events import EVENTS, SERIES, span
from tests.contracts.spoke_world import Reader, creation, deletion, done, failed, standing, update

SECOND, THIRD = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (16, 23))
WEEKLY = SERIES["weekly"]
BOTH = SERIES["an occurrence with words of its own"]
APPOINTMENT = Event(when=span(9, 9), subject="Budget")


@pytest.fixture
async def world() -> AsyncIterator[Workspace]:
    async with quiet_workspace() as world:
        yield world


def content(item: Item) -> Event:
    assert isinstance(item.content, Event)
    return item.content


def but(send: Send, number: int, *, after: bool = False) -> Send:
    """``send``, whose ``number``-th write is lost before or after it was done."""
    seen: list[HttpRequest] = []

    async def flaky(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        lost = request.method != "GET" and len([each for each in seen if each.method != "GET"]) == number
        if lost and not after:
            raise PeerError(Reason.UNREACHABLE, "no route")
        answer = await send(request)
        if lost:
            raise PeerError(Reason.TIMEOUT, "no answer")
        return answer

    return flaky


async def test_a_lost_answer_makes_no_second_copy(world: Workspace) -> None:
    spoke, write = world.spoke(but(world.send(), 1, after=True)), creation(APPOINTMENT)
    [outcome] = await spoke.write([write])
    assert isinstance(outcome, Failed)
    assert outcome.doubt
    [found] = await spoke.find([write])
    assert found is not None
    assert (await done(spoke, write)).key == found.key
    assert len(world.calendar.events) == 1


async def test_a_series_that_is_half_there_is_not_found_and_becomes_whole(world: Workspace) -> None:
    spoke, write = world.spoke(but(world.send(), 2)), creation(BOTH)
    [outcome] = await spoke.write([write])
    assert isinstance(outcome, Failed)
    assert outcome.doubt
    assert list(await spoke.find([write])) == [None]
    assert content(await done(spoke, write)).exceptions == BOTH.exceptions
    [found] = await spoke.find([write])
    assert found is not None
    assert set((await Reader(spoke).news()).items) == {found.key}


async def test_a_copy_that_somebody_threw_away_meanwhile_is_made_again(world: Workspace) -> None:
    spoke = world.spoke()
    for number, event in enumerate((APPOINTMENT, BOTH), 1):
        write = creation(event, number)
        first = await done(spoke, write)
        await world.user.delete(first.key)
        assert list(await spoke.find([write])) == [None]
        again = await done(spoke, write)
        assert (again.key, content(again), again.mark) == (first.key, event, write.mark)


async def test_what_is_not_ours_is_not_taken_over(world: Workspace) -> None:
    write = creation(APPOINTMENT)
    await done(world.spoke(), write)
    outcome = await failed(world.spoke(), replace(write, mark="busyline:merger/item2"))
    assert outcome.refused
    assert list(await world.spoke().find([replace(write, mark="busyline:merger/item2")])) == [None]


async def test_a_copy_with_guests_is_not_written_again(world: Workspace) -> None:
    write = creation(APPOINTMENT)
    first = await done(world.spoke(), write)
    await world.user.invite(first.key)
    assert (await failed(world.spoke(), write)).guarded


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (WEEKLY, BOTH, "at 2026-11-16T09:00:00Z"),
        (BOTH, WEEKLY, "at 2026-11-16T09:00:00Z"),
        (WEEKLY, BOTH, "at 2026-11-23T09:00:00Z"),
        (BOTH, WEEKLY, "at 2026-11-23T09:00:00Z"),
    ],
)
async def test_one_occurrence_is_changed_and_no_other(world: Workspace, before: Event, after: Event, name: str) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(before))
    start = datetime.fromisoformat(name.removeprefix("at "))
    told = content(await done(spoke, update(first, after, name)))
    others = {key: value for key, value in before.exceptions.items() if key != start}
    assert told.exceptions == others | {key: value for key, value in after.exceptions.items() if key == start}


@pytest.mark.parametrize("how", ["others are invited", "its stamp is gone", "it bears another stamp"])
async def test_a_deleted_copy_that_is_none_any_more_is_not_brought_back(world: Workspace, how: str) -> None:
    spoke, write = world.spoke(), creation(APPOINTMENT)
    first = await done(spoke, write)
    if how == "others are invited":
        await world.user.invite(first.key)
    else:
        private = {} if how == "its stamp is gone" else {"busyline": "busyline:other/1"}
        world.calendar.events[first.key]["extendedProperties"] = {"private": private}
    await world.user.delete(first.key)
    outcome = await failed(spoke, write)
    assert (outcome.refused, outcome.doubt) == (True, False)
    assert world.calendar.events[first.key]["status"] == "cancelled"


async def test_who_is_invited_to_an_occurrence_meanwhile_guards_it(world: Workspace) -> None:
    first = await done(world.spoke(), creation(WEEKLY))
    guests = {"attendees": [{"email": GUEST, "responseStatus": "needsAction"}]}

    async def invited(request: HttpRequest) -> HttpResponse:
        if "/instances" in request.url:
            world.user.occurrence(first.key, SECOND, guests)
        return await world.send()(request)

    moved = replace(WEEKLY, exceptions={SECOND: Occurrence(when=span(16, 15), location="Roof")})
    outcome = await failed(world.spoke(invited), update(first, moved, "at 2026-11-16T09:00:00Z"))
    assert outcome.stale
    assert "others are invited" in outcome.words
    assert (await standing(world.spoke(), first.key)).guarded


async def test_an_occurrence_that_a_user_cancelled_comes_back(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(WEEKLY))
    world.user.occurrence(first.key, SECOND, {"status": "cancelled"})
    now = await standing(spoke, first.key)
    assert content(now).exceptions == {SECOND: None}
    assert content(await done(spoke, update(now, WEEKLY, "at 2026-11-16T09:00:00Z"))) == WEEKLY


async def test_an_occurrence_that_was_left_out_comes_back_elsewhere(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(SERIES["an occurrence cancelled"]))
    moved = SERIES["an occurrence moved"]
    assert content(await done(spoke, update(first, moved, "at 2026-11-16T09:00:00Z"))) == moved


@given(st.data())
@settings(max_examples=15)
def test_whatever_stands_there_becomes_whatever_is_wanted(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(EVENTS)), min_size=2, max_size=5))

    async def walk() -> None:
        async with workspace() as world:
            spoke = world.spoke()
            held = [each for name in names if (each := fit(EVENTS[name])[0]) is not None]
            item = await done(spoke, creation(held[0]))
            for wanted in held[1:]:
                texts = [fields(each) for each in (content(item), wanted)]
                changes = [name for name in {**texts[0], **texts[1]} if texts[0].get(name) != texts[1].get(name)]
                item = await done(spoke, update(item, wanted, *changes))
                assert content(item) == wanted
                assert item == await standing(spoke, item.key)
            assert loud(world.requests) == []

    asyncio.run(walk())


async def test_a_new_subject_of_a_series_is_that_of_its_occurrences(world: Workspace) -> None:
    spoke = world.spoke()
    moved = SERIES["an occurrence moved"]
    first = await done(spoke, creation(moved))
    told = content(await done(spoke, update(first, replace(moved, subject="Renamed"), "subject")))
    assert told == replace(moved, subject="Renamed")


async def test_a_series_that_moves_keeps_what_is_wanted_of_its_occurrences(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(BOTH))
    hour = timedelta(hours=1)
    late = replace(
        WEEKLY,
        when=span(9, 10, zone="Europe/Berlin"),
        exceptions={SECOND + hour: Occurrence(when=span(16, 15, zone="Europe/Berlin")), THIRD + hour: None},
    )
    names = ["when", *(f"at 2026-11-{day}T{at}:00:00Z" for day in (16, 23) for at in ("09", "10"))]
    told = await done(spoke, update(first, replace(late, subject="not named"), *names))
    assert content(told) == replace(late, subject=BOTH.subject)


async def test_an_exception_of_no_occurrence_is_left_out(world: Workspace) -> None:
    sunday = datetime(2026, 11, 15, 9, tzinfo=UTC)
    odd = replace(WEEKLY, exceptions={sunday: Occurrence(when=span(15, 12, zone="Europe/Berlin"))})
    assert content(await done(world.spoke(), creation(odd))) == WEEKLY


async def test_a_change_that_is_half_done_is_planned_anew(world: Workspace) -> None:
    first = await done(world.spoke(), creation(BOTH))
    spoke = world.spoke(but(world.send(), 2))
    late = replace(BOTH, subject="Renamed", exceptions={})
    names = ("subject", "at 2026-11-16T09:00:00Z", "at 2026-11-23T09:00:00Z")
    outcome = await failed(spoke, update(first, late, *names))
    assert outcome.stale
    assert not outcome.gone
    now = await standing(spoke, first.key)
    assert now.version != first.version
    assert content(await done(spoke, update(now, late, *names))) == late


async def test_what_is_told_cut_is_not_written(world: Workspace) -> None:
    key = await world.user.create(APPOINTMENT)
    several = [{"method": "popup", "minutes": 10}, {"method": "email", "minutes": 60}]
    world.store.patch(world.calendar, key, {"reminders": {"useDefault": False, "overrides": several}})
    spoke = world.spoke()
    wanted = replace(APPOINTMENT, subject="Renamed", reminder=timedelta(minutes=5))
    told = await done(spoke, update(await standing(spoke, key), wanted, "subject", "reminder"))
    assert content(told) == replace(wanted, reminder=timedelta(minutes=10))
    assert world.calendar.events[key]["reminders"]["overrides"] == several


async def test_the_server_itself_refuses_what_another_changed_in_between(world: Workspace) -> None:
    first = await done(world.spoke(), creation(APPOINTMENT))
    send = world.send()

    async def meanwhile(request: HttpRequest) -> HttpResponse:
        if request.method != "GET":
            await world.user.change(first.key, replace(APPOINTMENT, subject="Theirs"))
        return await send(request)

    spoke = world.spoke(meanwhile)
    for write in (update(first, replace(APPOINTMENT, subject="Ours"), "subject"), deletion(first)):
        assert (await failed(spoke, replace(write, version=(await standing(spoke, first.key)).version))).stale
    assert content(await standing(spoke, first.key)).subject == "Theirs"


@pytest.mark.parametrize("kind", ["outOfOffice", "focusTime", "workingLocation", "birthday", "fromGmail"])
async def test_what_google_keeps_itself_is_guarded(world: Workspace, kind: str) -> None:
    key = await world.user.create(APPOINTMENT)
    world.calendar.events[key]["eventType"] = kind
    now = await standing(world.spoke(), key)
    for write in (update(now, replace(APPOINTMENT, subject="Ours"), "subject"), deletion(now)):
        assert (await failed(world.spoke(), write)).guarded


async def test_one_invited_occurrence_guards_the_series(world: Workspace) -> None:
    first = await done(world.spoke(), creation(WEEKLY))
    world.user.occurrence(first.key, SECOND, {"attendees": [{"email": CALENDAR}, {"email": GUEST}]})
    now = await standing(world.spoke(), first.key)
    assert now.guarded
    assert (await failed(world.spoke(), deletion(now))).guarded
    assert (await failed(world.spoke(), update(now, APPOINTMENT, "rule", "subject"))).guarded


async def test_a_calendar_that_may_not_be_written(world: Workspace) -> None:
    first = await done(world.spoke(), creation(APPOINTMENT))
    world.calendar.roles[OWNER] = "reader"
    for write in (creation(APPOINTMENT, 2), update(first, WEEKLY, "subject"), deletion(first)):
        outcome = await failed(world.spoke(), write)
        assert (outcome.reason, outcome.doubt, outcome.refused) == (Reason.NO_ACCESS, False, False)
        assert "Make changes to events" in outcome.words


async def test_a_calendar_that_vanished(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(APPOINTMENT))
    del world.store.all[CALENDAR]
    for write in (creation(APPOINTMENT, 2), update(first, WEEKLY, "subject"), deletion(first)):
        outcome = await failed(spoke, write)
        assert outcome.reason is Reason.NO_SUCH_MAILBOX
        assert not outcome.refused


async def test_a_used_up_quota_is_waited_for(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(APPOINTMENT))
    world.store.quota = 0
    for write in (creation(APPOINTMENT, 2), deletion(first)):
        outcome = await failed(spoke, write)
        assert outcome.reason is Reason.THROTTLED
        assert outcome.retry_after is not None
        assert not outcome.doubt


@pytest.mark.parametrize("trouble", [Trouble.CUT, Trouble.TRUNCATED, Trouble.GARBAGE, Trouble.HTML, Trouble.BROKEN])
async def test_doubt_is_said(world: Workspace, trouble: Trouble) -> None:
    spoke = world.spoke()
    await Reader(spoke).news()
    faults = world.server.faults
    faults.trouble, faults.only = trouble, is_write
    assert (await failed(spoke, creation(APPOINTMENT))).doubt
    faults.clear()
    item = await done(spoke, creation(APPOINTMENT))
    assert set((await Reader(spoke).news()).items) == {item.key}


def is_write(call: Call) -> bool:
    return call.method != "GET"


async def test_what_google_refuses_for_good_is_named(world: Workspace) -> None:
    unknown = replace(APPOINTMENT, when=replace(span(9, 9), zone="Mars/Base"))
    outcome = await failed(world.spoke(), creation(unknown))
    assert (outcome.refused, outcome.doubt) == (True, False)


async def test_only_events_are_written(world: Workspace) -> None:
    key = await world.user.create(APPOINTMENT)
    now = await standing(world.spoke(), key)
    assert (await failed(world.spoke(), creation(Card(display_name="Ann")))).refused
    assert (await failed(world.spoke(), update(now, Card(), "subject"))).refused


async def test_how_a_copy_is_made(world: Workspace) -> None:
    spoke = world.spoke()
    await Reader(spoke).news()
    world.requests.clear()
    private = replace(APPOINTMENT, sensitivity=Sensitivity.PRIVATE)
    item = await done(spoke, creation(private))
    [request] = world.requests  # one call, so that the quota allows six hundred a minute
    assert request.startswith(b"POST ")
    assert b"/events/import?" in request
    assert item.uid == "5bd0a3c4-0000-4000-8000-000000000001@busyline"
    assert world.calendar.events[item.key]["visibility"] == "private"


async def test_every_other_write_says_that_nobody_is_told(world: Workspace) -> None:
    spoke = world.spoke()
    first = await done(spoke, creation(BOTH))
    now = await done(spoke, update(first, replace(WEEKLY, subject="Other"), "subject", "at 2026-11-16T09:00:00Z"))
    [outcome] = await spoke.write([deletion(now)])
    assert outcome == Written(None)
    for request in world.requests:
        method, url = request.split(b"\n")[0].decode().split()
        if method != "GET" and "/import" not in url:
            assert parse_qs(urlsplit(url).query)["sendUpdates"] == ["none"]


async def test_guests_that_come_between_look_and_write_are_told_nothing(world: Workspace) -> None:
    first = await done(world.spoke(), creation(APPOINTMENT))
    send = world.send()

    async def meanwhile(request: HttpRequest) -> HttpResponse:
        if request.method != "GET":
            await world.user.invite(first.key)
        return await send(request)

    assert (await failed(world.spoke(meanwhile), deletion(first))).stale
    assert first.key in world.calendar.events
