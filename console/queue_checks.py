"""Checks how long requests may wait for their turn: not so long that the answer comes too late all the same."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from console.configuration import Configuration
from console.findings import Finding, warning
from service.durations import written

_KEY: Final = "server.queue"
_SHORTEST: Final = timedelta(milliseconds=1)


def check_queue(configuration: Configuration) -> Iterator[Finding]:
    """Whether what waits in the queue can still be answered within each caller's deadline."""
    server = configuration.server
    deadlines = {caller.name: caller.deadline or server.deadline for caller in configuration.callers}
    short = {name: deadline for name, deadline in deadlines.items() if deadline <= server.queue}
    if short:
        default = "" if "queue" in server.model_fields_set else " (the default)"
        waits = ", ".join(f"caller {name} waits {written(deadline)}" for name, deadline in short.items())
        quarter = max(min(short.values()) / 4, _SHORTEST)
        yield warning(
            _KEY,
            "a request may wait for its turn as long as its caller waits for the answer: "
            f"queue is {written(server.queue)}{default}, {waits}",
            f'write queue = "{written(quarter)}", a quarter of the shortest deadline',
        )
