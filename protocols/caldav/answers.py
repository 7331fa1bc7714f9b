"""Reads the free/busy that a server gives as the answer to a question about a window."""

import re
from datetime import tzinfo
from typing import Final

from protocols.caldav.icalendar import read
from protocols.caldav.told import Scope, Told
from protocols.model.freebusy import Detail
from protocols.model.window import TimeWindow

_EDGE: Final = re.compile(rb"^DTSTART[;:]", re.MULTILINE | re.IGNORECASE)
_FOR_EACH: Final = re.compile(rb"^FBTYPE[;:]", re.MULTILINE | re.IGNORECASE)


def read_answer(data: bytes, window: TimeWindow, *, zone: tzinfo | None) -> Told:
    """What ``data`` tells about ``window``; where it says itself of which time it speaks, the rest is unknown.

    What it does not mention is free where it says nothing of the kind: no VFREEBUSY at all, one without edges, or those
    of older Radicale, whose FBTYPE is a property and whose edges are the period. Raises PeerError.
    """
    bounded = _EDGE.search(data) is not None and _FOR_EACH.search(data) is None
    scope = Scope.FREE_BUSY if bounded else Scope.ANSWER
    return read(data, window, zone=zone, detail=Detail.BUSY, scope=scope)
