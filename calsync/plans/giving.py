"""Says what a spoke gives of an item to its hub: its fields, as many as the rules allow, or why it gives none."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from fnmatch import fnmatchcase
from typing import Final

from calsync.contents import fields as fields_of
from calsync.contents import title
from calsync.event_fields import AT, packed
from calsync.items import Content, Fields
from calsync.plans.details import BUSY, labelled, masked, of_occurrence, stricter
from calsync.rules import Gives, Kind, Treat
from protocols.model.card import Card
from protocols.model.event import Days, Event, Response, Sensitivity, When
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from protocols.recurrence.occurrences import first_after, touches

NOT_GIVEN: Final = "this spoke gives nothing to its hub"
_HIDDEN: Final = frozenset({Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL})
_HIDDEN_WORDS: Final = frozenset(each.value for each in _HIDDEN)
_ORDER: Final = (Treat.COPY, Treat.BUSY, Treat.SKIP)
_SORTS: Final[Mapping[str, Callable[[Event], bool]]] = {
    "private": lambda event: event.sensitivity in _HIDDEN,
    "tentative": lambda event: event.shows is BusyStatus.TENTATIVE or event.response is Response.TENTATIVE,
    "free": lambda event: event.shows is BusyStatus.FREE,
    "all_day": lambda event: isinstance(event.when, Days),
    "declined": lambda event: event.response is Response.DECLINED,
    "cancelled": lambda event: event.cancelled,
}
"""By the name of the rule (calsync.rules.Gives) which events it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """``fields`` with their level of detail (calsync.plans.details.DETAIL), None where nothing is given, and ``why``.

    ``due`` is when it has to be looked at again. ``withheld`` names occurrences that are told less of than they are.
    """

    fields: Fields | None = None
    why: str = ""
    due: datetime | None = None
    withheld: frozenset[str] = frozenset()


def given(
    content: Content, gives: Gives | None, now: datetime, *, taken: bool = False, fields: Fields | None = None
) -> Given:
    """What a spoke with these rules gives of ``content``; the window does not count for what is ``taken`` already.
    ``fields`` are those of ``content``, where they are at hand."""
    if gives is None:
        return Given(why=NOT_GIVEN)
    fields = fields_of(content) if fields is None else fields
    treat, sort = treated(content, gives)
    if treat is Treat.SKIP:
        return Given(why=f"{sort} items are not given ({sort} = skip)")
    if why := filtered(content, fields, gives):
        return Given(why=why)
    if isinstance(content, Event) and not taken and (outside := _outside(content, gives, now)):
        return outside
    detail = stricter(gives.detail.value, BUSY if treat is Treat.BUSY else gives.detail.value)
    kind = Kind.CALENDAR if isinstance(content, Event) else Kind.CONTACTS
    shown = masked(fields, detail, kind)
    private = _private(fields, gives)
    return Given(fields=labelled(shown | private, detail), withheld=frozenset(private))


def is_private(content: Content) -> bool:
    """Whether its owner wants nobody else to see it."""
    return content.private if isinstance(content, Card) else content.sensitivity in _HIDDEN


def treated(content: Content, gives: Gives) -> tuple[Treat, str]:
    """The strictest rule that is about ``content``, and which one it is."""
    if isinstance(content, Card):
        return (gives.private, "private") if is_private(content) else (Treat.COPY, "")
    sorts = [(getattr(gives, sort), sort) for sort, fits in _SORTS.items() if fits(content)]
    return max(sorts, key=lambda each: _ORDER.index(each[0]), default=(Treat.COPY, ""))


def filtered(content: Content, fields: Fields, gives: Gives) -> str:
    """Why it is not given, whatever sort of item it is: by its categories or its subject; "" where nothing says so."""
    named = title(fields) if isinstance(content, Card) else content.subject
    has, subject = {each.casefold() for each in content.categories}, named.casefold()
    if gives.categories and has.isdisjoint(each.casefold() for each in gives.categories):
        return "has none of the categories that are given"
    if not has.isdisjoint(each.casefold() for each in gives.without):
        return "has a category that is not given"
    if gives.subjects and not any(fnmatchcase(subject, _glob(each)) for each in gives.subjects):
        return "its subject is none of those that are given"
    if any(fnmatchcase(subject, _glob(each)) for each in gives.without_subjects):
        return "its subject is one of those that are not given"
    return ""


def _glob(text: str) -> str:
    return text.casefold().replace("[", "[[]")  # * and ? alone mean something


def _outside(event: Event, gives: Gives, now: datetime) -> Given | None:
    window = TimeWindow(now - gives.back, now + gives.ahead)
    if touches(event, window):
        return None
    begins = first_after(event, window.end) if event.repeats else _start(event.when)
    if begins is None or begins < window.end:
        return Given(why="lies further back than is given")
    return Given(why="lies further ahead than is given", due=begins - gives.ahead)


def _start(when: When) -> datetime:
    return datetime.combine(when.first, time(), UTC) if isinstance(when, Days) else when.start


def _private(fields: Fields, gives: Gives) -> dict[str, str]:
    """Occurrences that are private in a series that is not: their times alone, or nothing of them."""
    found: dict[str, str] = {}
    for name, text in fields.items():
        values = json.loads(text) if name.startswith(AT) and gives.private is not Treat.COPY else None
        if values and values.get("sensitivity") in _HIDDEN_WORDS:
            found[name] = packed(None if gives.private is Treat.SKIP else of_occurrence(values, BUSY))
    return found
