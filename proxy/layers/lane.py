"""What can be known of a way to a peer before a call is made."""

from datetime import timedelta
from typing import Protocol

from proxy.connector import Connector


class Lane(Connector, Protocol):
    """A connector that knows what holds a call back: a pause the peer wants, a budget that is spent, a peer down."""

    def held(self) -> timedelta:
        """How long a call made now would be held back, or refused; nought where nothing is in its way but others."""
        ...

    def idle(self) -> bool:
        """Whether a call made now would go out at once: nothing holds it, and a turn is free."""
        ...
