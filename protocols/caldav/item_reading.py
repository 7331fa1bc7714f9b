"""Reads one resource of a calendar (all VEVENTs of a UID, RFC 4791 4.1) as an event of the house."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Final

from protocols.caldav import item_people
from protocols.caldav.item_looks import NAMES as OF_LOOKS
from protocols.caldav.item_looks import looks_of
from protocols.caldav.item_series import Series, View, sequence_of, series_of
from protocols.caldav.item_text import line
from protocols.caldav.item_times import when_of
from protocols.caldav.lines import Block, Properties, calendars
from protocols.caldav.times import ANYWHERE
from protocols.caldav.times import written as time_of
from protocols.caldav.zones import Zones
from protocols.errors import PeerError
from protocols.model.event import Event, Original, Response
from protocols.model.freebusy import Reason

STAMP: Final = "X-BUSYLINE-STAMP"
OTHERS: Final = "others are invited"
NAMED: Final = "it names an organiser or attendees"
_TIMES: Final = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
_REST: Final = OF_LOOKS | item_people.NAMES | {"UID", "SEQUENCE", "LAST-MODIFIED", STAMP}
_OF_CALENDAR: Final = frozenset({"PRODID", "METHOD", "CALSCALE", "X-WR-TIMEZONE"})
_PLAIN: Final = frozenset({"VEVENT", "VTIMEZONE"})
_LONGEST_LINE: Final = 262_144  # bytes; what is longer is a text, and would be cut anyway
_LONGEST_MAKER: Final = 100
_MORE: Final = re.compile(rb"^(?:ATTACH|X-ALT-DESC|CONFERENCE|IMAGE)[;:]", re.IGNORECASE | re.MULTILINE)
"""Attachments (RFC 5545 3.8.1.1), HTML as Outlook writes it, conferences and images (RFC 7986 5.11, 5.10)."""
_MOST_PARTS: Final = 2_000
_MOST_LINES: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What stands in a resource. ``stamp`` is the text of ours, ``guarded`` why nothing may be written to it, ``cut``
    names texts that are told shorter than they are, and ``cut_at`` the occurrences of which that is so. ``frail`` are
    occurrences with files, or a text with formats, in them, which nobody could write again.

    ``master`` is the place of the series among the VEVENTs, ``overrides`` those of its occurrences that differ.
    """

    event: Event
    uid: str
    stamp: str = ""
    guarded: str = ""
    cut: frozenset[str] = frozenset()
    cut_at: frozenset[Original] = frozenset()
    frail: frozenset[Original] = frozenset()
    changed_at: datetime | None = None
    maker: str = ""
    master: int = 0
    overrides: Mapping[Original, int] = field(default_factory=dict)


def read(data: bytes, *, zone: tzinfo | None = None, owners: Collection[str] = ()) -> Found | None:
    """What ``data`` tells; None where no event is in it, but a task or a note.

    ``zone`` is that of the calendar, in which times without a zone are meant; ``owners`` are the canonical addresses of
    its owner. Raises ValueError, in words that hold nothing of it, where it cannot be read without guessing.
    """
    try:
        every = calendars(data)
    except PeerError as error:
        breaks_off = error.reason is Reason.INCOMPLETE
        raise ValueError("its data breaks off" if breaks_off else "its data is no iCalendar") from None
    if len(every) != 1:
        raise ValueError("its data holds several calendars")
    parts = [each for each in every[0].inner if each.name == "VEVENT"]
    if not parts:
        return None
    found = read_parts(parts, zones_of(every[0], zone), owners=owners, maker=maker_of(every[0]))
    beside = (item_people.named_in(each) for each in every[0].inner if each.name not in _PLAIN)
    return replace(found, guarded=found.guarded or next(filter(None, beside), ""))


def zones_of(calendar: Block, zone: tzinfo | None) -> Zones:
    """The zones of a calendar; ``zone`` is what its times are meant in that name none. Raises ValueError."""
    if _own(calendar).word("CALSCALE") not in ("", "GREGORIAN"):
        raise ValueError("its calendar is no Gregorian one")
    return Zones(zone or ANYWHERE, ANYWHERE, [each for each in calendar.inner if each.name == "VTIMEZONE"])


