"""Answers as a few bytes and back, for the nodes of a cluster; what does not read as it was written is no answer.

One byte says what follows. Of an availability: length and text of the source, length and JSON of the working hours,
the number of blocks, their starts, their ends (seconds since 1970, 32 bits, little-endian) and a byte of status each,
and with details a JSON of subject, location and flags each. Of a refusal: length and word of the reason, and source.
Of doubt, which is for those who wait for it and is never kept: a JSON, and where a part is known, that behind the
JSON's length. What the reader knows anyway (who was asked about, for which window, when) is not in it.
"""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from operator import le, lt, sub
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from protocols.model.freebusy import (
    Answer,
    Availability,
    Detail,
    Question,
    Reason,
    Unavailable,
    Weekday,
    WorkingHours,
    WorkingPeriod,
)
from protocols.model.intervals import BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.zones.rules import Change, RuleZone, ZoneRules
from proxy.layers.store import KEPT_REFUSALS

FORMAT: Final = 2
"""Goes up with every change of what is written here; nodes of different formats share nothing."""

_REFUSAL, _BUSY, _DETAILED, _FAILED, _PARTLY = (bytes((kind,)) for kind in range(5))
_KINDS: Final = {Detail.BUSY: _BUSY, Detail.DETAILS: _DETAILED}
_STATUSES: Final = max(BusyStatus)
_NO_FLAGS: Final = -1
_LONGEST_SOURCE: Final = 1000
_FLAGS: Final = range(32)
_PRIVATE: Final = 1 << 3


_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, LookupError, OverflowError, struct.error)


class _NotReadableError(ValueError):
    """The bytes are not what :func:`packed` writes."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What is known of an answer without reading it: about whom, what was asked, and when."""

    mailbox: Mailbox
    question: Question
    as_of: datetime


def packed(answer: Answer, question: Question) -> bytes | None:
    """``answer`` to ``question``; None where it leaves any doubt, or holds what cannot be written down whole."""
    if isinstance(answer, Unavailable):
        if answer.reason not in KEPT_REFUSALS or answer.whole_call or answer.parts:
            return None
        reason = answer.reason.value.encode()
        return _REFUSAL + bytes((len(reason),)) + reason + answer.source.encode(errors="replace")
    hours = _written_hours(answer.working_hours)
    if not _is_plain(answer, question) or hours is None:
        return None
    source, blocks = answer.source.encode(errors="replace"), _written_blocks(answer.intervals)
    head = struct.pack("<HH", len(source), len(hours))
    return b"".join((_KINDS[answer.detail], head, source, hours, blocks))


def packed_doubt(answer: Answer, question: Question) -> bytes | None:
    """``answer`` to ``question``, for :func:`unpacked_doubt` alone; None where it leaves no doubt, or as above."""
    if isinstance(answer, Unavailable):
        if answer.reason in KEPT_REFUSALS and not answer.whole_call:
            return None
        retry = answer.retry_after and answer.retry_after.total_seconds()
        row = (answer.reason.value, retry, answer.whole_call, answer.source)
        return None if answer.parts else _FAILED + orjson.dumps(row)
    known = packed(replace(answer, unknown=()), question) if answer.unknown else None
    if known is None:
        return None
    unknown = orjson.dumps([(each.start.isoformat(), each.end.isoformat()) for each in answer.unknown])
    return _PARTLY + struct.pack("<I", len(unknown)) + unknown + known


def unpacked_doubt(content: bytes, asked: Whose) -> Answer | None:
    """The answer that ``content`` holds, which leaves doubt; None as in :func:`unpacked`."""
    try:
        return _failure(content, asked) if content[:1] == _FAILED else _partly(content, asked)
    except _UNREADABLE:
        return None


def _failure(content: bytes, asked: Whose) -> Unavailable:
    reason, retry, whole_call, source = orjson.loads(content[1:])
    if type(whole_call) is not bool or not isinstance(source, str):
        raise _NotReadableError
    return Unavailable(
        mailbox=asked.mailbox,
        reason=Reason(reason),
        retry_after=None if retry is None else timedelta(seconds=retry),
        whole_call=whole_call,
        source=source,
    )


def _partly(content: bytes, asked: Whose) -> Availability:
    if content[:1] != _PARTLY:
        raise _NotReadableError
    (size,) = struct.unpack_from("<I", content, 1)
    rows = orjson.loads(content[5 : 5 + size])
    unknown = tuple(TimeWindow(_instant(start), _instant(end)) for start, end in rows)
    if not unknown:
        raise _NotReadableError
    return replace(_availability(content[5 + size :], asked), unknown=unknown)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _is_plain(answer: Availability, question: Question) -> bool:
    """Whether it answers just this, without doubt, and carries no details where none were asked for."""
    if answer.unknown or answer.parts or answer.members or answer.window != question.window:
        return False
    if len(answer.source) > _LONGEST_SOURCE:
        return False
    return answer.detail is question.detail and not (answer.detail is Detail.BUSY and answer.intervals.has_details)


