"""Reading a calendar of a simulated mailbox: what Graph tells in its own way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from calsync.items import Item
from calsync.spoke import ExpiredError
from calsync.spokes.graph_calendar import GraphCalendar
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.event import Event, Span
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow
from simulation.faults import Trouble
from tests.calsync.spokes.graph_calendar_world import ANNA, GUEST, Mailbox, mailbox
from tests.contracts.spoke_events import SERIES, span
from tests.contracts.spoke_world import NOW, WINDOW, Reader, creation, deletion, done, failed, standing, update

PLAIN = Event(when=span(9, 9), subject="Plain")
_SECOND = datetime(2026, 11, 16, 9, tzinfo=UTC)


async def test_a_series_is_one_item_however_many_occurrences_are_told() -> None:
    async with mailbox() as world:
        key = await world.user.create(SERIES["weekly without end"])
        world.desk.page = 3
        reader = Reader(world.spoke())
        assert set((await reader.news()).items) == {key}
        world.user.stored(key).cancelled.add(_SECOND.date())
        world.desk.touch(ANNA, key)
        told = await reader.news()
        assert set(told.items) == {key}
        content = told.items[key].content
        assert isinstance(content, Event)
        assert content.exceptions == {_SECOND: None}


async def test_a_key_that_changed_without_a_change_is_told_as_what_it_was() -> None:
    async with mailbox() as world:
        key = await world.user.create(PLAIN)
        reader = Reader(world.spoke())
        before = (await reader.news()).items[key]
        world.desk.touch(ANNA, key)
        after = (await reader.news()).items[key]
        assert after.version != before.version
        assert after.content == before.content


class Inactive:
    """A Send to a mailbox of which Graph says of each thing in it that it is not there."""

    def __init__(self, world: Mailbox) -> None:
        self._world = world

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = await self._world.send(request)
        told = orjson.loads(answer.body)
        error = {"error": {"code": "MailboxNotEnabledForRESTAPI", "message": "The mailbox is either inactive"}}
        for each in told.get("responses", ()):
            each |= {"status": 404, "body": error}
        return replace(answer, body=orjson.dumps(told))


async def test_of_a_mailbox_that_is_not_there_no_event_is_gone() -> None:
    async with mailbox() as world:
        key = await world.user.create(PLAIN)
        before = await standing(world.spoke(), key)
        away = GraphCalendar("contoso", world.asked(send=Inactive(world)))
        with pytest.raises(PeerError) as raised:
            await away.look([key])
        assert raised.value.reason is Reason.NO_SUCH_MAILBOX
        for write in (deletion(before), update(before, replace(PLAIN, subject="Other"), "subject")):
            outcome = await failed(away, write)
            assert (outcome.reason, outcome.gone) == (Reason.NO_SUCH_MAILBOX, False)
        assert await world.spoke().look(["AAkAnothing="]) == {"AAkAnothing=": None}


async def test_what_leaves_the_window_is_looked_at_and_stays() -> None:
    async with mailbox() as world:
        key = await world.user.create(PLAIN)
        reader = Reader(world.spoke())
        await reader.news()
        far = datetime(2031, 1, 1, 9, tzinfo=UTC)
        await world.user.change(key, replace(PLAIN, when=Span(far, far)))
        told = await reader.news()
        assert (told.gone, set(told.items)) == (frozenset(), {key})


async def test_a_token_lasts_while_the_window_slides_and_is_rolled_after_a_month() -> None:
    async with mailbox() as world:
        spoke, reader = world.spoke(), Reader(world.spoke())
        await reader.news()
        for days, good in ((30, True), (32, False)):
            moved = timedelta(days=days)
            later = TimeWindow(WINDOW.start + moved, WINDOW.end + moved)
            reading = spoke.changes(reader.token, _nothing, later)
            if good:
                assert [page.token async for page in reading][-1]
            else:
                with pytest.raises(ExpiredError):
                    await anext(aiter(reading))


async def test_texts_in_html_are_read_as_text() -> None:
    async with mailbox() as world:
        world.desk.heeds = False
        key = await world.user.create(replace(PLAIN, body="One & two\nThree"))
        item = (await Reader(world.spoke()).news()).items[key]
        assert isinstance(item.content, Event)
        assert item.content.body == "One & two\nThree"


async def test_stamps_are_known_of_ours_and_of_other_hubs() -> None:
    async with mailbox() as world:
        spoke = world.spoke()
        ours = await done(spoke, creation(PLAIN, 1))
        series = await done(spoke, creation(SERIES["weekly"], 2))
        world.user.stored(ours.key).modified = "2026-01-01T00:00:00Z"
        world.requests.clear()
        told = (await Reader(spoke).news()).items
        assert {key: item.mark for key, item in told.items()} == {ours.key: ours.mark, series.key: series.mark}
        singles = [each for each in world.requests if each.body and ours.key.encode() in each.body]
        assert singles == []  # what bears no doubt is not asked for once more


async def test_what_changed_just_now_is_asked_for_itself() -> None:
    async with mailbox() as world:
        old = world.desk.plant(ANNA, _body(world), modified="2026-01-01T00:00:00Z")
        old.modified = "2026-01-01T00:00:00Z"
        new = await world.user.create(PLAIN)
        made = world.desk.plant(ANNA, {**_body(world), "transactionId": "5bd0a3c4-0000-4000-8000-000000000001"})
        made.modified = "2026-01-01T00:00:00Z"
        world.requests.clear()
        assert len((await Reader(world.spoke()).news()).items) == 3
        asked = b"".join(each.body for each in world.requests).replace(b"%3D", b"=")
        assert [key.encode() in asked for key in (old.key, new, made.key)] == [False, True, True]


async def test_exceptions_on_further_pages_are_read() -> None:
    async with mailbox() as world:
        key = await world.user.create(SERIES["an occurrence moved"])
        content = (await standing(world.spoke(), key)).content
        assert isinstance(content, Event)
        assert len(content.exceptions) == 1


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.LOST_PAGE, Reason.INCOMPLETE),
        (Trouble.DENIED, Reason.UNAUTHORIZED),
        (Trouble.TRUNCATED, Reason.GARBLED),
        (Trouble.HTML, Reason.GARBLED),
    ],
)
async def test_a_part_is_never_all(trouble: Trouble, reason: Reason) -> None:
    async with mailbox() as world:
        for _ in range(3):
            await world.user.create(PLAIN)
        world.desk.page = 2
        world.server.faults.trouble = trouble
        with pytest.raises(PeerError) as raised:
            await Reader(world.spoke()).news()
        assert raised.value.reason is reason


async def test_a_calendar_that_vanished_is_named() -> None:
    async with mailbox() as world:
        spoke = world.spoke()
        reader = Reader(spoke)
        await reader.news()
        del world.desk.mailboxes[ANNA]
        for reading in (reader.news(), Reader(spoke).news()):
            with pytest.raises(PeerError) as raised:
                await reading
            assert raised.value.reason is Reason.NO_SUCH_MAILBOX


async def test_throttling_is_waited_for() -> None:
    async with mailbox() as world:
        key = await world.user.create(PLAIN)
        left = [2.0, 3.0, 4.0]
        world.desk.limits.refuse = lambda method, path: left.pop(0) if left else None
        assert set((await Reader(world.spoke()).news()).items) == {key}
        assert world.waits == [2.0, 3.0, 4.0]


async def test_an_occurrence_is_no_item_of_its_own() -> None:
    async with mailbox() as world:
        key = await world.user.create(SERIES["weekly"])
        found = await world.spoke().look([f"{key}.2026-11-16", key])
        assert found[f"{key}.2026-11-16"] is None
        assert isinstance(found[key], Item)


async def test_what_others_take_part_in_is_guarded_for_one_occurrence_s_sake() -> None:
    async with mailbox() as world:
        key = await world.user.create(SERIES["an occurrence moved"])
        world.user.stored(key).altered[_SECOND.date()].properties["attendees"] = [GUEST]
        assert (await standing(world.spoke(), key)).guarded


async def test_requests_do_not_grow_with_what_did_not_change() -> None:
    async with mailbox() as world:
        reader = Reader(world.spoke())
        counts = []
        for number in (1, 60):
            for _ in range(number):
                await world.user.create(PLAIN)
            await reader.news()
            await world.user.create(PLAIN)
            world.requests.clear()
            await reader.news()
            counts.append(len(world.requests))
        assert counts == [2, 2]


async def _nothing() -> dict[str, str]:
    return {}


def _body(world: Mailbox) -> dict[str, object]:
    times = {"dateTime": f"{NOW:%Y-%m-%d}T09:00:00", "timeZone": "UTC"}
    return {"subject": "Planted", "start": times, "end": times}
