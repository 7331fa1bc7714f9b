"""Asks Microsoft 365 when people are busy, up to 20 at once: getSchedule, everything in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import orjson

from protocols.errors import PeerError
from protocols.graph.errors import json_object, problem, schedule_reason
from protocols.graph.hours import working_hours
from protocols.graph.items import Blocks, from_items, from_view
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

API_PATH = "/v1.0"
_MINUTE = timedelta(minutes=1)
_SHORTEST, _CELL = 5, 30  # minutes: Graph takes cells of 5 to 1440, none longer than the window


@dataclass(frozen=True, slots=True)
class View:
    """The grid that a request lays over the window: the availability view has a digit for each cell."""

    window: TimeWindow
    minutes: int

    @classmethod
    def over(cls, window: TimeWindow) -> "View":
        """The grid for ``window``: whole minutes, five at least, from half an hour on in whole half hours."""
        start = window.start.replace(second=0, microsecond=0)
        minutes = max(-((start - window.end) // _MINUTE), _SHORTEST)
        cell = min(_CELL, minutes)
        return cls(TimeWindow(start, start + -(-minutes // cell) * cell * _MINUTE), cell)

    @property
    def cell(self) -> timedelta:
        """The length of one cell."""
        return self.minutes * _MINUTE


async def ask(
    send: Send,
    mailboxes: Sequence[Mailbox],
    question: Question,
    *,
    api_url: str,
    anchor: str,
    source: str,
    as_of: datetime,
) -> list[Answer]:
    """One answer per mailbox, in order, in one call; at most 20 mailboxes and 60 days are the caller's to keep.

    ``anchor`` is the mailbox that carries the question, ``api_url`` Graph's origin. A question for BUSY keeps no
    details, whatever Graph gave. Raises PeerError where the whole call failed.
    """
    if not mailboxes:
        return []
    response = await send(encode(mailboxes, question.window, api_url=api_url, anchor=anchor))
    failure = problem(response, as_of)
    if failure is not None:
        raise failure
    return decode(json_object(response.body), mailboxes, question, source=source, as_of=as_of)


def encode(mailboxes: Sequence[Mailbox], window: TimeWindow, *, api_url: str, anchor: str) -> HttpRequest:
    """The request: each address once. Times are naive: Graph refuses an offset beside a zone."""
    view = View.over(window)
    body = {
        "schedules": list(dict.fromkeys(m.address for m in mailboxes)),
        "startTime": {"dateTime": view.window.start.strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"},
        "endTime": {"dateTime": view.window.end.strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"},
        "availabilityViewInterval": view.minutes,  # without it Graph answers 500
    }
    headers = Headers(
        {"Content-Type": "application/json", "Accept": "application/json", "Prefer": 'outlook.timezone="UTC"'}
    )
    api = api_url.rstrip("/").removesuffix(API_PATH) + API_PATH
    return HttpRequest(
        "POST", f"{api}/users/{quote(anchor, safe='@')}/calendar/getSchedule", headers, orjson.dumps(body)
    )


def decode(
    document: dict[str, Any], mailboxes: Sequence[Mailbox], question: Question, *, source: str, as_of: datetime
) -> list[Answer]:
    """One answer per mailbox, in order. Raises PeerError(GARBLED) where there are no answers in the document."""
    value = document.get("value")
    if not isinstance(value, list):
        raise PeerError(Reason.GARBLED, "an answer without its value")
    asked = list(dict.fromkeys(m.address for m in mailboxes))
    schedules = {address: _find(address, position, asked, value) for position, address in enumerate(asked)}
    return [_answer(schedules[m.address], m, question, source=source, as_of=as_of) for m in mailboxes]


def _find(address: str, position: int, asked: list[str], value: list[Any]) -> Any:
    """The schedule of ``address``: the one that says so, or the one that says nothing in its place; else None."""
    named = [entry for entry in value if _id(entry) == address]
    if len(named) == 1:
        return named[0]
    in_place = value[position] if len(value) == len(asked) else None
    return in_place if not named and isinstance(in_place, dict) and not _id(in_place) else None


def _id(entry: Any) -> str:
    name = entry.get("scheduleId") if isinstance(entry, dict) else None
    return name.strip().lower() if isinstance(name, str) else ""


def _answer(schedule: Any, mailbox: Mailbox, question: Question, *, source: str, as_of: datetime) -> Answer:
    if schedule is None:
        return Unavailable(mailbox=mailbox, reason=Reason.INCOMPLETE, detail="the schedule is missing from the answer")
    if schedule.get("error") is not None:
        reason, word = schedule_reason(schedule["error"])
        return Unavailable(mailbox=mailbox, reason=reason, detail=word)
    blocks = _blocks(schedule, question)
    if blocks is None:
        return Unavailable(mailbox=mailbox, reason=Reason.GARBLED, detail="neither items nor a view that can be read")
    unknown = (gap.clip(question.window) for gap in blocks.unknown)
    return Availability(
        mailbox=mailbox,
        window=question.window,
        intervals=Intervals.pack(blocks.intervals).overlapping(question.window),
        detail=question.detail,
        unknown=tuple(sorted({gap for gap in unknown if gap is not None})),
        working_hours=working_hours(schedule.get("workingHours")),
        source=source,
        as_of=as_of,
    )


def _blocks(schedule: dict[str, Any], question: Question) -> Blocks | None:
    """The items; besides, whatever the view takes for busy and no item accounts for."""
    items, digits = schedule.get("scheduleItems"), schedule.get("availabilityView")
    view = View.over(question.window)
    blocks = Blocks()
    if isinstance(items, list):
        try:
            blocks = from_items(items, details=question.detail is Detail.DETAILS)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
    elif items is not None or not isinstance(digits, str) or not digits:
        return None
    if isinstance(digits, str) and digits:
        blocks = from_view(digits, view.window, view.cell, blocks, whole=items is None)
    return blocks
