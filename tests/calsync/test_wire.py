"""Whatever is written to whichever system: no request names anybody else, or would have a message sent."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from typing import Any, Final, TypeVar

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from calsync.spoke import Failed, Outcome, Write, Written
from calsync.spokes.caldav import CaldavCalendar
from protocols.caldav.item_people import MAILS
from protocols.model.card import Card
from protocols.model.event import Event, Occurrence, Response
from tests.calsync.spokes.pairs.dav import Store, caldav
from tests.calsync.spokes.pairs.folders import FOLDERS
from tests.calsync.spokes.pairs.folders import TABLE as CARDS
from tests.calsync.spokes.pairs.nasty import TABLE
from tests.calsync.spokes.pairs.sides import WRITABLE, Side
from tests.contracts.spoke_world import NOW, creation, deletion, holdable, update
from tests.contracts.spokes import differing
from tests.protocols.caldav.sync_samples import URL

R = TypeVar("R")
GUEST: Final = "guest.of.others@elsewhere.example"
_PEOPLE: Final = (f"Organiser: Boss <{GUEST}>", f"Required: Guest <{GUEST}>")
_TRICKS: Final = (
    "plain",
    "ATTENDEE:mailto:a@b.example",
    "END:VEVENT\nORGANIZER:mailto:a@b.example\nATTENDEE;RSVP=TRUE:mailto:a@b.example\nMETHOD:REQUEST",
    "x\x85ATTENDEE:mailto:a@b.example\u2028ORGANIZER:mailto:a@b.example",
    "</t:Subject><t:RequiredAttendees><t:Attendee/></t:RequiredAttendees>",
    '","attendees":[{"emailAddress":{"address":"a@b.example"}}],"x":"',
)
_FORBIDDEN: Final = frozenset(
    {"attendees", "attendee", "organizer", "attendeesomitted", "hideattendees", "guestscaninviteothers"}
    | {"guestscanmodify", "guestscanseeotherguests", "requiredattendees", "optionalattendees", "resources"}
    | {"responserequested", "isresponserequested", "isonlinemeeting", "onlinemeeting", "conferencedata"}
    | {"meetingrequestwassent", "request-status", "sendupdates", "sendnotifications", "comment"}
)
"""Names of properties, in small letters, that no writing may have."""
_SILENT: Final = (
    (rb"<m:CreateItem\b(?=.*<t:CalendarItem>)(?![^>]*SendMeetingInvitations=\"SendToNone\")", "CreateItem that mails"),
    (
        rb"<m:UpdateItem\b(?=.*<t:CalendarItem>)(?![^>]*SendMeetingInvitationsOrCancellations=\"SendToNone\")",
        "UpdateItem that mails",
    ),
    (rb"<m:DeleteItem\b(?=.*cal!)(?![^>]*SendMeetingCancellations=\"SendToNone\")", "DeleteItem that mails"),
    (rb"\A(POST|PATCH|PUT|DELETE) \S*/calendars/[^/]+/events(?!/import)(?!\S*sendUpdates=none)\S*\s", "sendUpdates"),
    (rb"(?i)/(cancel|forward|sendMail|send|accept|decline|tentativelyAccept|snoozeReminder)\"", "an action that mails"),
    (rb"(?i)SendToAll|SendOnlyToAll|SendAndSaveCopy|SendOnly\b|sendUpdates=(?!none)|sendNotifications=", "a send flag"),
    (rb"(?i)\"method\"\s*:\s*\"(email|sms)\"", "a reminder that mails"),
    (rb"(?im)^ACTION\s*[:;].*EMAIL", "an alarm that mails"),
    (rb"(?im)^(Schedule-Reply|Originator|Recipient):", "a header of scheduling"),
)  # fmt: skip


def texts(trick: str) -> dict[str, Any]:
    """Subject, place and text with a trick in them, in the form that all codecs have."""
    line = " ".join(trick.split())
    return {"subject": line, "location": line, "body": trick}


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Some appointment to which others are invited, as far as its reader says."""
    found = draw(st.sampled_from([*TABLE.values()]))
    tricky = texts(draw(st.sampled_from(_TRICKS)))
    exceptions: dict[Any, Occurrence | None] = dict(found.exceptions)
    for original, one in exceptions.items():
        if one is not None and draw(st.booleans()):
            exceptions[original] = replace(one, **tricky)
    response = draw(st.sampled_from(Response))
    return replace(found, **tricky, exceptions=exceptions, people=_PEOPLE, meeting=True, response=response)


