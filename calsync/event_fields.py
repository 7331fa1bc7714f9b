"""Turns an appointment or a series into flat fields of canonical text, and such fields back into it."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from calsync.items import Fields
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Original, Sensitivity, Span, When
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.recurrence.differing import answered

AT: Final = "at "
"""What the name of an occurrence's field begins with."""
FRAME: Final = frozenset({"when", "rule", "extra"})
"""What says together when a series is: servers make all occurrences anew when one of them becomes another."""
_TEXTS: Final = ("subject", "location", "body")
_MICROSECOND: Final = timedelta(microseconds=1)
_NO_REMINDER: Final = "none"
_WRITER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def event_fields(event: Event) -> dict[str, str]:
    """The fields of ``event``; whatever is as it is by default is left out, and so are ``meeting`` and ``response``,
    which nobody writes: an occurrence of another answer alone has no field. In the order in which people look at
    them."""
    found = {"when": packed(_when(event.when))}
    found |= {"rule": packed(_rule(event.rule))} if event.rule else {}
    found |= {"extra": packed([name_of(each) for each in event.extra])} if event.extra else {}
    for original, occurrence in sorted(event.exceptions.items()):
        if not answered(event, original, occurrence):
            found[field_of(original)] = packed(occurrence_values(occurrence))
    found |= {name: text for name in _TEXTS if (text := getattr(event, name))}
    found |= {"shows": event.shows.name} if event.shows is not BusyStatus.BUSY else {}
    found |= {"sensitivity": event.sensitivity.value} if event.sensitivity is not Sensitivity.NORMAL else {}
    found |= {"categories": packed(event.categories)} if event.categories else {}
    found |= {"reminder": str(event.reminder // _MICROSECOND)} if event.reminder is not None else {}
    found |= {"cancelled": "true"} if event.cancelled else {}
    return found | ({"people": packed(event.people)} if event.people else {})


def event(fields: Fields) -> Event:
    """The event of which :func:`event_fields` makes ``fields``. Raises ValueError for what no event can be."""
    exceptions = {
        original_of(name.removeprefix(AT)): occurrence(json.loads(text))
        for name, text in fields.items()
        if name.startswith(AT)
    }
    return Event(
        when=when_of(fields["when"]),
        rule=_rule_of(json.loads(fields["rule"])) if "rule" in fields else None,
        extra=tuple(map(original_of, json.loads(fields.get("extra", "[]")))),
        exceptions=exceptions,
        subject=fields.get("subject", ""),
        location=fields.get("location", ""),
        body=fields.get("body", ""),
        shows=BusyStatus[fields.get("shows", "BUSY")],
        sensitivity=Sensitivity(fields.get("sensitivity", "normal")),
        categories=tuple(json.loads(fields.get("categories", "[]"))),
        reminder=int(fields["reminder"]) * _MICROSECOND if "reminder" in fields else None,
        people=tuple(json.loads(fields.get("people", "[]"))),
        cancelled="cancelled" in fields,
    )


def occurrence_values(one: Occurrence | None) -> dict[str, Any] | None:
    """What is said of an occurrence, as JSON knows it, by the names of the series' fields; None where cancelled. What
    its owner answered is left out."""
    if one is None:
        return None
    found: dict[str, Any] = {"when": _when(one.when)}
    found |= {name: text for name in _TEXTS if (text := getattr(one, name)) is not None}
    found |= {"shows": one.shows.name} if one.shows is not None else {}
    found |= {"sensitivity": one.sensitivity.value} if one.sensitivity is not None else {}
    found |= {"categories": list(one.categories)} if one.categories is not None else {}
    if one.reminder is not None:
        found["reminder"] = _NO_REMINDER if one.reminder == NO_REMINDER else one.reminder // _MICROSECOND
    return found


def occurrence(values: Mapping[str, Any] | None) -> Occurrence | None:
    """The occurrence of which :func:`occurrence_values` makes ``values``."""
    if values is None:
        return None
    reminder = values.get("reminder")
    return Occurrence(
        when=_when_of(values["when"]),
        subject=values.get("subject"),
        location=values.get("location"),
        body=values.get("body"),
        shows=BusyStatus[values["shows"]] if "shows" in values else None,
        sensitivity=Sensitivity(values["sensitivity"]) if "sensitivity" in values else None,
        categories=tuple(values["categories"]) if "categories" in values else None,
        reminder=None if reminder is None else NO_REMINDER if reminder == _NO_REMINDER else reminder * _MICROSECOND,
    )


def packed(value: Any) -> str:
    """The one JSON text of ``value``."""
    return _WRITER.encode(value)


def when_of(text: str) -> When:
    """The times that a field ``when`` says."""
    return _when_of(json.loads(text))


def name_of(original: Original) -> str:
    """How a field names an occurrence: ``2026-11-03``, or ``2026-11-03T10:00:00Z``."""
    return original.isoformat().replace("+00:00", "Z")


def field_of(original: Original) -> str:
    """The field of an occurrence (calsync.items.Fields)."""
    return AT + name_of(original)


def original_of(name: str) -> Original:
    """The occurrence that :func:`name_of` names so. Raises ValueError."""
    return datetime.fromisoformat(name).astimezone(UTC) if "T" in name else date.fromisoformat(name)


def _when(when: When) -> dict[str, str]:
    if isinstance(when, Days):
        return {"first": when.first.isoformat(), "until": when.until.isoformat()}
    return {"start": name_of(when.start), "end": name_of(when.end), "zone": when.zone}


def _when_of(values: Mapping[str, str]) -> When:
    if "first" in values:
        return Days(date.fromisoformat(values["first"]), date.fromisoformat(values["until"]))
    start, end = (datetime.fromisoformat(values[name]).astimezone(UTC) for name in ("start", "end"))
    return Span(start, end, values["zone"])


def _rule(rule: Recurrence) -> dict[str, Any]:
    found = {
        "interval": rule.interval if rule.interval != 1 else None,
        "days": [[nth, day.name] for nth, day in rule.days],
        "month_days": rule.month_days,
        "months": rule.months,
        "positions": rule.positions,
        "week_start": rule.week_start.name if rule.week_start is not Weekday.MO else None,
        "count": rule.count,
        "until": rule.until.isoformat() if rule.until else None,
        "others": rule.others,
    }
    return {"frequency": rule.frequency.value, **{name: value for name, value in found.items() if value}}


def _rule_of(values: Mapping[str, Any]) -> Recurrence:
    return Recurrence(
        frequency=Frequency(values["frequency"]),
        interval=values.get("interval", 1),
        days=tuple((nth, Weekday[day]) for nth, day in values.get("days", ())),
        month_days=tuple(values.get("month_days", ())),
        months=tuple(values.get("months", ())),
        positions=tuple(values.get("positions", ())),
        week_start=Weekday[values.get("week_start", "MO")],
        count=values.get("count"),
        until=date.fromisoformat(values["until"]) if "until" in values else None,
        others=tuple((name, value) for name, value in values.get("others", ())),
    )
