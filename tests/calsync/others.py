"""Somebody else on the same event loop, who wants their turns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Other:
    """Counts the turns it was given."""

    turns: int = 0

    async def go_on(self) -> None:
        """Takes every turn there is, until cancelled."""
        while True:
            self.turns += 1
            await asyncio.sleep(0)


@asynccontextmanager
async def somebody_else() -> AsyncIterator[Other]:
    """Is there from the beginning of the block to its end."""
    other = Other()
    task = asyncio.ensure_future(other.go_on())
    try:
        yield other
    finally:
        task.cancel()
