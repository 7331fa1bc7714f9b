"""A clock for a hub of calendars in memory."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.contracts.spoke_world import NOW


@dataclass(slots=True)
class Time:
    """A clock that goes on when somebody sleeps."""

    now: datetime = NOW

    def clock(self) -> datetime:
        """Now."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Gone by at once."""
        self.now += timedelta(seconds=seconds)
