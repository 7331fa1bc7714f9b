"""Checks how long requests may wait for their turn: not so long that the answer comes too late all the same."""

from collections.abc import Iterator

from console.configuration import Configuration
from console.findings import Finding, warning

_KEY = "server.queue"


def check_queue(configuration: Configuration) -> Iterator[Finding]:
    """Whether what waits in the queue can still be answered within each caller's deadline."""
    server = configuration.server
    deadlines = {caller.name: caller.deadline or server.deadline for caller in configuration.callers}
    short = [name for name, deadline in deadlines.items() if deadline <= server.queue]
    if short:
        yield warning(
            _KEY,
            f"a request may wait for its turn as long as its caller waits for the answer ({', '.join(short)})",
            "write a queue that is a quarter of the shortest deadline",
        )
