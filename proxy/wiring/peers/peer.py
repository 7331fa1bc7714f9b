"""What the asking end of a connector is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from protocols.model.freebusy import Question
from proxy.connector import Ask
from proxy.layers.batch import BatchLimits

WINDOW: Final = timedelta(days=60)  # within 62 days at Exchange and Graph, and 90 at Google


@dataclass(frozen=True, slots=True)
class Peer:
    """How to ask one calendar system: one ``Ask`` per account, and what a call may hold."""

    asks: tuple[Ask, ...]
    limits: Callable[[Question], BatchLimits]
