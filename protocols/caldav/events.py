"""Reads one VEVENT (RFC 5545 3.6.1): when it is, how it takes its owner's time, and what may be shown of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from protocols.caldav.lines import Block, Properties, Property
from protocols.caldav.times import DAY, Moment, duration, moment, moments, period
from protocols.caldav.zones import Zones
from protocols.model.intervals import BusyStatus, EventDetails
from protocols.model.mailbox import canonical
from protocols.recurrence.budget import TooManyError

BUSYSTATUSES: Final = {
    "FREE": BusyStatus.FREE,
    "TENTATIVE": BusyStatus.TENTATIVE,
    "BUSY": BusyStatus.BUSY,
    "OOF": BusyStatus.OUT_OF_OFFICE,
    "WORKINGELSEWHERE": BusyStatus.WORKING_ELSEWHERE,
}
"""X-MICROSOFT-CDO-BUSYSTATUS ([MS-OXCICAL]; unconfirmed) in our words."""
_UNDECIDED: Final = frozenset({"NEEDS-ACTION", "TENTATIVE"})
_TIMES: Final = {"UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE"}
_STATUS: Final = {"STATUS", "TRANSP", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS"}
_BARE: Final = frozenset(_TIMES | _STATUS)
_DETAILED: Final = _BARE | {"SUMMARY", "LOCATION"}
_SPARE: Final = _DETAILED - _TIMES  # without any of these an event is busy, and shows less
_MOST_DATES: Final = 20_000  # of one event's exceptions and dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One VEVENT. ``extra`` are the periods of RDATE; ``replaces`` is which occurrence of its series it stands for.

    With ``and_future`` it stands for those after it as well, with ``and_prior`` for those before it. ``doubtful``: it
    was written to end before it starts, and nobody knows what is meant by the time between.
    """

    uid: str
    start: Moment
    end: Moment
    status: BusyStatus
    details: EventDetails | None = None
    rules: tuple[str, ...] = ()
    dates: tuple[Moment, ...] = ()
    extra: tuple[tuple[Moment, Moment], ...] = ()
    without: tuple[Moment, ...] = ()
    replaces: Moment | None = None
    and_future: bool = False
    and_prior: bool = False
    sequence: int = 0
    doubtful: bool = False

    @property
    def repeats(self) -> bool:
        """Whether it may be on several days."""
        return bool(self.rules or self.dates or self.extra)

    @property
    def veiled(self) -> "Event":
        """The event without its subject and place."""
        if self.details is None:
            return self
        return replace(self, details=replace(self.details, subject=None, location=None, private=True))


def read(block: Block, zones: Zones, *, owners: Collection[str], details: bool) -> Event:
    """The event. Raises ValueError where anything that decides about time cannot be read."""
    own = block.properties(_DETAILED if details else _BARE, _SPARE)
    written = own.one("DTSTART")
    if written is None:
        raise ValueError("an event without its start")
    start = moment(written, zones)
    end = _end(own, start, zones)
    reversed_ = end.latest < start.earliest
    replaced = own.one("RECURRENCE-ID")
    dates = list(own.all("RDATE"))
    if sum(each.value.count(",") for name in ("RDATE", "EXDATE") for each in own.all(name)) > _MOST_DATES:
        raise TooManyError("more dates than are looked at")
    reach = "" if replaced is None else replaced.parameters.get("RANGE", "").strip().upper()
    status = _status(own, owners)
    return Event(
        uid=next((each.value.strip() for each in own.all("UID")), ""),
        start=end if reversed_ else start,
        end=start if reversed_ else end,
        doubtful=reversed_,
        status=status,
        details=_details(block, own) if details and status is not BusyStatus.FREE else None,
        rules=tuple(each.value.strip() for each in own.all("RRULE")),
        dates=tuple(at for each in dates if not _is_period(each) for at in moments(each, zones)),
        extra=tuple(
            period(text, zones.named(each.parameters.get("TZID")), zones)
            for each in dates
            if _is_period(each)
            for text in each.value.split(",")
        ),
        without=tuple(at for each in own.all("EXDATE") for at in moments(each, zones)),
        replaces=None if replaced is None else moment(replaced, zones),
        and_future=reach == "THISANDFUTURE",
        and_prior=reach == "THISANDPRIOR",
        sequence=_number(own.word("SEQUENCE")),
    )