def maker_of(calendar: Block) -> str:
    """What made a calendar, as it says itself."""
    return next((line(each.value)[:_LONGEST_MAKER] for each in _own(calendar).all("PRODID")), "")


def read_parts(parts: Sequence[Block], zones: Zones, *, owners: Collection[str] = (), maker: str = "") -> Found:
    """What the VEVENTs of one UID tell. Raises ValueError."""
    if len(parts) > _MOST_PARTS:
        raise ValueError(f"it has more than {_MOST_PARTS} parts")
    if sum(part.own.count(b"\n") for part in parts) > _MOST_LINES:
        raise ValueError(f"it has more than {_MOST_LINES} lines")
    owned = [_shortened(part).properties(_TIMES | _REST, _REST) for part in parts]
    master = _master(owned)
    people, named = item_people.people_of([owned[master], *owned[:master], *owned[master + 1 :]], owners)
    answers = [
        item_people.answer_in(own, owned[master], owners, people.response) if people.others else Response.NONE
        for own in owned
    ]
    views = [
        View(place, own, looks_of(own, part, answer), answer)
        for place, (own, part, answer) in enumerate(zip(owned, parts, answers, strict=True))
    ]
    alone = any(owned[master].all("RECURRENCE-ID"))
    standing = [view for view in views if view.place != master and any(view.own.all("RECURRENCE-ID"))]
    if alone:  # an invitation to one occurrence of a series, whose others are not told
        series = Series(views[master].looks.event(when_of(owned[master], zones), None))
    else:
        series = series_of(views[master], standing, zones)
    return Found(
        event=replace(series.event, people=people.lines, meeting=people.others, response=people.response),
        uid=_value(owned[master], "UID"),
        stamp=line(_value(owned[master], STAMP)),
        guarded=OTHERS if people.others else NAMED if named else item_people.named_within(parts),
        cut=views[master].looks.cut,
        cut_at=series.cut,
        frail=frozenset(original for original, place in series.overrides.items() if _MORE.search(parts[place].own)),
        changed_at=max(filter(None, map(_changed_at, owned)), default=None),
        maker=maker,
        master=master,
        overrides=series.overrides,
    )


def _own(calendar: Block) -> Properties:
    return calendar.properties(_OF_CALENDAR, _OF_CALENDAR)


def _master(owned: Sequence[Properties]) -> int:
    """The place of the series itself, of several the one of the highest SEQUENCE; else of the only occurrence."""
    masters = [place for place, own in enumerate(owned) if not any(own.all("RECURRENCE-ID"))]
    if not masters and len(owned) > 1:
        raise ValueError("it tells occurrences of a series, and not the series")
    if not masters:
        return 0
    if len({uid for place in masters if (uid := _value(owned[place], "UID"))}) > 1:  # RFC 4791 4.1
        raise ValueError("it holds events of several UIDs, of which each needs a resource of its own")
    numbers = {place: sequence_of(owned[place]) for place in masters}
    best = [place for place in masters if numbers[place] == max(numbers.values())]
    if len(best) > 1:
        raise ValueError("several events bear the same UID")
    return best[0]


def _shortened(part: Block) -> Block:
    """Without the end of lines that are longer than anything that is carried."""
    if len(part.own) <= _LONGEST_LINE:
        return part
    return replace(part, own=b"\n".join(each[:_LONGEST_LINE] for each in part.own.split(b"\n")))


def _value(own: Properties, name: str) -> str:
    return next((each.value.strip() for each in own.all(name)), "")


def _changed_at(own: Properties) -> datetime | None:
    try:
        at = time_of(_value(own, "LAST-MODIFIED"), UTC, Zones(UTC, UTC))
    except ValueError:
        return None
    return None if at.day else at.wall.replace(tzinfo=UTC)
