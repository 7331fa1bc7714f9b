"""An event as Exchange can hold it, or why it cannot hold it at all."""

from protocols.ews.calendar_recurrence import NAME, written
from protocols.model.event import Event
from protocols.recurrence import exchange_fitting
from protocols.recurrence.exchange_fitting import Holder


def fit(event: Event, *, elsewhere: bool = True) -> tuple[Event | None, str]:
    """``event`` as it comes back once it was written, and ""; or None, and why Exchange cannot hold it. ``elsewhere``:
    the server knows WorkingElsewhere (Exchange 2013), which is free otherwise. An occurrence is as sensitive as its
    series: Exchange keeps no other ([MS-OXOCAL] 2.2.1.44.2)."""
    return exchange_fitting.fit(event, Holder(name=NAME, says=written, elsewhere=elsewhere, apart=False))
