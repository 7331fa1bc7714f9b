"""Tests of calsync/spokes/exchange_calendar_writing.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from calsync.event_fields import name_of
from calsync.items import Item
from calsync.spoke import Act, Failed, Write
from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_calendar_items import INVITED
from calsync.spokes.exchange_calendar_writing import Tried
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.card import Card
from protocols.model.event import Days, Event, Occurrence
from protocols.model.freebusy import Reason
from tests.calsync.spokes.exchange_calendar_world import SECOND, SERIES, span, world
from tests.contracts.spoke_world import bare, creation, done, failed, update


async def test_a_change_of_nothing_sends_nothing() -> None:
    async with world() as there:
        before = await done(there.calendar(), creation(SERIES))
        there.requests.clear()
        assert await done(there.calendar(), update(before, SERIES, f"at {name_of(SECOND)}")) == before
        assert "UpdateItem" not in there.operations()


@pytest.mark.parametrize("place", ["mailbox", "public folder"])
async def test_who_is_invited_to_one_occurrence_guards_the_whole_series(place: str) -> None:
    async with world() as there:
        user, spoke = (there.anna, there.calendar()) if place == "mailbox" else (there.team, there.public())
        key = await user.create(replace(SERIES, exceptions={}))
        before = (await spoke.look([key]))[key]
        assert isinstance(before, Item)
        assert not before.guarded
        await user.invite_to(key, 2)
        told = (await spoke.look([key]))[key]
        assert isinstance(told, Item)
        assert isinstance(told.content, Event)
        assert (told.guarded, told.content.meeting) == (INVITED, True)
        moved = replace(SERIES, exceptions={SECOND: Occurrence(when=span(16, 15, zone="Europe/Berlin"))})
        for item in (before, told):
            assert (await failed(spoke, update(item, moved, f"at {name_of(SECOND)}"))).guarded
            assert (await failed(spoke, Write(act=Act.DELETE, key=key, version=item.version))).guarded
        assert key in user.folder.entries


async def test_who_is_invited_while_a_series_is_written_guards_its_occurrences() -> None:
    async with world() as there:
        before = await done(there.calendar(), creation(replace(SERIES, exceptions={})))
        changed = [0]

        async def invited(request: HttpRequest) -> HttpResponse:
            answer = await there.send(request)
            if b"<m:UpdateItem " in request.body:
                changed[0] += 1
                await there.anna.invite_to(before.key, 2)
            return answer

        spoke = ExchangeCalendar("fabrikam", replace(there.exchange(), send=invited))
        moved = replace(SERIES, exceptions={SECOND: Occurrence(when=span(16, 15, zone="Europe/Berlin"))})
        assert (await failed(spoke, update(before, moved, f"at {name_of(SECOND)}"))).guarded
        assert changed == [1]


async def test_a_busy_server_is_not_waited_for_in_a_write() -> None:
    async with world() as there:
        spoke = there.calendar()
        await spoke.opened()
        there.desk.refuse = lambda operation: 30.0 if operation == "CreateItem" else None
        outcome = await failed(spoke, creation(SERIES))
        assert outcome.retry_after == timedelta(seconds=30)
        assert not outcome.doubt
        assert there.waits == []


async def test_a_folder_that_may_not_be_written_says_so() -> None:
    async with world() as there:
        there.anna.folder.writable = False
        outcome = await failed(there.calendar(), creation(SERIES))
        assert (outcome.reason, outcome.doubt) == (Reason.NO_ACCESS, False)


async def test_a_long_text_is_cut_and_never_written() -> None:
    async with world() as there:
        key = await there.anna.create(replace(SERIES, body="long " * 10_000))
        told = (await there.calendar().look([key]))[key]
        assert isinstance(told, Item)
        assert told.cut == {"body"}  # of the occurrences none says it of its own
        assert isinstance(told.content, Event)
        assert len(told.content.body) <= 32_000
        outcome = await failed(there.calendar(), update(told, replace(SERIES, body="short"), "body"))
        assert outcome.refused
        other = update(told, replace(SERIES, subject="Other", body="short"), "subject", "body")
        written = await done(there.calendar(), other)
        assert isinstance(written.content, Event)
        assert written.cut == {"body"}
        assert written.content.subject == "Other"


async def test_days_are_days_by_the_clocks_of_whoever_entered_them() -> None:
    async with world() as there:
        spoke = there.calendar(zone="America/New_York")
        day = Event(when=Days(date(2026, 11, 9), date(2026, 11, 10)), subject="Day")
        item = await done(spoke, creation(day))
        assert bare(item.content) == day
        assert there.anna.stored(item.key).start == datetime(2026, 11, 9, 5, tzinfo=UTC)
        theirs = await there.anna.create(day)  # by the clocks of UTC
        told = (await spoke.look([theirs]))[theirs]
        assert isinstance(told, Item)
        assert bare(told.content) == day


async def test_one_that_does_not_fit_the_schema_takes_no_other_with_it() -> None:
    async with world() as there:

        async def spoilt(request: HttpRequest) -> HttpResponse:
            body = request.body.replace(b"<t:Subject>Number 2<", b"<t:Strange/><t:Subject>Number 2<")
            return await there.send(replace(request, body=body))

        spoke = ExchangeCalendar("fabrikam", replace(there.exchange(), send=spoilt))
        plain = replace(SERIES, exceptions={})
        writes = [creation(replace(plain, subject=f"Number {number}"), number) for number in range(5)]
        outcomes = await spoke.write(writes)
        assert [isinstance(each, Failed) for each in outcomes] == [False, False, True, False, False]
        [failure] = [each for each in outcomes if isinstance(each, Failed)]
        assert (failure.refused, failure.doubt) == (True, False)
        assert len(there.anna.folder.entries) == 4


async def test_a_call_whose_end_nobody_saw_is_in_doubt() -> None:
    async with world() as there:
        before = await done(there.calendar(), creation(replace(SERIES, exceptions={})))

        async def cut(request: HttpRequest) -> HttpResponse:
            if b"<m:UpdateItem " in request.body:
                raise PeerError(Reason.TIMEOUT, "no answer")
            return await there.send(request)

        spoke = ExchangeCalendar("fabrikam", replace(there.exchange(), send=cut))
        assert (await failed(spoke, update(before, replace(SERIES, subject="Other"), "subject"))).doubt


async def test_only_appointments_are_written() -> None:
    async with world() as there:
        spoke = there.calendar()
        assert (await failed(spoke, creation(Card(display_name="Ann")))).refused
        before = await done(spoke, creation(SERIES))
        assert (await failed(spoke, update(before, Card(display_name="Ann"), "subject"))).refused
        assert spoke.ability.fit(Card(display_name="Ann"))[0] is None


async def test_what_cannot_be_read_is_not_written() -> None:
    async with world() as there:
        key = await there.anna.spoil()
        version = str(there.anna.stored(key).version)
        assert (await failed(there.calendar(), Write(act=Act.DELETE, key=key, version=version))).refused
        assert key in there.anna.folder.entries


async def test_only_copies_that_were_tried_are_looked_for() -> None:
    async with world() as there:
        spoke, write = there.calendar(), creation(replace(SERIES, exceptions={}))
        await spoke.opened()
        there.requests.clear()
        item = await done(spoke, write)
        assert there.operations() == ["CreateItem", "GetItem"]
        there.requests.clear()
        assert await done(spoke, write) == item
        assert there.operations() == ["FindItem", "GetItem"]


def test_what_was_tried_is_remembered_for_a_while() -> None:
    tried, writes = Tried(), [creation(SERIES, number) for number in range(20_001)]
    tried.note(writes)
    assert tried.those([writes[0], writes[1], deletion_of("k")]) == [writes[1]]


def deletion_of(key: str) -> Write:
    """A deletion, which is tried nowhere."""
    return Write(act=Act.DELETE, key=key)
