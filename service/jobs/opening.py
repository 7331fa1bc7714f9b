"""Chooses who starts jobs: this process alone with SQLite, all nodes that share it with PostgreSQL."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from service.jobs.alone import Alone
from service.jobs.job import Job, Jobs
from service.jobs.timetable import Clockwork
from service.secrets import Secret
from service.state.address import POSTGRESQL
from service.state.errors import StateError


@asynccontextmanager
async def opened(
    url: str, jobs: Iterable[Job], works: Clockwork, *, room: str, password: Secret | None = None
) -> AsyncIterator[Jobs]:
    """Whoever starts ``jobs`` where the state is in ``url`` ([state]); ``room`` names whose they are, such as galsync.

    Raises StateError.
    """
    if not url.startswith(POSTGRESQL):
        yield Alone(jobs, works)
        return
    try:
        from service.jobs import queue, shared  # noqa: PLC0415  an extra that one process does without
    except ImportError:
        raise StateError("jobs on several nodes need procrastinate: install busyline[cluster]") from None
    async with queue.opened(url, password=password) as app:
        yield shared.Shared(jobs, works, app, room=room)
