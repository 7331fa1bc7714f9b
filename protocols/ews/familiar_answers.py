"""Reads an answer of a shape seen before at a fraction of the cost: only its events are new.

A server answers in the same words again and again. What stands around the events of a mailbox is read once, by the
parser and the reader that read everything else, and remembered; the events are matched, from end to end. Whatever is
unusual in any way is left to the parser, so that this room never decides what an answer means, or whether it is one.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from typing import Final, TypeAlias

from protocols.errors import PeerError
from protocols.ews.blocks import Blocks, Doubt, read_events
from protocols.ews.parsed_answers import Seen, level, responses, seen_in
from protocols.ews.person_hours import read_working_hours
from protocols.ews.query import View
from protocols.ews.tables import STATUSES
from protocols.model.freebusy import Detail, Question, Reason, WorkingHours
from protocols.model.intervals import EMPTY, LAST_SECOND, Intervals, Row
from protocols.safexml import parse

_LONGEST: Final = 8_000_000  # no limit of the parser's is as low
_LONGEST_SHAPE: Final = 8_192
_SPACE: Final = " \t\r\n"
_RESPONSE, _ARRAY, _DIGITS = "FreeBusyResponse", "CalendarEventArray", "MergedFreeBusy"
_EVENT_TAG: Final = "CalendarEvent>"
_SUCCESS: Final = ' ResponseClass="Success"'
_OPENED: Final = r"<(?P<p>(?:[A-Za-z_][A-Za-z0-9_.-]{0,40}:)?)%s(?: xmlns=\"[^\"<>&\s]{0,200}\")?>"
_ALL_OPENED, _EVENTS_OPENED = re.compile(_OPENED % "FreeBusyResponseArray"), re.compile(_OPENED % _ARRAY)
_TEXT: Final = r"[^<>\x00-\x1f\ufffe\uffff]*"  # what XML 1.0 allows in one line; surrogates are not in what was decoded
_PLAIN: Final = r"[^<>&\x00-\x1f\ufffe\uffff]*"
_INSTANT: Final = re.compile(
    r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FLAGS: Final = {"IsMeeting": 1, "IsRecurring": 2, "IsException": 4, "IsReminderSet": 16, "IsPrivate": 8}  # as written
_PRIVATE: Final = _FLAGS["IsPrivate"]
_NUMBERS: Final = {word: int(status) for word, status in STATUSES.items()}
_STAND_IN: Final = secrets.token_hex(16)  # a subject that no answer can name
_EVENT: Final = (
    "<{0}CalendarEvent><{0}StartTime>2000-01-01T00:00:00Z</{0}StartTime><{0}EndTime>2000-01-01T01:00:00Z</{0}EndTime>"
    "<{0}BusyType>Busy</{0}BusyType><{0}CalendarEventDetails><{0}Subject>{1}</{0}Subject><{0}IsPrivate>false"
    "</{0}IsPrivate></{0}CalendarEventDetails></{0}CalendarEvent>"
)
_Match: TypeAlias = tuple[str, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer in pieces: ``head``, the responses with nothing but white space between them, and ``tail``."""

    head: str
    responses: list[str]
    tail: str

    def with_only(self, kept: list[str]) -> bytes:
        """The same answer, with no other responses than ``kept``."""
        return f"{self.head}{''.join(kept)}{self.tail}".encode()


@dataclass(frozen=True, slots=True)
class Read:
    """What one response says: nothing is unknown."""

    detail: Detail
    intervals: Intervals
    working_hours: WorkingHours | None


@dataclass(frozen=True, slots=True)
class _Shape:
    view: View
    working_hours: WorkingHours | None


@dataclass(frozen=True, slots=True)
class _Words:
    """How events are written with one prefix: their pattern, where a text stands in its element, what all flags say."""

    pattern: "re.Pattern[str]"
    subject: slice
    location: slice
    flags: dict[str, int]


def cut(data: bytes) -> Cut | None:
    """The responses of ``data``, each of which is one whole element if the answer is XML; None where that is not plain.

    So each can be read without the others, between ``head`` and ``tail``.
    """
    try:
        text = data.decode() if len(data) <= _LONGEST else ""
    except UnicodeDecodeError:
        return None
    opened = _ALL_OPENED.search(text)
    if opened is None:
        return None
    prefix = opened["p"]
    end = text.rfind(f"</{prefix}FreeBusyResponseArray>", opened.end())
    head, tail, close = text[: opened.end()], text[end:], f"</{prefix}{_RESPONSE}>"
    if end < 0 or len(head) + len(tail) > _LONGEST_SHAPE or not _is_plain_frame(head, tail):
        return None
    *pieces, rest = text[opened.end() : end].split(close)
    found, first = [piece.lstrip(_SPACE) + close for piece in pieces], f"<{prefix}{_RESPONSE}>"
    return Cut(head, found, tail) if not rest.strip(_SPACE) and all(one.startswith(first) for one in found) else None


def is_apart(response: str) -> bool:
    """Whether a response that was cut is one element and has no part in another, provided that it is XML."""
    return response.count(_RESPONSE) == 2 and not _hides(response)


def read_familiar(whole: Cut, response: str, question: Question) -> Read | None:
    """Exactly what the reader by the parser says of ``response``, naive times in UTC; None where it has to be asked."""
    opened = _EVENTS_OPENED.search(response)
    before, prefix, events, after = response, None, "", ""
    if opened is not None:
        prefix, start = opened["p"], opened.end()
        end = response.find(f"</{prefix}{_ARRAY}>", start)
        before, events, after = response[:start], response[start:end], response[end:]
        if end < 0:
            return None
    if len(whole.head) + len(before) + len(after) + len(whole.tail) > _LONGEST_SHAPE:
        return None
    if _SUCCESS not in before or any(_DIGITS in part or _EVENT_TAG in part for part in (before, after)):
        return None  # which is never the same twice
    shape = _shape(whole.head, before, after, whole.tail, prefix)
    if shape is None:
        return None
    detail = level(shape.view, question)
    rows = _rows(events, _words(prefix), details=detail is Detail.DETAILS) if prefix is not None and events else []
    if rows is None:
        return None
    intervals = Intervals.of_rows(rows).overlapping(question.window) if rows else EMPTY
    return Read(detail, intervals, shape.working_hours)


