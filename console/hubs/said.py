"""Says the value of a field in words: times by the clocks they were entered by, everything else as it stands."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from calsync.event_fields import AT, when_of
from protocols.model.event import Days
from service.plain_line import one_line

NOTHING: Final = "(nothing)"
CANCELLED: Final = "(does not take place)"


def said(name: str, text: str | None) -> str:
    """One line of the value ``text`` of the field ``name``; what cannot be read is told as it stands."""
    if not text:
        return NOTHING
    try:
        return one_line(_SAYING.get(AT if name.startswith(AT) else name, str)(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        return one_line(text)


def when_said(fields: Mapping[str, str]) -> str:
    """When an item is; "" for a contact."""
    if "when" not in fields:
        return ""
    return f"{said('when', fields['when'])}{', repeats' if 'rule' in fields else ''}"


def _when(text: str) -> str:
    when = when_of(text)
    if isinstance(when, Days):
        last = when.until - timedelta(days=1)
        return str(when.first) if last <= when.first else f"{when.first} to {last}"
    start, end, zone = _local(when.start, when.zone), _local(when.end, when.zone), when.zone
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {until} ({zone})"


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError):  # a zone that this machine does not know
        return at.astimezone(UTC)


def _rule(text: str) -> str:
    rule: dict[str, Any] = json.loads(text)
    every = rule.pop("interval", 1)
    words = [f"{rule.pop('frequency').lower()}{f', every {every}' if every != 1 else ''}"]
    words += [f"{name.replace('_', ' ')} {json.dumps(value)}" for name, value in rule.items()]
    return ", ".join(words)


def _occurrence(text: str) -> str:
    values: dict[str, Any] | None = json.loads(text)
    if values is None:
        return CANCELLED
    when = _when(json.dumps(values.pop("when"))) if "when" in values else ""
    return ", ".join(filter(None, [when, *(f"{name}: {value}" for name, value in values.items())]))


def _list(text: str) -> str:
    return ", ".join(map(str, json.loads(text)))


def _reminder(text: str) -> str:
    minutes = timedelta(microseconds=int(text)) / timedelta(minutes=1)
    return f"{minutes:g} minutes before"


_SAYING: Final[Mapping[str, Callable[[str], str]]] = {
    "when": _when,
    "rule": _rule,
    "extra": _list,
    "categories": _list,
    "emails": _list,
    "people": _list,
    "reminder": _reminder,
    AT: _occurrence,
}
