"""An event as Graph can hold it, or why it cannot hold it at all."""

from datetime import date
from typing import Final

from protocols.graph.calendar_patterns import NAME, written
from protocols.model.event import Event
from protocols.model.recurrence import Recurrence
from protocols.recurrence import exchange_fitting
from protocols.recurrence.exchange_fitting import Holder


def _says(rule: Recurrence, first: date) -> object:
    return written(rule, first, "UTC")


_HOLDER: Final = Holder(name=NAME, says=_says)


def fit(event: Event) -> tuple[Event | None, str]:
    """``event`` as it comes back once it was written, and ""; or None, and why Graph cannot hold it."""
    return exchange_fitting.fit(event, _HOLDER)
