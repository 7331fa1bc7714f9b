"""Whether somebody was there between a write and the look behind it: each spoke tells it by what its server tells."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import orjson
import pytest

from calsync.spoke import Act, Outcome, Write, Written
from calsync.spokes.caldav_writing import Place, write_all
from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_calendar_asking import Opened
from calsync.spokes.exchange_contacts_writing import write as write_contacts
from protocols.caldav.item_writing import new
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.card import Card
from protocols.model.event import Event, Occurrence
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from simulation.graph.calendar_desk import OWN
from tests.calsync.spokes.contacts_world import exchange
from tests.calsync.spokes.exchange_calendar_world import world as fabrikam
from tests.calsync.spokes.google_calendar_world import workspace
from tests.calsync.spokes.graph_calendar_world import ANNA, mailbox
from tests.contracts.spoke_events import SINGLE, span
from tests.contracts.spoke_world import NOW, User, creation, standing, token, update
from tests.protocols.caldav.sync_samples import PATH, URL, data, etag, many, there
from tests.protocols.ews.mailbox_answers import NOW as EWS_NOW
from tests.protocols.ews.mailbox_answers import access, answer, item, message
from tests.protocols.scripted import Peer, run

COPY = creation(SINGLE["timed"])
KEY, UID = f"{token(1)}.ics", f"{token(1)}@busyline"
SENT = data(new(SINGLE["timed"], uid=UID, stamp=COPY.mark, at=NOW))
THEIRS = SENT.replace("SUMMARY:", "SUMMARY:Theirs ")
WEEKLY = Event(
    when=span(9, 9),
    subject="Weekly",
    body="Some text",
    rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=4),
)
SECOND = span(16, 9).start
DIFFERENT = replace(WEEKLY, exceptions={SECOND: Occurrence(when=span(16, 14), subject="Moved")})
PLAIN = Event(when=span(9, 9), subject="Plain", body="Some text")
ANN = Card(display_name="Ann", company="C")


def later(outcome: Outcome) -> bool:
    assert isinstance(outcome, Written), outcome
    assert outcome.item is not None
    return outcome.later


def put(told: str = "", status: int = 201) -> HttpResponse:
    return HttpResponse(status, Headers({"ETag": told} if told else {}), b"")


def stands(version: str, content: str) -> HttpResponse:
    return many(there(f"{PATH}{KEY}", etag(version), content))


@pytest.mark.parametrize(
    ("answer", "looked", "expected"),
    [
        (put('"1"'), stands("1", SENT), False),
        (put('"1"'), stands("1", THEIRS), False),  # as the server has it that tells an etag before it is done
        (put('"1"'), stands("2", THEIRS), True),
        (put('"1"'), stands("2", SENT), False),  # nobody changed anything
        (put('"1-gzip"'), stands("1", THEIRS), False),
        (put('W/"1"'), stands("1", THEIRS), False),
        (put(), stands("1", THEIRS), False),  # RFC 4791 5.3.4: not stored as it was sent, and nothing tells more
    ],
)
def test_caldav_tells_it_by_the_etag(answer: HttpResponse, looked: HttpResponse, expected: bool) -> None:
    place = Place(send=Peer(answer, looked), url=URL, zone=None, owners=())
    [outcome] = run(write_all(place, [COPY], NOW))
    assert later(outcome) is expected


def test_a_copy_that_stands_there_already_is_told_as_such() -> None:
    place = Place(send=Peer(put(status=412), stands("1", THEIRS)), url=URL, zone=None, owners=())
    [outcome] = run(write_all(place, [COPY], NOW))
    assert isinstance(outcome, Written)
    assert (outcome.earlier, outcome.later) == (True, False)


@pytest.mark.parametrize(("version", "expected"), [("2", False), ("3", True)])
def test_caldav_tells_it_of_a_change_too(version: str, expected: bool) -> None:
    change = Write(act=Act.UPDATE, content=SINGLE["free"], key=KEY, version='"1"', changes=frozenset({"shows"}))
    place = Place(send=Peer(stands("1", SENT), put('"2"', 204), stands(version, THEIRS)), url=URL, zone=None, owners=())
    [outcome] = run(write_all(place, [change], NOW))
    assert later(outcome) is expected


@pytest.mark.parametrize(("version", "expected"), [("1", False), ("2", True)])
def test_contacts_of_exchange_tell_it_by_the_change_key(version: str, expected: bool) -> None:
    made = answer("CreateItem", message("CreateItem", f"<m:Items>{item('n')}</m:Items>"))
    looked = answer("GetItem", message("GetItem", f"<m:Items>{item('n', version=version)}</m:Items>"))
    peer = Peer(made, looked)

    async def opened() -> Opened:
        return Opened(exchange=exchange(peer), access=access(peer), folder=access(peer).contacts())

    [outcome] = run(write_contacts(opened, [creation(ANN)], clock=lambda: EWS_NOW))
    assert later(outcome) is expected


class Behind:
    """A Send behind whose answer to the write that ``at`` names, counted from the last one if negative, ``deed`` is
    done. How many there are shows when it is 0."""

    def __init__(self, send: Send, is_write: Callable[[HttpRequest], bool], at: int) -> None:
        self._send, self._is_write, self._at = send, is_write, at
        self.deed: Callable[[], Awaitable[None]] | None = None
        self.writes = 0

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        response = await self._send(request)
        if self._is_write(request):
            self.writes += 1
            if self.writes == self._at and self.deed is not None:
                await self.deed()
        return response


def theirs(user: User[Event], event: Event, keys: Callable[[], list[str]]) -> Callable[[], Awaitable[None]]:
    """Somebody changes the text of the only item, which is ``event`` otherwise."""

    async def deed() -> None:
        [key] = keys()
        await user.change(key, replace(event, body="Theirs"))

    return deed


def seen(outcome: Outcome) -> tuple[bool, str]:
    """Whether it is told, and what text stands there."""
    assert isinstance(outcome, Written), outcome
    assert outcome.item is not None
    assert isinstance(outcome.item.content, Event)
    return outcome.later, outcome.item.content.body


@pytest.mark.parametrize(
    ("event", "at", "expected"),
    [
        (PLAIN, 0, (False, "Some text")),
        (PLAIN, 1, (True, "Theirs")),
        (DIFFERENT, 0, (False, "Some text")),
        (DIFFERENT, 1, (True, "Theirs")),  # between the series and its occurrences
        (DIFFERENT, 2, (True, "Theirs")),  # behind all of it
    ],
)
async def test_exchange_tells_it_by_the_change_key(event: Event, at: int, expected: tuple[bool, str]) -> None:
    async with fabrikam() as world:
        behind = Behind(world.send, lambda each: b"<m:CreateItem " in each.body or b"<m:UpdateItem " in each.body, at)
        spoke = ExchangeCalendar("fabrikam", replace(world.exchange(), send=behind))
        behind.deed = theirs(world.anna, replace(event, exceptions={}), lambda: list(world.anna.folder.entries))
        [outcome] = await spoke.write([creation(event)])
        assert seen(outcome) == expected
        assert behind.writes == (2 if event.exceptions else 1)


@pytest.mark.parametrize(
    ("change", "at", "expected"),
    [
        ({"subject": "Other"}, 0, (False, "Some text")),
        ({"subject": "Other"}, 1, (True, "Theirs")),
        ({"exceptions": DIFFERENT.exceptions}, 0, (False, "Some text")),
        ({"exceptions": DIFFERENT.exceptions}, 1, (True, "Theirs")),
    ],
)
async def test_google_tells_it_of_a_series(change: dict[str, object], at: int, expected: tuple[bool, str]) -> None:
    async with workspace() as world:
        key = await world.user.create(WEEKLY)
        before = await standing(world.spoke(), key)
        behind = Behind(world.send(), lambda each: each.method in ("PATCH", "POST"), at)
        behind.deed = theirs(world.user, replace(WEEKLY, **change), lambda: [key])  # type: ignore[arg-type]
        name = next(iter(change)) if "subject" in change else f"at {SECOND.isoformat().replace('+00:00', 'Z')}"
        changed = update(before, replace(WEEKLY, **change), name)  # type: ignore[arg-type]
        [outcome] = await world.spoke(behind).write([changed])
        assert seen(outcome) == expected
        assert behind.writes == 1


async def test_google_tells_it_of_an_occurrence() -> None:
    async with workspace() as world:
        key = await world.user.create(WEEKLY)
        before = await standing(world.spoke(), key)
        behind = Behind(world.send(), lambda each: each.method == "PATCH", 1)

        async def deed() -> None:
            world.user.occurrence(key, SECOND, {"summary": "Theirs"})

        behind.deed = deed
        name = f"at {SECOND.isoformat().replace('+00:00', 'Z')}"
        [outcome] = await world.spoke(behind).write([update(before, DIFFERENT, name)])
        assert seen(outcome) == (True, "Some text")


@pytest.mark.parametrize(
    ("event", "at", "expected"),
    [
        (WEEKLY, 0, (False, "Some text")),
        (WEEKLY, 1, (True, "Theirs")),
        (DIFFERENT, 0, (False, "Some text")),
        (DIFFERENT, 1, (True, "Theirs")),
        (DIFFERENT, 2, (True, "Theirs")),
    ],
)
async def test_graph_tells_it_of_a_series(event: Event, at: int, expected: tuple[bool, str]) -> None:
    async with mailbox() as world:
        behind = Behind(world.send, _writes, at)
        behind.deed = theirs(
            world.user, replace(event, exceptions={}), lambda: list(world.desk.mailboxes[ANNA][OWN].events)
        )
        [outcome] = await world.spoke(send=behind).write([creation(event)])
        assert seen(outcome) == expected
        assert behind.writes == (2 if event.exceptions else 1)


def _writes(request: HttpRequest) -> bool:
    """Whether a batch writes anything."""
    told = orjson.loads(request.body or b"{}").get("requests", ())
    return any(each["method"] in ("POST", "PATCH", "DELETE") for each in told)
