"""Reads the free/busy that a server gives as the answer to a question about a window."""

import re
from datetime import tzinfo
from typing import Final

from protocols.caldav.icalendar import read
from protocols.caldav.lines import Block, calendars
from protocols.caldav.places import mailto
from protocols.caldav.told import Budget, Scope, Told
from protocols.caldav.whole_days import doubted, with_margin
from protocols.errors import PeerError
from protocols.model.freebusy import Detail, Reason
from protocols.model.window import TimeWindow

_EDGE: Final = re.compile(rb"^(?:[\w-]+\.)?DTSTART[;:]", re.MULTILINE | re.IGNORECASE)
_FOR_EACH: Final = re.compile(rb"^(?:[\w-]+\.)?FBTYPE[;:]", re.MULTILINE | re.IGNORECASE)
# Of vobject, with which Radicale (3.9, measured) writes its answers: it takes each time without a zone for UTC.
_WITHOUT_ZONES: Final = re.compile(rb"^PRODID[^\r\n]*PYVOBJECT", re.MULTILINE | re.IGNORECASE)
_SPEAKS: Final = re.compile(rb"^BEGIN:VFREEBUSY\s*$", re.MULTILINE | re.IGNORECASE)
_WANTED: Final = frozenset({"ATTENDEE", "REQUEST-STATUS"})
_IN_A_REPLY: Final = frozenset({"VFREEBUSY", "VTIMEZONE"})


def read_answer(data: bytes, window: TimeWindow, *, zone: tzinfo | None, budget: Budget) -> Told:
    """What ``data``, the answer to a question :func:`with_margin` about ``window``, tells about it.

    Where it says itself of which time it speaks, the rest is unknown. Else what it does not mention is free: no
    VFREEBUSY at all, one without edges, or those of older Radicale, whose FBTYPE is a property and whose edges are the
    period. Days may be those of ``zone``, see :func:`protocols.caldav.whole_days.doubted`. Raises PeerError.
    """
    bounded = _EDGE.search(data) is not None and _FOR_EACH.search(data) is None
    scope = Scope.FREE_BUSY if bounded else Scope.ANSWER
    told = read(data, with_margin(window), zone=zone, detail=Detail.BUSY, scope=scope, budget=budget)
    return doubted(told, window, zone, each=not is_by_zone(data))


def is_by_zone(data: bytes) -> bool:
    """Whether an answer can have heeded zones: not Radicale's, which names what it is written with; older ones have a
    VFREEBUSY for each occurrence, and none at all where there is no occurrence."""
    return _SPEAKS.search(data) is not None and not (_FOR_EACH.search(data) or _WITHOUT_ZONES.search(data))


def read_reply(data: bytes, window: TimeWindow, *, attendee: str, zone: tzinfo | None, budget: Budget) -> Told:
    """What an outbox's reply about ``attendee`` (a canonical address) tells, as :func:`read_answer`.

    What it does not speak of is unknown. Raises PeerError, INCOMPLETE where it does not tell of that person's time.
    """
    inner = [block for calendar in calendars(data) for block in calendar.inner]
    replies = [block for block in inner if block.name == "VFREEBUSY"]
    if not replies or not all(_is_of(block, attendee) for block in replies):
        raise PeerError(Reason.INCOMPLETE, "the outbox reports success without free/busy time of this person")
    if any(block.name not in _IN_A_REPLY for block in inner):
        raise PeerError(Reason.INCOMPLETE, "the outbox replies with something else than free/busy time")
    wide = with_margin(window)
    told = read(data, wide, zone=zone, detail=Detail.BUSY, scope=Scope.FREE_BUSY, budget=budget)
    if not len(told.intervals) and any(gap.covers(window) for gap in told.unknown):
        raise PeerError(Reason.INCOMPLETE, "the outbox reports success and does not say of which time it speaks")
    return doubted(told, window, zone)


def _is_of(block: Block, attendee: str) -> bool:
    try:
        own = block.properties(_WANTED)
    except ValueError:
        return False
    names = [mailto(each.value) for each in own.all("ATTENDEE")]
    succeeds = all(each.value.strip().startswith("2.") for each in own.all("REQUEST-STATUS"))
    return succeeds and (not names or attendee in names)