class Stand:
    """One side that stands while many examples are written to it."""

    def __init__(self, staged: Callable[[], AbstractAsyncContextManager[Side[Any]]]) -> None:
        self._runner, self._stack, self.number = asyncio.Runner(), AsyncExitStack(), 0
        self.side = self.run(self._stack.enter_async_context(staged()))

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """What comes of it."""
        return self._runner.run(work)

    def close(self) -> None:
        """The system ends."""
        self.run(self._stack.aclose())
        self._runner.close()

    async def written(self, write: Write) -> Outcome:
        """What became of one write."""
        [outcome] = await self.side.stage.spoke.write([write])
        assert isinstance(outcome, Written) or not outcome.doubt
        return outcome

    async def through(self, first: Any, second: Any) -> None:
        """A copy is made, becomes another, the first again, and goes."""
        self.number += 1
        before = len(self.side.stage.wire())
        ability = self.side.stage.spoke.ability
        one, other = (_with_people(holdable(ability, each), each) for each in (first, second))
        if one is None or other is None:
            return
        outcome = await self.written(creation(one, self.number))
        for was, now in ((one, other), (other, one)):
            if isinstance(outcome, Written) and outcome.item is not None:
                outcome = await self.written(update(outcome.item, now, *differing(was, now)))
        assert isinstance(outcome, Written), outcome
        assert outcome.item is not None
        await self.written(deletion(outcome.item))
        sent = self.side.stage.wire()[before:]
        assert len(sent) >= 4
        assert [word for each in sent for word in noise(each)] == []
        assert GUEST.encode() not in b"".join(sent)
        assert list(self.side.mails()) == []


def _with_people(held: Any, told: Any) -> Any:
    if not isinstance(held, Event):
        return held
    return replace(held, people=told.people, meeting=told.meeting, response=told.response)


def noise(request: bytes) -> list[str]:
    """What of a request could make a server mail somebody, by what it means rather than how it looks."""
    if re.match(rb"(GET|HEAD|PROPFIND|REPORT) ", request):
        return []
    found = [name for pattern, name in _SILENT if re.search(pattern, request)]
    body = request.partition(b"\n\n")[2]
    return found + sorted(_names(body) & _FORBIDDEN)


