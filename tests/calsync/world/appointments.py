"""Appointments as people enter and edit them in the calendars of a hub."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from calsync.items import Fields
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from tests.contracts.spoke_events import span


def new(number: int, *, series: bool) -> Event:
    """The one of this number, whose place is the name of the item."""
    event = Event(
        when=span(9 + number % 14, 8, 30 + number), subject=f"s{number}", location=f"i{number}", body=f"b{number}"
    )
    if series:
        rule = Recurrence(frequency=Frequency.WEEKLY, days=((0, _weekday(event)),), count=4)
        event = replace(event, rule=rule)
    return event


def _weekday(event: Event) -> Weekday:
    assert isinstance(event.when, Span)
    return Weekday(event.when.start.weekday())


def _moved(event: Event, number: int) -> Event:
    assert isinstance(event.when, Span)
    when = replace(event.when, end=event.when.start + timedelta(minutes=number))
    return replace(event, when=when)


def _cancelled(event: Event, number: int) -> Event | None:
    if (original := _second(event, number)) is None:
        return None
    return replace(event, exceptions={**event.exceptions, original: None})


def _elsewhen(event: Event, number: int) -> Event | None:
    if (original := _second(event, number)) is None:
        return None
    when = Span(original, original + timedelta(minutes=number))
    return replace(event, exceptions={**event.exceptions, original: Occurrence(when=when, subject=f"s{number}")})


def _hidden(event: Event, number: int) -> Event | None:
    """One of a series is nobody else's business."""
    if (original := _second(event, number)) is None:
        return None
    when = Span(original, original + timedelta(minutes=number))
    one = Occurrence(when=when, subject=f"s{number}", body=f"b{number}", sensitivity=Sensitivity.PRIVATE)
    return replace(event, exceptions={**event.exceptions, original: one})


def _fewer(event: Event, number: int) -> Event | None:
    """The series ends sooner, and what differed after its end is gone."""
    if event.rule is None or event.rule.count == 1:
        return None
    last = (event.rule.count or 4) - 1
    assert isinstance(event.when, Span)
    end = event.when.start + timedelta(days=7 * (last - 1), hours=1)
    gone = {start for start in event.exceptions if not isinstance(start, datetime) or start > end}
    kept = {start: one for start, one in event.exceptions.items() if start not in gone}
    return replace(event, rule=replace(event.rule, count=last), exceptions=kept)


def _second(event: Event, number: int) -> datetime | None:
    assert isinstance(event.when, Span)
    return event.when.start + timedelta(days=7 * (1 + number % 3)) if event.rule else None


EDITS: Final[Mapping[str, Callable[[Event, int], Event | None]]] = {
    "subject": lambda event, number: replace(event, subject=f"s{number}"),
    "body": lambda event, number: replace(event, body=f"b{number}"),
    "no body": lambda event, _: replace(event, body=""),
    "length": _moved,
    "cancel one": _cancelled,
    "move one": _elsewhen,
    "hide one": _hidden,
    "fewer": _fewer,
    "no series": lambda event, _: replace(event, rule=None, exceptions={}),
}
"""By its name, what ``number`` makes of an appointment; None where that cannot be."""
_FRAME: Final = ("when", "rule", "extra")
_KEPT: Final = ("subject", "body", "when", "at ")


def book(fields: Fields) -> set[tuple[str, str]]:
    """What was typed, by its name."""
    return {(name, text) for name, text in fields.items() if name.startswith(_KEPT)}


def held(fields: Fields) -> frozenset[str]:
    """What of a series nobody is given where private items are not told: its private occurrences, and with them when
    it is."""
    private = f'"sensitivity":"{Sensitivity.PRIVATE.value}"'
    found = {name for name, text in fields.items() if name.startswith("at ") and private in text}
    return frozenset(found | set(_FRAME)) if found else frozenset()
