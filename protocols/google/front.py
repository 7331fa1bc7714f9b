"""freeBusy.query from the other side: read as Google gets it from its callers, answered as Google answers them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final

import orjson

from protocols.errors import Fault, RequestError
from protocols.google.front_errors import INCOMPLETE, TOO_MANY, failure
from protocols.google.times import instant, whole_seconds
from protocols.model.freebusy import Answer, Availability, Detail, Question, Unavailable
from protocols.model.intervals import BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from protocols.zones.wall import wall_clock

OPERATION: Final = "freeBusy"
MOST_CALENDARS: Final = 50  # calendarExpansionMax
MOST_MEMBERS: Final = 100  # groupExpansionMax
LONGEST_WINDOW: Final = timedelta(days=90, hours=2)  # where its callers cut (unconfirmed), and clocks may go back
_MOST_ITEMS: Final = 1_000  # more would only multiply the caller's bytes
_LONGEST_TEXT: Final = 64  # characters of a time or of a zone
_FIRST_YEAR, _LAST_YEAR = 1970, 2105  # what Intervals can hold; beyond it everybody would look free
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_NUMBERS_TAKEN: Final = frozenset(
    {int(BusyStatus.TENTATIVE), int(BusyStatus.BUSY), int(BusyStatus.OUT_OF_OFFICE)}
)  # Google knows opaque and transparent alone; working elsewhere is time to meet


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBusyRequest:
    """What one query asks: each id once, as written and in order; ``mailboxes`` beside them, None for no address.

    ``left_out`` are the ids beyond calendarExpansionMax. Times are answered in ``zone``; ``window`` is as asked, that
    of the ``question`` in whole seconds.
    """

    ids: tuple[str, ...]
    mailboxes: tuple[Mailbox | None, ...]
    left_out: tuple[str, ...]
    window: TimeWindow
    question: Question
    zone: tzinfo


def decode(data: bytes) -> FreeBusyRequest:
    """What the JSON ``data`` asks (API page freebusy.query); unknown fields are ignored.

    groupExpansionMax and calendarExpansionMax above Google's own most count as that. Raises RequestError: MALFORMED,
    MISSING_ARGUMENT and SCHEMA (both with the name of the field), INVALID_WINDOW, WINDOW_TOO_LONG, INVALID_TIME_ZONE,
    TOO_MANY_MAILBOXES.
    """
    body = _object(data)
    window = _window(_instant(body, "timeMin"), _instant(body, "timeMax"))
    _most(body, "groupExpansionMax", MOST_MEMBERS)
    most = _most(body, "calendarExpansionMax", MOST_CALENDARS)
    ids = _ids(body.get("items"))
    question = Question(window=whole_seconds(window), detail=Detail.BUSY)
    return FreeBusyRequest(
        ids=ids[:most],
        mailboxes=tuple(_mailbox(each) for each in ids[:most]),
        left_out=ids[most:],
        window=window,
        question=question,
        zone=_zone(body.get("timeZone")),
    )


def encode(request: FreeBusyRequest, answers: Sequence[Answer], *, pretty: bool = False) -> bytes:
    """The whole answer: one calendar for each id. Blocks are merged where they touch and clipped to the window.

    A calendar with any doubt in the window has ``errors`` and no ``busy``, so that no reader may take it for free.
    Raises ValueError where ``answers`` are not as many as the mailboxes.
    """
    calendars = {id_: _calendar(answer, request) for id_, answer in zip(request.ids, answers, strict=True)}
    calendars |= dict.fromkeys(request.left_out, TOO_MANY)
    document = {
        "kind": "calendar#freeBusy",
        "timeMin": _milliseconds(request.window.start),
        "timeMax": _milliseconds(request.window.end),
        "calendars": calendars,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 if pretty else None)


def _object(data: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise RequestError(Fault.MALFORMED) from None
    if not isinstance(body, dict):
        raise RequestError(Fault.MALFORMED)
    return body


def _instant(body: dict[str, Any], name: str) -> datetime:
    text = body.get(name)
    if text is None or text == "":
        raise RequestError(Fault.MISSING_ARGUMENT, name)
    try:
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
            raise ValueError("no time")
        moment = _read(text)
    except ValueError:
        raise RequestError(Fault.SCHEMA, name) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise RequestError(Fault.SCHEMA, name)
    return moment


@lru_cache(maxsize=4096)  # many ask about the same days
def _read(text: str) -> datetime:
    text = text.upper()  # RFC 3339 5.6: t and z may be small
    if not _RFC3339.fullmatch(text):  # the library reads all of ISO 8601
        raise ValueError("not a date-time of RFC 3339")
    return instant(text)


def _window(start: datetime, end: datetime) -> TimeWindow:
    if end <= start:
        raise RequestError(Fault.INVALID_WINDOW)
    if end - start > LONGEST_WINDOW:
        raise RequestError(Fault.WINDOW_TOO_LONG)
    return TimeWindow(start, end)


def _most(body: dict[str, Any], name: str, limit: int) -> int:
    value = body.get(name)
    if value is None:
        return limit
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:  # JSON of protocol buffers
        value = int(value)
    if type(value) is not int or value < 1:
        raise RequestError(Fault.SCHEMA, name)
    return min(value, limit)


def _ids(items: Any) -> tuple[str, ...]:
    if items is None:
        return ()
    if not isinstance(items, list):
        raise RequestError(Fault.SCHEMA, "items")
    if len(items) > _MOST_ITEMS:
        raise RequestError(Fault.TOO_MANY_MAILBOXES)
    return tuple(dict.fromkeys(_id(item) for item in items))


def _id(item: Any) -> str:
    found = item.get("id") if isinstance(item, dict) else None
    if not isinstance(found, str) or not found:
        raise RequestError(Fault.SCHEMA, "items")
    return found


def _mailbox(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text)
    except ValueError:  # "primary" and a group's opaque id are nobody's address here
        return None


def _zone(name: Any) -> tzinfo:
    if name is None or name == "":
        return UTC
    zone = zone_named(name) if isinstance(name, str) and len(name) <= _LONGEST_TEXT else None
    if zone is None:
        raise RequestError(Fault.INVALID_TIME_ZONE)
    return zone


def _calendar(answer: Answer, request: FreeBusyRequest) -> dict[str, Any]:
    if isinstance(answer, Unavailable):
        return failure(answer.reason)
    window = request.question.window
    if not _is_certain(answer, window):
        return INCOMPLETE
    at = wall_clock(request.zone).offset
    return {
        "busy": [
            {"start": _with_z(at(start)), "end": _with_z(at(end))} for start, end in _taken(answer.intervals, window)
        ]
    }


def _is_certain(answer: Availability, window: TimeWindow) -> bool:
    return answer.window.covers(window) and not any(gap.overlaps(window) for gap in answer.unknown)


def _taken(intervals: Intervals, window: TimeWindow) -> Iterator[tuple[int, int]]:
    """The stretches of the window that are taken, apart from one another."""
    low, high = window.seconds
    first = last = low
    for start, end, status in intervals.edges():  # by start
        if status not in _NUMBERS_TAKEN or end <= low or start >= high:
            continue
        start, end = max(start, low), min(end, high)  # noqa: PLW2901
        if start > last:
            if first < last:
                yield first, last
            first = start
        last = max(last, end)
    if first < last:
        yield first, last


def _with_z(text: str) -> str:
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _milliseconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
