"""Two nodes behind the machine's own HAProxy, for tests that ask through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.balanced import Balanced, Manner, balanced, program
from bench.machine import NotStartedError
from tests.needs import missing


@asynccontextmanager
async def behind_haproxy(folder: Path, manner: Manner) -> AsyncIterator[Balanced]:
    """As :func:`bench.balanced.balanced`; the test is left where there is no HAProxy."""
    try:
        program()
    except NotStartedError:
        missing("haproxy")
    async with balanced(folder, manner) as found:
        yield found
