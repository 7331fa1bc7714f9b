"""Says what a spoke gives of an item to its hub: its fields, as many as the rules allow, or why it gives none."""

import json
from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Final

from calsync.contents import fields as fields_of
from calsync.contents import title
from calsync.event_fields import AT, field_of, packed
from calsync.items import Content, Fields
from calsync.plans.details import BUSY, labelled, masked, of_occurrence, stricter
from calsync.rules import Gives, Kind, Treat
from protocols.model.card import Card
from protocols.model.event import Days, Event, Occurrence, Response, Sensitivity, When
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from protocols.recurrence.occurrences import first_after, touches

NOT_GIVEN: Final = "this spoke gives nothing to its hub"
BACK: Final = "back"
AHEAD: Final = "ahead"
BOUNDS: Final = frozenset({BACK, AHEAD})
"""Of the window, by their names in the rules (calsync.rules.Gives)."""
_NOTHING: Final = packed(None)
_SAID: Final = ("when", "subject", "shows", "sensitivity", "categories", "response")
"""What an occurrence may say of itself that a rule is about."""
_HIDDEN: Final = frozenset({Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL})
_ORDER: Final = (Treat.COPY, Treat.BUSY, Treat.SKIP)
_SORTS: Final[Mapping[str, Callable[[Event], bool]]] = {
    "private": lambda event: event.sensitivity in _HIDDEN,
    "tentative": lambda event: event.shows is BusyStatus.TENTATIVE or event.response is Response.TENTATIVE,
    "free": lambda event: event.shows is BusyStatus.FREE,
    "all_day": lambda event: isinstance(event.when, Days),
    "declined": lambda event: event.response is Response.DECLINED and not _attended(event),
    "cancelled": lambda event: event.cancelled,
}
"""By the name of the rule (calsync.rules.Gives) which events it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """``fields`` with their level of detail (calsync.plans.details.DETAIL), None where nothing is given, and ``why``.

    ``sort`` is the rule about a sort of items by which nothing is. ``due`` is when it has to be looked at again.
    ``withheld`` names occurrences that are told less of than they are.
    """

    fields: Fields | None = None
    why: str = ""
    sort: str = ""
    due: datetime | None = None
    withheld: frozenset[str] = frozenset()


def given(
    content: Content,
    gives: Gives | None,
    now: datetime,
    *,
    taken: bool = False,
    narrower: AbstractSet[str] = frozenset(),
    fields: Fields | None = None,
) -> Given:
    """What a spoke with these rules gives of ``content``. For what is ``taken`` already the window does not count, but
    for those of its bounds that are ``narrower`` now (BACK, AHEAD). ``fields`` are those of ``content``, where they are
    at hand."""
    if gives is None:
        return Given(why=NOT_GIVEN)
    fields = fields_of(content) if fields is None else fields
    treat, sort = treated(content, gives)
    if treat is Treat.SKIP:
        return Given(why=f"{sort} items are not given ({sort} = skip)", sort=sort)
    if why := filtered(content, fields, gives):
        return Given(why=why)
    if beyond := outside(content, gives, now, narrower if taken else BOUNDS):
        return beyond
    detail = stricter(gives.detail.value, BUSY if treat is Treat.BUSY else gives.detail.value)
    kind = Kind.CALENDAR if isinstance(content, Event) else Kind.CONTACTS
    shown = masked(fields, detail, kind)
    withheld = _withheld(content, fields, gives) if isinstance(content, Event) else {}
    less = {name: text for name, text in withheld.items() if detail != BUSY or text == _NOTHING}
    return Given(fields=labelled(shown | less, detail), withheld=frozenset(less))


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


def outside(content: Content, gives: Gives, now: datetime, bounds: AbstractSet[str]) -> Given | None:
    """Why it is not given, and when it is due, where all of it lies beyond one of these ``bounds`` of the window."""
    if not bounds or not isinstance(content, Event):
        return None
    beyond, told = _beyond(content, gives, now)
    return told if beyond in bounds else None


def narrowed(gives: Gives | None, back: timedelta | None, ahead: timedelta | None) -> frozenset[str]:
    """The bounds of the window that are less by now than ``back`` and ``ahead`` (None where nothing was given)."""
    if gives is None:
        return frozenset()
    before = {BACK: (back, gives.back), AHEAD: (ahead, gives.ahead)}
    return frozenset(name for name, (was, now) in before.items() if was is not None and now < was)


def _beyond(event: Event, gives: Gives, now: datetime) -> tuple[str, Given]:
    window = TimeWindow(now - gives.back, now + gives.ahead)
    if touches(event, window):
        return "", Given()
    begins = first_after(event, window.end) if event.repeats else _start(event.when)
    if begins is None or begins < window.end:
        return BACK, Given(why="lies further back than is given")
    return AHEAD, Given(why="lies further ahead than is given", due=begins - gives.ahead)


def _start(when: When) -> datetime:
    return datetime.combine(when.first, time(), UTC) if isinstance(when, Days) else when.start


def _withheld(event: Event, fields: Fields, gives: Gives) -> dict[str, str]:
    """By their fields the occurrences that are of a stricter sort than the series, or filtered, though it is not: their
    times alone, or nothing of them. What an occurrence does not say of itself is as the series says it. One that has no
    field (its owner answered otherwise, and that is all) tells its times alone already."""
    found: dict[str, str] = {}
    for original, one in event.exceptions.items():
        treat, name = _of_occurrence(event, one, fields, gives) if one is not None else Treat.COPY, field_of(original)
        if treat is Treat.SKIP:
            found[name] = _NOTHING
        elif treat is Treat.BUSY and name in fields:
            found[name] = packed(of_occurrence(json.loads(fields[name]), BUSY))
    return found


def withheld_as(name: str, text: str) -> frozenset[str]:
    """How an occurrence is told that is ``text``, where it is withheld; nothing for any other field."""
    if not name.startswith(AT):
        return frozenset()
    return frozenset({_NOTHING, packed(of_occurrence(json.loads(text), BUSY))})


def answered(before: Fields, now: Given) -> frozenset[str]:
    """The occurrences that are withheld ``now``, or are not any more, otherwise than all agreed on (``before``):
    another answer of the owner changes no field of what stands there. Only for what is not written at its origin, where
    nothing else can have made ``before`` differ."""
    if now.fields is None:
        return frozenset()
    again = {name for name, text in now.fields.items() if before.get(name) in withheld_as(name, text)}
    again |= left_out(before, now.fields)
    return frozenset(name for name in again | now.withheld if before.get(name) != now.fields.get(name))


def left_out(before: Fields, stands: Collection[str]) -> frozenset[str]:
    """The occurrences that all agreed on (``before``) are without though their origin, of which the names of the fields
    are in ``stands``, says nothing of them: their owner answered otherwise."""
    return frozenset(name for name in before if name.startswith(AT) and before[name] == _NOTHING and name not in stands)


def unanswered(content: Content) -> Content:
    """``content`` as if its owner had answered all occurrences of a series as the series; of one that was declined
    the answers stay, since some of it may be attended all the same."""
    if not isinstance(content, Event) or content.response is Response.DECLINED:
        return content
    plain = {start: one and replace(one, response=None) for start, one in content.exceptions.items()}
    return replace(content, exceptions=plain)


def _attended(event: Event) -> bool:
    """Whether the owner did not decline an occurrence of a series that was declined. Then all of it is given, as if it
    had been accepted: what cannot be told apart by dates takes rather too much time than too little."""
    return any(one is not None and one.response not in (None, Response.DECLINED) for one in event.exceptions.values())


def _of_occurrence(event: Event, one: Occurrence, fields: Fields, gives: Gives) -> Treat:
    own = {name: value for name in _SAID if (value := getattr(one, name)) is not None}
    alone = replace(event, rule=None, extra=(), exceptions={}, **own)
    return Treat.SKIP if filtered(alone, fields, gives) else treated(alone, gives)[0]