def _rows(events: str, words: _Words, *, details: bool) -> list[Row] | None:
    """The blocks of ``events``; None unless they are plain events, and nothing else, from end to end."""
    rows: list[Row] = []
    match: _Match
    try:
        for match in words.pattern.findall(events):
            start, end, busy_type, subject, location, flags, other = match
            low, high = _second(start), _second(end)
            status, number = _NUMBERS[busy_type], words.flags[flags]
            if other or high < low:
                return None
            what = _said(subject[words.subject]) if subject else None
            where = _said(location[words.location]) if location else None
            if high == low:  # a reminder without length takes no time
                continue
            if not details or number < 0:
                rows.append((low, high, status, None, None, -1))
            elif number & _PRIVATE:
                rows.append((low, high, status, None, None, number))
            else:
                rows.append((low, high, status, what, where, number))
    except (KeyError, ValueError):
        return None
    return rows


def _said(text: str) -> str:
    """A text without markup, its entities as the parser reads them. Raises ValueError where it refuses them."""
    return (parse(f"<a>{text}</a>".encode()).text or "") if "&" in text else text


@lru_cache(maxsize=16_384)
def _second(text: str) -> int:
    """Seconds since 1970, naive times in UTC. Raises ValueError for whatever is not plainly an instant from then on."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("not plain")
    instant = datetime.fromisoformat(text)
    second = int((instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)).timestamp())
    if not 0 <= second <= LAST_SECOND:
        raise ValueError("outside what can be held")
    return second


@lru_cache(maxsize=16)
def _words(prefix: str) -> _Words:
    p = re.escape(prefix)
    what, where = (f"(<{p}{name} ?/>|<{p}{name}>{_TEXT}</{p}{name}>|)" for name in ("Subject", "Location"))
    written = [[f"<{prefix}{name}>{word}</{prefix}{name}>" for word in ("true", "false")] for name in _FLAGS]
    flags = {
        "".join(words): sum(bit for bit, word in zip(_FLAGS.values(), words, strict=True) if ">true<" in word)
        for words in product(*written)
    }
    shortest, longest = (size(map(len, flags)) for size in (min, max))
    pattern = re.compile(
        f"<{p}CalendarEvent><{p}StartTime>([0-9TZ:+-]+)</{p}StartTime><{p}EndTime>([0-9TZ:+-]+)</{p}EndTime>"
        f"<{p}BusyType>([A-Za-z]+)</{p}BusyType>(?:<{p}CalendarEventDetails>(?:<{p}ID>{_PLAIN}</{p}ID>)?{what}{where}"
        f"(.{{{shortest},{longest}}})</{p}CalendarEventDetails>)?</{p}CalendarEvent>|(.+)",
        re.DOTALL,
    )
    # nothing is left of an element without an end
    cuts = [slice(len(f"<{prefix}{name}>"), -len(f"</{prefix}{name}>")) for name in ("Subject", "Location")]
    return _Words(pattern, cuts[0], cuts[1], flags | {"": -1})


@lru_cache(maxsize=64)
def _is_plain_frame(head: str, tail: str) -> bool:
    """Whether nothing in them could hide a response, or be another array, and bytes below 128 are ASCII."""
    text = head.removeprefix("\ufeff")
    declaration, _, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
    encoding = re.search(r"encoding\s*=\s*[\"']([^\"']*)", declaration)
    plain = encoding is None or encoding[1].lower() == "utf-8"
    return plain and all(part.count(_RESPONSE) == 1 and not _hides(part) for part in (rest, tail))


def _hides(text: str) -> bool:
    """Whether a comment, a CDATA section or an instruction could hide what is looked for."""
    return "<!" in text or "<?" in text


@lru_cache(maxsize=512)
def _shape(head: str, before: str, after: str, tail: str, prefix: str | None) -> _Shape | None:
    """What the reader by the parser finds around the events; None where it is not plainly there, or leaves a doubt.

    Without ``prefix`` there is no array, or none with a start and an end. One event stands in for all others: where it
    is found, they are.
    """
    around = before + after
    if around.count(_RESPONSE) != 2 or _hides(around):
        return None
    if prefix is not None and not before.count(_ARRAY) == after.count(_ARRAY) == 1:
        return None
    event = _EVENT.format(prefix, _STAND_IN) if prefix is not None else ""
    try:
        (response,) = responses(f"{head}{before}{event}{after}{tail}".encode())
        seen = seen_in(response)
        alone = (
            seen.digits is None and seen.view is not View.MERGED_ONLY and _subjects(seen) == [_STAND_IN][: len(event)]
        )
    except (PeerError, Doubt, ValueError):
        return None
    return _Shape(seen.view, read_working_hours(seen.hours)) if alone else None


def _subjects(seen: Seen) -> list[str | None]:
    """The subjects of all events; raises Doubt for what is none."""
    events = read_events(seen.events, UTC, details=True) if seen.events is not None else Blocks([], [])
    if len(events.busy) != (len(seen.events) if seen.events is not None else 0):
        raise Doubt(Reason.GARBLED, "more than events")
    return [event.details.subject if event.details is not None else None for event in events.busy]
