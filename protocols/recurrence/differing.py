"""Single occurrences of a series: what each is by itself, and in what it is not as its series has it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Original, Response, Span, When
from protocols.recurrence.clock import instant_of

INHERITED: Final = ("subject", "location", "body", "shows", "reminder", "sensitivity", "categories")
"""What an occurrence has from its series where it says nothing of it."""
T = TypeVar("T")


def usual(series: When, original: Original) -> When:
    """When an occurrence is that nobody moved, of a series whose first is ``series``: as long as that."""
    start = instant_of(original)
    if isinstance(series, Days):
        return Days(start.date(), start.date() + (series.until - series.first))
    return Span(start, start + (series.end - series.start), series.zone)


def by_its_clocks(when: When, series: When) -> When:
    """``when`` in the zone of its series, so that one occurrence is the same from every system."""
    return replace(when, zone=series.zone) if isinstance(when, Span) and isinstance(series, Span) else when


def difference(series: Event, one: Event) -> Occurrence:
    """The occurrence that ``one`` is, read as an appointment, as far as it is not as ``series`` has it. An answer of
    NONE is none: what is said of the series counts."""
    reminder = NO_REMINDER if one.reminder is None else one.reminder
    return Occurrence(
        when=by_its_clocks(one.when, series.when),
        subject=_if_other(one.subject, series.subject),
        location=_if_other(one.location, series.location),
        body=_if_other(one.body, series.body),
        shows=_if_other(one.shows, series.shows),
        reminder=None if one.reminder == series.reminder else reminder,
        sensitivity=_if_other(one.sensitivity, series.sensitivity),
        categories=_if_other(one.categories, series.categories),
        response=None if one.response is Response.NONE else _if_other(one.response, series.response),
    )


def alone(series: Event, one: Occurrence) -> Event:
    """The occurrence as an appointment of its own: what it does not say is as ``series`` has it."""
    said = {name: value for name in INHERITED if (value := getattr(one, name)) is not None}
    said |= {"reminder": None} if one.reminder == NO_REMINDER else {}
    said |= {"response": one.response} if one.response is not None else {}
    return replace(series, rule=None, extra=(), exceptions={}, when=by_its_clocks(one.when, series.when), **said)


def same(series: Event, original: Original, one: Occurrence | None) -> bool:
    """Whether ``one`` says nothing but what ``series`` says of that occurrence anyway."""
    return one is not None and one == Occurrence(when=usual(series.when, original))


def answered(series: Event, original: Original, one: Occurrence | None) -> bool:
    """Whether its owner's answer is all in which ``one`` is not as ``series`` has it."""
    return one is not None and one.response is not None and same(series, original, replace(one, response=None))


def says(one: Occurrence | None, names: Iterable[str]) -> bool:
    """Whether it says any of these of its own, which its series says otherwise."""
    return one is not None and any(getattr(one, name) is not None for name in names)


def is_later(one: When, other: When) -> bool:
    """Whether ``one`` begins later than ``other``, or begins with it and ends later."""
    return _ends(one) > _ends(other)


def _ends(when: When) -> tuple[datetime, datetime]:
    if isinstance(when, Days):
        return instant_of(when.first), instant_of(when.until)
    return when.start, when.end


def _if_other(value: T, usually: T) -> T | None:
    return None if value == usually else value
