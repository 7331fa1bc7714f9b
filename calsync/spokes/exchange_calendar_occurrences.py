"""Which single occurrences of a series in Exchange have to be written, so that they are what they shall be."""

from dataclasses import dataclass, replace

from calsync.spokes.occurrences import Occurrences, differing
from protocols.ews.calendar_writing import occurrence, occurrence_change, occurrence_id
from protocols.model.event import Event, Occurrence
from protocols.recurrence.differing import usual
from protocols.recurrence.occurrences import index


@dataclass(frozen=True, slots=True)
class Orders:
    """The elements for what goes, and the changes of what differs, in an order in which no occurrence meets another."""

    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def orders(master: str, series: Event, then: Occurrences, *, clock: str) -> Orders:
    """What has to be sent so that the occurrences of ``series``, as it stands there, are as ``then`` says."""
    gone: list[str] = []
    changed: list[str] = []
    for original in differing(series, then):
        place = index(replace(series, exceptions={}), original)
        shall = then.get(original, Occurrence(when=usual(series.when, original)))
        if place is not None and shall is None:
            gone.append(occurrence_id(master, place))
        elif place is not None and shall is not None:
            updates = occurrence(shall, series, before=series.exceptions.get(original), clock=clock)
            changed.append(occurrence_change(master, place, updates))
    return Orders(tuple(gone), tuple(changed))