def unpacked(content: bytes, asked: Whose) -> Answer | None:
    """The answer that ``content`` holds; None where it is not one to what was asked, whole and consistent."""
    try:
        return _refusal(content, asked) if content[:1] == _REFUSAL else _availability(content, asked)
    except _UNREADABLE:
        return None


def _refusal(content: bytes, asked: Whose) -> Unavailable:
    end = 2 + content[1]
    reason = Reason(content[2:end].decode())
    if reason not in KEPT_REFUSALS:
        raise _NotReadableError
    return Unavailable(mailbox=asked.mailbox, reason=reason, source=content[end:].decode())


def _availability(content: bytes, asked: Whose) -> Availability:
    question = asked.question
    if content[:1] != _KINDS[question.detail]:
        raise _NotReadableError
    source_size, hours_size = struct.unpack_from("<HH", content, 1)
    hours_at = 5 + source_size
    blocks_at = hours_at + hours_size
    return Availability(
        mailbox=asked.mailbox,
        window=question.window,
        intervals=_read_blocks(content, blocks_at, detailed=question.detail is Detail.DETAILS),
        detail=question.detail,
        working_hours=_read_hours(content[hours_at:blocks_at]),
        source=content[5:hours_at].decode(),
        as_of=asked.as_of,
    )


def _written_blocks(intervals: Intervals) -> bytes:
    rows = list(intervals.edges())
    count = len(rows)
    starts, ends, statuses = zip(*rows, strict=True) if rows else ((), (), ())
    written = struct.pack(f"<I{2 * count}I", count, *starts, *ends) + bytes(statuses)
    if not intervals.has_details:
        return written
    return written + orjson.dumps(list(intervals.packed_details()))


def _read_blocks(content: bytes, at: int, *, detailed: bool) -> Intervals:
    (count,) = struct.unpack_from("<I", content, at)
    statuses_at = at + 4 + 8 * count
    end = statuses_at + count
    if len(content) < end or (len(content) > end and not detailed):
        raise _NotReadableError
    edges = struct.unpack_from(f"<{2 * count}I", content, at + 4)
    starts, ends, statuses = edges[:count], edges[count:], content[statuses_at:end]
    ordered = all(map(le, starts, starts[1:])) and all(map(lt, starts, ends))
    if not ordered or max(statuses, default=0) > _STATUSES:
        raise _NotReadableError
    details = _read_details(content[end:], count) if len(content) > end else ()
    return Intervals(array("I", edges), statuses, details, max(map(sub, ends, starts), default=0))


def _read_details(content: bytes, count: int) -> tuple[str | int | None, ...]:
    rows = orjson.loads(content)
    if len(rows) != count:
        raise _NotReadableError
    found: list[str | int | None] = []
    for subject, location, flags in rows:
        if not (_is_text(subject) and _is_text(location) and type(flags) is int):
            raise _NotReadableError
        shows = subject is not None or location is not None
        if flags != _NO_FLAGS and flags not in _FLAGS:
            raise _NotReadableError
        if shows and (flags == _NO_FLAGS or (flags & _PRIVATE and (subject or location))):
            raise _NotReadableError
        found += (subject, location, flags)
    return tuple(found)


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


@lru_cache(maxsize=4096)
def _written_hours(hours: WorkingHours | None) -> bytes | None:
    """b"" for none; None where their zone cannot be named."""
    if hours is None:
        return b""
    if (zone := _written_zone(hours.zone)) is None:
        return None
    periods = [[sorted(map(int, each.days)), each.start, each.end] for each in hours.periods]
    written = orjson.dumps([zone, periods])
    return written if len(written) < 1 << 16 else None


@lru_cache(maxsize=4096)
def _read_hours(written: bytes) -> WorkingHours | None:
    if not written:
        return None
    zone, periods = orjson.loads(written)
    return WorkingHours(
        _read_zone(zone),
        tuple(WorkingPeriod(frozenset(map(Weekday, days)), start, end) for days, start, end in periods),
    )


def _written_zone(zone: tzinfo) -> Any:
    """A name, seconds that never change, or rules; None where it is none of these."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    if isinstance(zone, RuleZone):
        rules = zone.rules
        return [rules.bias, _written_change(rules.standard), _written_change(rules.daylight)]
    if isinstance(zone, timezone) and (offset := zone.utcoffset(None)) % timedelta(seconds=1) == timedelta():
        return offset // timedelta(seconds=1)
    return None


def _read_zone(written: Any) -> tzinfo:
    if isinstance(written, str):
        return ZoneInfo(written)
    if isinstance(written, int):
        return timezone(timedelta(seconds=written)) if written else UTC
    bias, standard, daylight = written
    return RuleZone(ZoneRules(bias, _read_change(standard), _read_change(daylight)))


def _written_change(change: Change | None) -> Sequence[Any] | None:
    if change is None:
        return None
    day = change.weekday if change.weekday is None else int(change.weekday)
    return [change.bias, change.month, change.day_order, day, change.time.isoformat(), change.year]


def _read_change(written: Any) -> Change | None:
    if written is None:
        return None
    bias, month, order, day, at, year = written
    return Change(bias, month, order, day if day is None else Weekday(day), time.fromisoformat(at), year)