def _end(own: Properties, start: Moment, zones: Zones) -> Moment:
    end, length = own.one("DTEND"), own.one("DURATION")
    found = [moment(end, zones)] if end is not None else []
    found += [duration(length.value).after(start)] if length is not None else []  # of both the one that takes more
    written = max(found, key=lambda each: each.latest, default=start)
    return start.plus(DAY) if start.day and written.wall == start.wall else written  # RFC 5545 3.6.1


def _is_period(prop: Property) -> bool:
    return "/" in prop.value


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _status(own: Properties, owners: Collection[str]) -> BusyStatus:
    """How the event takes its owner's time; where two properties contradict each other, the one that takes more."""
    answer = _answer(own, owners) if owners else ""
    if own.word("STATUS") == "CANCELLED" or answer == "DECLINED":
        return BusyStatus.FREE
    said = BUSYSTATUSES.get(own.word("X-MICROSOFT-CDO-BUSYSTATUS") or own.word("X-MICROSOFT-CDO-INTENDEDSTATUS"))
    transparency = own.word("TRANSP")
    if said is BusyStatus.FREE and transparency != "OPAQUE":
        return BusyStatus.FREE
    if said is not None and said is not BusyStatus.FREE:
        return said
    if transparency == "TRANSPARENT":
        return BusyStatus.FREE
    undecided = own.word("STATUS") == "TENTATIVE" or answer in _UNDECIDED
    return BusyStatus.TENTATIVE if undecided else BusyStatus.BUSY


def _answer(own: Properties, owners: Collection[str]) -> str:
    for attendee in own.all("ATTENDEE"):
        addresses = (attendee.value, attendee.parameters.get("EMAIL", ""))
        if any(_canonical(text) in owners for text in addresses):
            return attendee.parameters.get("PARTSTAT", "NEEDS-ACTION").upper()
    return ""


def _canonical(text: str) -> str:
    text = text.strip()
    try:
        return canonical(text[7:] if text[:7].lower() == "mailto:" else text)
    except ValueError:
        return ""


def _details(block: Block, own: Properties) -> EventDetails:
    private = _is_private(block)
    return EventDetails(
        subject=None if private else own.text("SUMMARY"),
        location=None if private else own.text("LOCATION"),
        meeting=any(own.all("ATTENDEE")),
        recurring=any(own.word(name) for name in ("RRULE", "RDATE", "RECURRENCE-ID")),
        exception=bool(own.word("RECURRENCE-ID")),
        private=private,
        reminder=any(part.name == "VALARM" for part in block.inner),
    )


def _is_private(block: Block) -> bool:
    try:
        word = block.properties(frozenset({"CLASS"})).word("CLASS")
    except ValueError:
        return True
    return word not in ("", "PUBLIC")  # an unknown one is as PRIVATE (RFC 5545 3.8.1.3)


def private_name(block: Block) -> str:
    """The UID of a private VEVENT, of whose series nothing is to be shown; empty where it has none or is public."""
    if b"CLASS" not in block.own.upper() or not _is_private(block):
        return ""
    try:
        return next((each.value.strip() for each in block.properties(frozenset({"UID"})).all("UID")), "")
    except ValueError:
        return ""


def blind(block: Block, zones: Zones) -> datetime | None:
    """The first instant that a VEVENT which cannot be read may take; None where not even that is known."""
    try:
        start = block.properties(frozenset({"DTSTART"})).one("DTSTART")
        replaced = block.properties(frozenset({"RECURRENCE-ID"})).one("RECURRENCE-ID")
        return None if start is None or replaced is not None else moment(start, zones).earliest
    except ValueError:
        return None
