"""Which single occurrences of a series have to be written at a spoke of Microsoft's, one call after the other."""

from collections.abc import Mapping, Set
from typing import Final, TypeAlias

from calsync.event_fields import AT, field_of
from calsync.spoke import Failed
from protocols.model.event import Event, Occurrence, Original, When
from protocols.model.freebusy import Reason
from protocols.recurrence.clock import instant_of
from protocols.recurrence.differing import is_later, usual
from protocols.recurrence.occurrences import index

Occurrences: TypeAlias = Mapping[Original, Occurrence | None]
FRAIL: Final = Failed(
    reason=Reason.FORBIDDEN,
    words="single occurrences of it hold files or long texts, which would be lost if it came at other times: it is left"
    " as it is; change the series there",
    refused=True,
)
LOST: Final = Failed(
    reason=Reason.FORBIDDEN,
    words="an occurrence that was thrown away cannot be had back: make the series anew, or leave it out",
    refused=True,
)
_PLAIN: Final = object()


def wanted(event: Event, there: Occurrences, changes: frozenset[str]) -> dict[Original, Occurrence | None]:
    """What the occurrences of the series shall be: those that ``changes`` names as in ``event``, all others as they
    stand, as long as the series has them at all."""
    if event.rule is None:
        return {}
    named = {original for original in {**there, **event.exceptions} if field_of(original) in changes}
    found = {original: one for original, one in there.items() if original not in named}
    found |= {original: one for original, one in event.exceptions.items() if original in named}
    return {original: one for original, one in found.items() if index(event, original) is not None}


def differing(series: Event, then: Occurrences) -> list[Original]:
    """Which occurrences of ``series``, as it stands there, are not as ``then`` says, in an order in which none meets
    another on its way: those that go, then those that are moved on, the last first, then all others."""
    now = series.exceptions
    found = [each for each in {**now, **then} if now.get(each, _PLAIN) != then.get(each, _PLAIN)]
    found.sort(key=instant_of)
    gone = [each for each in found if then.get(each, _PLAIN) is None]
    later = [
        each for each in found if each not in gone and is_later(_when(series, then, each), _when(series, now, each))
    ]
    return gone + later[::-1] + [each for each in found if each not in gone and each not in later]


def back(now: Occurrences, then: Occurrences) -> bool:
    """Whether one that was thrown away shall be there again."""
    return any(one is None and then.get(original, _PLAIN) is not None for original, one in now.items())


def forgotten(there: Occurrences, then: Occurrences, more: Set[str], changes: Set[str]) -> bool:
    """Whether an occurrence would come back as less than it is, where a server makes all of a series anew: ``more`` are
    the fields of those that hold more than is told, ``changes`` of those that are written as somebody wants them. What
    the series has no more is meant to go."""
    gone = {field_of(original) for original in there.keys() - then.keys()}
    return not {name for name in more if name.startswith(AT)} <= gone | changes


def _when(series: Event, those: Occurrences, original: Original) -> When:
    one = those.get(original)
    return one.when if one is not None else usual(series.when, original)
