"""Builds the asking end of each connector: protocol, credential and wire, bound together."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from proxy.settings.connectors import (
    CaldavConnector,
    ConnectorSettings,
    EwsConnector,
    GoogleConnector,
    GraphConnector,
    IcalConnector,
    InteropConnector,
    ProviderConnector,
)
from proxy.wiring.peers import caldav, ews, google, graph, ical, interop, provider
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork

__all__ = ["WINDOW", "Peer", "peer"]

_PEERS: Final[dict[type[Any], Callable[[str, Any, PeerNetwork], Awaitable[Peer]]]] = {
    CaldavConnector: caldav.peer,
    EwsConnector: ews.peer,
    GraphConnector: graph.peer,
    GoogleConnector: google.peer,
    IcalConnector: ical.peer,
    InteropConnector: interop.peer,
    ProviderConnector: provider.peer,
}


async def peer(
    name: str, settings: ConnectorSettings, directory: Path, stack: AsyncExitStack, *, hop: str = ""
) -> Peer:
    """The peer called ``name``; what it opens is closed by ``stack``. Raises SecretError, OSError (the CA file).

    ``hop`` is our own name on the way of a question.
    """
    return await _PEERS[type(settings)](name, settings, PeerNetwork(settings, directory, stack, hop=hop))
