"""What one of several workers may use: limits that hold for the whole service are divided among its processes."""

import math
from typing import TypeVar

from proxy.settings import ProxySettings
from proxy.settings.connectors import ConnectorSettings, IcalConnector

_SPREAD = 3  # standard deviations by which the system may deal out connections unevenly

S = TypeVar("S", bound=ProxySettings)


def share_of(settings: S, workers: int) -> S:
    """``settings`` for one of so many processes, which together keep what they say.

    Divided: the memory of the cache and what is rendered beside it, and that of kept files; calls at once to each peer
    and its budgets of calls, of which every process has one at least. Divided with some room, since chance deals
    connections out: how many are open. Not divided: how many answers are kept (any process may be asked about anybody)
    and what is counted by caller.
    """
    if workers == 1:
        return settings
    server, cache = settings.server, settings.cache
    return settings.model_copy(
        update={
            "server": server.model_copy(
                update={
                    "connections": _dealt(server.connections, workers),
                    "connections_per_address": _dealt(server.connections_per_address, workers),
                }
            ),
            "cache": cache.model_copy(
                update={"memory": cache.memory // workers, "fragments": cache.fragments // workers}
            ),
            "connectors": {name: _connector(each, workers) for name, each in settings.connectors.items()},
        }
    )


def _connector(settings: ConnectorSettings, workers: int) -> ConnectorSettings:
    divided = {"concurrency": max(1, settings.concurrency // workers)}
    if isinstance(settings, IcalConnector):
        divided["keep"] = settings.keep // workers
    return settings.among(workers).model_copy(update=divided)


def _dealt(number: int, workers: int) -> int:
    share = number / workers
    return min(number, math.ceil(share + _SPREAD * math.sqrt(share)))
