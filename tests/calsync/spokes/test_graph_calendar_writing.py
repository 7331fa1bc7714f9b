"""Writing to a calendar of a simulated mailbox: what Graph takes, and what it makes of it."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from calsync.spoke import Act, Failed, Write, Written
from protocols.http import HttpRequest, HttpResponse
from protocols.model.card import Card
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from simulation.faults import Trouble
from tests.calsync.spokes.graph_calendar_world import ANNA, Mailbox, mailbox
from tests.contracts.spoke_events import SERIES, span
from tests.contracts.spoke_world import (
    Reader,
    creation,
    deletion,
    done,
    failed,
    standing,
    update,
)

PLAIN = Event(when=span(9, 9), subject="Plain", body="Text")
MOVED = SERIES["an occurrence with words of its own"]
_SECOND = datetime(2026, 11, 16, 9, tzinfo=UTC)


class Inviting:
    """A Send before whose first write by ``method`` somebody is invited."""

    def __init__(self, world: Mailbox, method: str) -> None:
        self._world, self._method = world, method
        self.invited = False

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        told = orjson.loads(request.body or b"{}")
        if not self.invited and self._method in [each["method"] for each in told.get("requests", ())]:
            self.invited = True
            [key] = self._world.desk.mailboxes[ANNA]["own"].events
            await self._world.user.invite(key)
        return await self._world.send(request)


async def test_new_copies_are_made_with_a_request_each_and_four_at_once() -> None:
    async with mailbox() as world:
        writes = [creation(replace(PLAIN, subject=str(number)), number) for number in range(20)]
        outcomes = await world.spoke().write(writes)
        assert all(isinstance(each, Written) for each in outcomes)
        assert world.desk.limits.answered == {201: 20}
        assert world.desk.limits.most[ANNA] <= 4
        assert world.front.batches == 1


async def test_a_long_text_is_left_and_the_rest_is_written() -> None:
    async with mailbox() as world:
        key = await world.user.create(replace(PLAIN, body="long " * 10_000))
        told = await standing(world.spoke(), key)
        assert told.cut == {"body"}
        short = replace(PLAIN, subject="Other", body="short")
        assert (await failed(world.spoke(), update(told, short, "body"))).refused
        after = await done(world.spoke(), update(told, short, "body", "subject"))
        assert isinstance(after.content, Event)
        assert after.cut == {"body"}
        assert after.content.subject == "Other"


async def test_new_series_are_looked_at_all_together() -> None:
    async with mailbox() as world:
        series = SERIES["weekly"]
        writes = [creation(replace(series, subject=str(number)), number) for number in range(20)]
        outcomes = await world.spoke().write(writes)
        assert all(isinstance(each, Written) for each in outcomes)
        assert world.desk.limits.answered == {201: 20, 200: 20}
        assert world.front.batches == 2  # the series, and what their occurrences are like


async def test_one_that_is_refused_spoils_no_other() -> None:
    async with mailbox() as world:
        wrong = creation(replace(PLAIN, subject="x" * 300), 2)
        made, refused, other = await world.spoke().write([creation(PLAIN, 1), wrong, creation(PLAIN, 3)])
        assert isinstance(made, Written)
        assert isinstance(other, Written)
        assert isinstance(refused, Failed)
        assert refused.refused


async def test_an_invitation_between_look_and_write_is_found_out() -> None:
    async with mailbox() as world:
        before = await done(world.spoke(), creation(PLAIN))
        for write, method in (
            (update(before, replace(PLAIN, subject="x"), "subject"), "PATCH"),
            (deletion(before), "DELETE"),
        ):
            outcome = await failed(world.spoke(send=Inviting(world, method)), write)
            assert outcome.stale or outcome.guarded
        assert world.desk.mails == []


async def test_a_copy_half_made_is_gone_on_with() -> None:
    async with mailbox() as world:
        spoke, write = world.spoke(), creation(MOVED)
        world.desk.limits.refuse = lambda method, path: 90.0 if method in ("PATCH", "DELETE") else None
        first = await failed(spoke, write)
        assert (first.doubt, first.reason) == (True, Reason.THROTTLED)
        assert list(await spoke.find([write])) == [None]
        world.desk.limits.refuse = lambda method, path: None
        item = await done(spoke, write)
        assert item.content == MOVED
        [found] = await spoke.find([write])
        assert found == item
        assert len((await Reader(spoke).news()).items) == 1


async def test_another_subject_of_a_series_is_its_occurrences_as_well() -> None:
    async with mailbox() as world:
        before = await done(world.spoke(), creation(MOVED))
        after = await done(world.spoke(), update(before, replace(MOVED, subject="Other"), "subject"))
        assert after.content == replace(MOVED, subject="Other")


async def test_another_time_of_a_series_keeps_what_is_still_one_of_its_occurrences() -> None:
    async with mailbox() as world:
        before = await done(world.spoke(), creation(MOVED))
        longer = replace(MOVED, rule=replace(MOVED.rule, count=9))  # type: ignore[type-var]
        after = await done(world.spoke(), update(before, longer, "rule"))
        assert after.content == longer


async def test_what_was_thrown_away_comes_back() -> None:
    async with mailbox() as world:
        before = await done(world.spoke(), creation(MOVED))
        whole = replace(MOVED, exceptions={_SECOND: MOVED.exceptions[_SECOND]})
        after = await done(world.spoke(), update(before, whole, "at 2026-11-23T09:00:00Z"))
        assert after.content == whole


async def test_texts_told_in_html_are_looked_at_once_more() -> None:
    async with mailbox() as world:
        world.desk.heeds = False
        item = await done(world.spoke(), creation(replace(PLAIN, body="a < b\nc")))
        assert item == await standing(world.spoke(), item.key)


async def test_what_may_not_be_changed_says_what_to_do() -> None:
    async with mailbox() as world:
        before = await done(world.spoke(), creation(PLAIN))
        world.desk.mailboxes[ANNA]["own"].writable = False
        for write in (creation(PLAIN, 2), update(before, replace(PLAIN, subject="x"), "subject"), deletion(before)):
            outcome = await failed(world.spoke(), write)
            assert outcome.reason is Reason.NO_ACCESS
            assert "Calendars.ReadWrite" in outcome.words
            assert not outcome.doubt


async def test_a_calendar_that_vanished_is_named() -> None:
    async with mailbox() as world:
        before = await done(world.spoke(), creation(PLAIN))
        del world.desk.mailboxes[ANNA]
        for write in (creation(PLAIN, 2), deletion(before)):
            outcome = await failed(world.spoke(), write)
            assert (outcome.reason, outcome.gone) == (Reason.NO_SUCH_MAILBOX, False)


@pytest.mark.parametrize("trouble", [Trouble.BROKEN, Trouble.TRUNCATED, Trouble.GARBAGE])
async def test_an_answer_that_never_came_is_doubt_and_nothing_is_doubled(trouble: Trouble) -> None:
    async with mailbox() as world:
        spoke, write = world.spoke(), creation(PLAIN)
        world.server.faults.trouble, world.server.faults.times = trouble, 1
        assert (await failed(spoke, write)).doubt
        item = await done(spoke, write)
        assert list(world.desk.mailboxes[ANNA]["own"].events) == [item.key]


async def test_an_online_meeting_s_text_is_left_alone() -> None:
    async with mailbox() as world:
        key = await world.user.create(PLAIN)
        world.user.stored(key).raw["isOnlineMeeting"] = True
        before = await standing(world.spoke(), key)
        outcome = await failed(world.spoke(), update(before, replace(PLAIN, body="x"), "body"))
        assert outcome.refused
        after = await done(world.spoke(), update(before, replace(PLAIN, subject="x"), "subject"))
        assert after.content == replace(PLAIN, subject="x")


async def test_what_cannot_be_read_is_not_written() -> None:
    async with mailbox() as world:
        key = await world.user.spoil()
        write = Write(act=Act.DELETE, key=key, version="v")
        assert (await failed(world.spoke(), write)).refused


async def test_only_events_are_written() -> None:
    async with mailbox() as world:
        card = Card(display_name="Ann")
        assert world.spoke().ability.fit(card)[0] is None
        assert (await failed(world.spoke(), creation(card))).refused
        before = await done(world.spoke(), creation(PLAIN))
        assert (await failed(world.spoke(), update(before, card, "subject"))).refused
