"""Answers for programs: what `lookup --json` prints."""

from typing import Any

from console.drawing import Row
from console.parts import part_facts, reason_words
from console.words import STATUSES
from protocols.model.freebusy import Answer, Unavailable
from protocols.model.intervals import BusyInterval
from protocols.model.window import TimeWindow


def as_json(row: Row) -> dict[str, Any]:
    """One mailbox: its busy intervals in UTC, or why nothing is known."""
    answer = row.answer
    if isinstance(answer, Unavailable):
        why = {"address": row.label, "reason": answer.reason.value, "words": reason_words(answer)}
        return why | _parts(answer)
    return {
        "address": row.label,
        "window": _window(answer.window),
        "source": answer.source,
        "as_of": answer.as_of.isoformat(),
        "detail": answer.detail.value,
        "unknown": [_window(gap) for gap in answer.unknown],
        "intervals": [_interval(interval) for interval in answer.intervals],
    } | _parts(answer)


def _parts(answer: Answer) -> dict[str, Any]:
    """What each of several calendar systems said; nothing where one alone was asked."""
    return {"parts": [part_facts(part) for part in answer.parts]} if answer.parts else {}


def _window(window: TimeWindow) -> dict[str, str]:
    return {"start": window.start.isoformat(), "end": window.end.isoformat()}


def _interval(interval: BusyInterval) -> dict[str, Any]:
    result: dict[str, Any] = {**_window(interval.window), "status": STATUSES[interval.status]}
    if interval.details is not None:
        details = interval.details
        result |= {"subject": details.subject, "location": details.location, "private": details.private}
    return result
