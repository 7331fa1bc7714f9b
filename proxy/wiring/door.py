"""What the settings let a door bear, and what a door tells the metrics."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from proxy.settings import ProxySettings
from proxy.settings.server import ServerSettings
from service.door import Door, Limits, Patience
from service.metrics import Metrics

_OUT = timedelta(seconds=2)  # for the answer to be made and taken, after the deadline
_STRANGER = 10.0  # seconds between requests: a client that has just been challenged is back at once


def limits(server: ServerSettings) -> Limits:
    """The caps and times of ``server``."""
    return Limits(
        connections=server.connections,
        per_address=server.connections_per_address,
        exempt=server.trusted_proxies,
        patience=Patience(
            head=server.head_timeout.total_seconds(), body=server.body_timeout.total_seconds(), stranger=_STRANGER
        ),
    )


def to_the_end(settings: ProxySettings) -> float:
    """The seconds that answers under way are waited for once the doors are closed: nobody's deadline is cut short."""
    own = [caller.deadline for caller in settings.callers if caller.deadline is not None]
    return (max([settings.server.deadline, *own]) + _OUT).total_seconds()


async def farewell(doors: Sequence[Door], length: timedelta) -> None:
    """Each answer is the last on its connection from now on; returns after ``length``. Leaving them does the rest."""
    for door in doors:
        door.say_goodbye()
    await asyncio.sleep(length.total_seconds())


def count(door: Door, metrics: Metrics) -> None:
    """Let ``metrics`` read how full it is at ``door``."""
    crowd = door.crowd
    metrics.read("busyline_connections", "Connections open now", lambda: float(crowd.size))
    metrics.read(
        "busyline_connections_refused_total",
        "Connections closed at once because too many were open",
        lambda: float(crowd.turned_away),
    )
    metrics.read(
        "busyline_connections_moved_on_total",
        "Idle connections of nobody known, closed because their places were wanted",
        lambda: float(crowd.moved_on),
    )
