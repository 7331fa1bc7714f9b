"""Events of Google as items of a hub, and what Google can hold of an item."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Final

from calsync.contents import fields
from calsync.event_fields import AT, field_of, packed
from calsync.items import Content, Item, Unread
from protocols.google.calendar_body import LONGEST_BODY, LONGEST_REMINDER, SHOWN
from protocols.google.calendar_event import Frame, changed_at, guarded, read, stamp
from protocols.google.calendar_text import description
from protocols.model.event import BEYOND, NO_REMINDER, Event, Occurrence, Original, Sensitivity, Span
from protocols.recurrence.differing import usual

Json = Mapping[str, Any]

UID: Final = "@busyline"
"""What the iCalUID of a copy ends with; before it stands the token of its making."""
_STRICT: Final = (Sensitivity.NORMAL, Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL)
_MINUTE: Final = timedelta(minutes=1)
_MOST_DIFFERING: Final = 1_000  # each takes a request of its own


@dataclass(frozen=True, slots=True)
class Standing:
    """An event as Google tells it, with those of its occurrences that are events of their own."""

    event: Json
    exceptions: tuple[Json, ...]
    frame: Frame

    @property
    def key(self) -> str:
        """Google's id of it."""
        return str(self.event["id"])

    @property
    def repeats(self) -> bool:
        """Whether it is a series."""
        return bool(self.event.get("recurrence"))

    def item(self) -> Item | Unread:
        """As the hub knows it.

        The version is the etag, and of a series also a digest of its occurrences: nothing is documented of an etag that
        would change with them.
        """
        try:
            told = read(self.event, self.exceptions, self.frame)
        except ValueError as error:
            return Unread(self.key, str(error))
        except OverflowError:
            return Unread(self.key, BEYOND)
        guard = guarded(self.event, self.exceptions)
        uid = str(self.event.get("iCalUID") or "")
        return Item(
            key=self.key,
            version=_version(str(self.event.get("etag") or ""), told.event, guard),
            content=told.event,
            uid=uid,
            mark=stamp(self.event),
            guarded=guard,
            cut=told.cut | {field_of(start) for start in told.cut_at},
            changed_at=changed_at((self.event, *self.exceptions)),
            maker="" if uid.endswith(UID) else uid.rpartition("@")[2] if "@" in uid else "",
        )


def fit(content: Content) -> tuple[Content | None, str]:
    """See :data:`calsync.spoke.Fit`: no categories; of a series only the strictest sensitivity, since Google lets that
    of one occurrence befall them all; a personal one becomes private."""
    if not isinstance(content, Event):
        return None, "a calendar holds no contacts: check the kind of the hub"
    if sum(each is not None for each in content.exceptions.values()) > _MOST_DIFFERING:
        return None, f"Google is given no series of which more than {_MOST_DIFFERING} occurrences differ"
    marks = {content.sensitivity, *(each.sensitivity for each in content.exceptions.values() if each is not None)}
    strict = max((_STRICT.index(_sensitivity(each)) for each in marks if each is not None), default=0)
    series = replace(
        content,
        body=_body(content.body),
        shows=SHOWN.get(content.shows, content.shows),
        sensitivity=_STRICT[strict],
        categories=(),
        reminder=_reminder(content.reminder),
        exceptions={},
        cancelled=False,
    )
    kept = {start: each and _occurrence(start, each, series) for start, each in content.exceptions.items()}
    told = {start: each for start, each in kept.items() if each is None or each != _plain(start, series)}
    return replace(series, exceptions=told), ""


def _occurrence(start: Original, each: Occurrence, series: Event) -> Occurrence:
    """What differs of ``each`` when it stands in Google."""
    zone = series.when.zone if isinstance(series.when, Span) else "UTC"
    now = Span(each.when.start, each.when.end, zone) if isinstance(each.when, Span) else each.when
    told: dict[str, Any] = {"subject": each.subject, "location": each.location}
    told["body"] = None if each.body is None else _body(each.body)
    told["shows"] = SHOWN.get(each.shows, each.shows) if each.shows is not None else None
    told = {name: None if value == getattr(series, name) else value for name, value in told.items()}
    reminder = each.reminder if each.reminder in (None, NO_REMINDER) else _reminder(each.reminder)
    same = reminder == (NO_REMINDER if series.reminder is None else series.reminder)
    return Occurrence(when=now, **told, reminder=None if same else reminder)


def _plain(start: Original, series: Event) -> Occurrence:
    return Occurrence(when=usual(series.when, start))


def _sensitivity(told: Sensitivity) -> Sensitivity:
    return Sensitivity.PRIVATE if told is Sensitivity.PERSONAL else told


def _body(text: str) -> str:
    """As much as Google keeps, when it is written so that nobody takes it for HTML: one sign becomes five at most."""
    held = text[:LONGEST_BODY].rstrip()
    while (over := len(description(held)) - LONGEST_BODY) > 0:
        held = held[: len(held) - max(over // 5, 1)].rstrip()
    return held


def _reminder(before: timedelta | None) -> timedelta | None:
    return None if before is None else min(before, LONGEST_REMINDER) // _MINUTE * _MINUTE


def _version(etag: str, event: Event, guard: str) -> str:
    if not event.exceptions:
        return etag
    told = {name: text for name, text in fields(event).items() if name.startswith(AT)}
    return f"{etag} {blake2b(packed([told, guard]).encode('utf-8', 'replace'), digest_size=8).hexdigest()}"
