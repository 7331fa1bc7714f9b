"""An answer of the provider contract, read with suspicion: what is wrong or missing is never free."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox, canonical
from protocols.model.window import TimeWindow
from protocols.provider.hours import working_hours
from protocols.provider.tables import (
    LONGEST_TEXT,
    LONGEST_WAIT,
    MOST_BYTES,
    MOST_EVENTS,
    MOST_GAPS,
    REASONS,
    STATUSES,
    VERSION,
)
from protocols.provider.times import instant, span

_FLAGS: Final = ("meeting", "recurring", "exception", "private", "reminder")
_WRONG: Final = (ValueError, TypeError, KeyError, AttributeError)


def read(
    data: bytes, mailboxes: Sequence[Mailbox], question: Question, *, source: str, as_of: datetime
) -> list[Answer]:
    """One answer per mailbox, in order, whatever the order of the entries; what nobody asked about is passed over.

    A mailbox without an entry is INCOMPLETE, one with two of them, or one that is not as the contract has it, GARBLED.
    Raises PeerError: GARBLED where there is no answer of version 1 in ``data``, TOO_MANY_ENTRIES where it is too long.
    """
    entries = _by_address(_entries(data))
    return [_answer(entries.get(m.address, []), m, question, source=source, as_of=as_of) for m in mailboxes]


def _entries(data: bytes) -> list[Any]:
    if len(data) > MOST_BYTES:
        raise PeerError(Reason.TOO_MANY_ENTRIES, f"the answer exceeds {MOST_BYTES} bytes")
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise PeerError(Reason.GARBLED, "the answer is not JSON") from None
    if not isinstance(document, dict):
        raise PeerError(Reason.GARBLED, "the answer is no JSON object")
    version, entries = document.get("version"), document.get("mailboxes")
    if isinstance(version, bool) or version != VERSION:
        raise PeerError(Reason.GARBLED, f"the answer is not of version {VERSION} of the contract")
    if not isinstance(entries, list):
        raise PeerError(Reason.GARBLED, "the answer has no list of mailboxes")
    return entries


def _by_address(entries: list[Any]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        name = entry.get("mailbox") if isinstance(entry, dict) else None
        if isinstance(name, str):
            try:
                found.setdefault(canonical(name), []).append(entry)
            except ValueError:  # nobody whom we asked about
                continue
    return found


def _answer(
    entries: list[Mapping[str, Any]], mailbox: Mailbox, question: Question, *, source: str, as_of: datetime
) -> Answer:
    if len(entries) != 1:
        reason, words = (Reason.GARBLED, "more than one entry") if entries else (Reason.INCOMPLETE, "no entry")
        return Unavailable(mailbox=mailbox, reason=reason, detail=f"{words} in the answer")
    [entry] = entries
    try:
        if entry.get("error") is not None:
            return _refusal(entry["error"], mailbox)
        return _availability(entry, mailbox, question, source=source, as_of=as_of)
    except _WRONG as error:  # its words may be the provider's: only its kind is told
        return Unavailable(mailbox=mailbox, reason=Reason.GARBLED, detail=f"its entry: {type(error).__name__}")


def _refusal(error: Mapping[str, Any], mailbox: Mailbox) -> Unavailable:
    code, wait = error["code"], error.get("retryAfter")
    if not isinstance(code, str):
        raise TypeError("a code that is no text")
    if wait is not None and (not isinstance(wait, int | float) or isinstance(wait, bool) or wait < 0):
        raise ValueError("retryAfter is no number of seconds")
    return Unavailable(
        mailbox=mailbox,
        reason=REASONS.get(code, Reason.PEER_FAILED),
        retry_after=None if wait is None else timedelta(seconds=min(wait, LONGEST_WAIT)),
        detail=f"error {code}" if code in REASONS else "an error whose code is not known",
    )


def _availability(
    entry: Mapping[str, Any], mailbox: Mailbox, question: Question, *, source: str, as_of: datetime
) -> Answer:
    events, window = entry["events"], question.window
    if not isinstance(events, list):
        raise TypeError("events are no list")
    if len(events) > MOST_EVENTS:
        return Unavailable(mailbox=mailbox, reason=Reason.TOO_MANY_ENTRIES, detail=f"more than {MOST_EVENTS} events")
    blocks = [block for event in events if (block := _block(event, question.detail)) is not None]
    return Availability(
        mailbox=mailbox,
        window=window,
        intervals=Intervals.pack(blocks).overlapping(window),
        detail=question.detail,
        unknown=tuple(sorted({part for gap in _gaps(entry, window) if (part := gap.clip(window)) is not None})),
        working_hours=working_hours(entry.get("workingHours")),
        source=source,
        as_of=as_of,
    )


def _block(event: Mapping[str, Any], detail: Detail) -> BusyInterval | None:
    window = span(event["start"], event["end"], event.get("zone"))
    status = BusyStatus.BUSY if event.get("status") is None else STATUSES[event["status"]]
    details = _details(event)
    if window is None:
        return None
    return BusyInterval(window, status, details if detail is Detail.DETAILS else None)


def _details(event: Mapping[str, Any]) -> EventDetails:
    flags = {name: event.get(name) for name in _FLAGS}
    if not all(flag is None or isinstance(flag, bool) for flag in flags.values()):
        raise TypeError("a flag that is neither true nor false")
    subject, location = (_text(event.get(name)) for name in ("subject", "location"))
    if flags["private"]:
        subject = location = None
    return EventDetails(subject=subject, location=location, **{name: bool(flag) for name, flag in flags.items()})


def _text(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError("what should be text is none")
    return value[:LONGEST_TEXT] if value else None


def _gaps(entry: Mapping[str, Any], window: TimeWindow) -> list[TimeWindow]:
    """What nothing is known about: windows said to be unknown, and what lies where the answer is not complete."""
    named = entry.get("unknown")
    if not isinstance(named, list | None) or (named is not None and len(named) > MOST_GAPS):
        raise TypeError("unknown is no list, or too long a one")
    gaps = [span(gap["start"], gap["end"], gap.get("zone")) for gap in named or ()]
    if (first := entry.get("completeFrom")) is not None and (low := instant(first)) > window.start:
        gaps.append(TimeWindow(window.start, low))
    if (last := entry.get("completeUntil")) is not None and (high := instant(last)) < window.end:
        gaps.append(TimeWindow(high, window.end))
    return [gap for gap in gaps if gap is not None]
