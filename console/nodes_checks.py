"""Checks how a node leaves the others: whether a balancer has the time to notice, and the system the patience."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from console.cluster_checks import is_here
from console.configuration import Configuration
from console.findings import Finding, warning
from proxy.settings import ProxySettings
from service.durations import written

_KEY: Final = "server.drain"
_SYSTEMD: Final = timedelta(seconds=90)  # systemd-system.conf(5), DefaultTimeoutStopSec
_CLOSING: Final = timedelta(seconds=5)  # besides the drain and the answers under way


def check_nodes(configuration: Configuration) -> Iterator[Finding]:
    """Nothing where a node is alone, or drains for as long as it should."""
    drain, longest = configuration.server.drain, _longest_deadline(configuration)
    cluster = configuration.cluster
    if cluster is not None and not is_here(cluster) and not drain:
        yield warning(
            _KEY,
            "this is one node of several, and its restart fails questions that a balancer sends before it notices",
            'write drain = "5s", or longer than the balancer takes',
        )
    takes = drain + longest + _CLOSING
    if takes > _SYSTEMD:
        yield warning(
            _KEY,
            f"stopping may take {written(takes)}, and systemd kills after {written(_SYSTEMD)}, answers under way too",
            f"write TimeoutStopSec={takes.total_seconds():.0f} into the unit, or a shorter drain",
        )


def _longest_deadline(settings: ProxySettings) -> timedelta:
    own = [caller.deadline for caller in settings.callers if caller.deadline is not None]
    return max([settings.server.deadline, *own])