def _names(body: bytes) -> set[str]:
    """The names of all that a body says of an item, whichever language it speaks."""
    if body.startswith(b"BEGIN:VCALENDAR"):
        parts = icalendar.Calendar.from_ical(body).walk()
        return {str(name).lower() if name != "METHOD" else "sendupdates" for part in parts for name in part}
    if body.lstrip().startswith(b"<"):
        wanted = ("Items", "ItemChanges")
        roots = [each for each in etree.fromstring(body).iter() if etree.QName(each).localname in wanted]
        return {etree.QName(each).localname.lower() for root in roots for each in root.iter()}
    return set(_keys(json.loads(body))) if body[:1] in (b"{", b"[") else set()


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (str(key).lower() for key in value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _keys(each)


CALENDARS: Final[Mapping[str, Callable[[], AbstractAsyncContextManager[Side[Any]]]]] = {**WRITABLE, "caldav": caldav}


@pytest.fixture(scope="module", params=CALENDARS)
def calendar(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """Each calendar that can be written to."""
    stand = Stand(CALENDARS[request.param])
    yield stand
    stand.close()


@pytest.fixture(scope="module", params=FOLDERS)
def folder(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """Each folder of contacts."""
    stand = Stand(FOLDERS[request.param])
    yield stand
    stand.close()


@settings(max_examples=12, deadline=None)
@given(first=events(), second=events())
def test_no_appointment_makes_a_noise(calendar: Stand, first: Event, second: Event) -> None:
    calendar.run(calendar.through(first, second))


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_no_contact_makes_a_noise(folder: Stand, card: Card) -> None:
    folder.run(folder.through(card, replace(CARDS["a name"], notes=_TRICKS[2], company=_TRICKS[4])))


def test_meetings_are_never_written(calendar: Stand) -> None:
    user: Any = calendar.side.stage.user
    if user is None:
        return  # nobody works there who could invite anybody; real servers are asked by the contract

    async def walk() -> list[Outcome]:
        spoke = calendar.side.stage.spoke
        key = await user.create(TABLE["weekly"])
        await user.invite(key)
        item: Any = (await spoke.look([key]))[key]
        other = replace(TABLE["weekly"], subject="Ours", exceptions=TABLE["an occurrence cancelled"].exceptions)
        names = differing(TABLE["weekly"], other)
        writes = [update(item, other, name) for name in names] + [update(item, other, *names), deletion(item)]
        before = len(calendar.side.stage.wire())
        outcomes = [await calendar.written(each) for each in writes]
        sent = calendar.side.stage.wire()[before:]
        assert [each[:200] for each in sent if _writes(each)] == []
        return outcomes

    outcomes = calendar.run(walk())
    assert len(outcomes) > 3
    assert all(isinstance(each, Failed) and each.guarded for each in outcomes)
    assert list(calendar.side.mails()) == []


_ALARM: Final = (
    "BEGIN:VALARM\r\nACTION:EMAIL\r\nTRIGGER:-PT30M\r\nSUMMARY:r\r\nDESCRIPTION:r\r\n"
    f"ATTENDEE:mailto:{GUEST}\r\nEND:VALARM\r\n"
)
_WRAPPED: Final = {"an alarm": _ALARM, "within another": f"BEGIN:X-OWN\r\n{_ALARM}END:X-OWN\r\n"}


@pytest.mark.parametrize("alarm", _WRAPPED.values(), ids=_WRAPPED)
@pytest.mark.parametrize("beyond", ["weekly", "an occurrence moved"])
def test_an_alarm_by_mail_is_never_written(alarm: str, beyond: str) -> None:
    """Neither an own nor a copy to which somebody added one: a server sends it at the time that was written."""
    store, old = Store(), TABLE[beyond]
    spoke = CaldavCalendar("dav", store.send, url=URL, clock=lambda: NOW)

    async def walk() -> list[Outcome]:
        [made] = await spoke.write([creation(old, 1)])
        assert isinstance(made, Written)
        assert made.item is not None
        [path] = store.texts
        state, text = store.texts[path]
        head, end, tail = text.decode().rpartition("END:VEVENT\r\n")  # of the series, or of its occurrence
        store.texts[path] = state + 1, f"{head}{alarm}{end}{tail}".encode()
        item: Any = (await spoke.look([made.item.key]))[made.item.key]
        assert item.guarded == MAILS
        store.requests.clear()
        stale = replace(item, guarded="")
        wanted = replace(old, when=TABLE["timed"].when, rule=None, exceptions={}, subject="Ours")
        return [
            outcome
            for write in (update(stale, wanted, *differing(old, wanted)), deletion(stale))
            for outcome in await spoke.write([write])
        ]

    outcomes = asyncio.run(walk())
    assert all(isinstance(each, Failed) and each.guarded for each in outcomes)
    assert [each[:200] for each in store.requests if _writes(each)] == []


def _writes(request: bytes) -> bool:
    method = request.partition(b" ")[0]
    if b"<m:" in request:
        return re.search(rb"<m:(Create|Update|Delete)Item\b", request) is not None
    if b"$batch" in request.partition(b"\n")[0]:
        return re.search(rb'"method":\s*"(POST|PATCH|DELETE|PUT)"', request) is not None
    return method not in (b"GET", b"PROPFIND", b"REPORT")


@pytest.mark.parametrize(
    "request_",
    [
        b'POST https://g/calendars/x/events?sendUpdates=none\n\n{"attendees":[]}',
        b"PATCH https://g/calendars/x/events/1\n\n{}",
        b"DELETE https://g/calendars/x/events/1?sendUpdates=all\n\n",
        b'POST https://m/v1.0/$batch\n\n{"requests":[{"method":"POST","url":"/users/a/events/1/cancel","body":{}}]}',
        b'POST https://m/v1.0/$batch\n\n{"requests":[{"method":"PATCH","url":"/x","body":{"organizer":{}}}]}',
        b'POST https://e/EWS\n\n<a xmlns:m="m"><m:DeleteItem DeleteType="x"><x Id="cal!1"/></m:DeleteItem></a>',
        b'POST https://e/EWS\n\n<a xmlns:t="t"><Items><t:RequiredAttendees/></Items></a>',
        b'PATCH https://g/calendars/x/events/1?sendUpdates=none\n\n{"reminders":{"overrides":[{"method":"email"}]}}',
        b"PUT https://d/x.ics\n\nBEGIN:VCALENDAR\r\nBEGIN:VALARM\r\nACTION:EMAIL\r\nEND:VALARM\r\nEND:VCALENDAR\r\n",
        b"PUT https://d/x.ics\n\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
        b"PUT https://d/x.ics\n\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:a\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ],
)
def test_a_noise_is_heard(request_: bytes) -> None:
    assert noise(request_)
