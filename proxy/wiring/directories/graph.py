"""The directory of a Microsoft 365 tenant: groups, and places as rooms."""

from collections.abc import Callable, Sequence
from functools import partial

from protocols.graph import groups, places
from protocols.http import Send
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList
from proxy.connector import Clock
from proxy.directory import Directory
from proxy.settings.connectors import GraphConnector
from proxy.wiring.sign_in import PeerNetwork
from service.clouds import at_graph


class GraphDirectory:
    """See :class:`proxy.directory.Directory`. ``send_by`` gives the Send of a request that came by these hops."""

    def __init__(self, send_by: Callable[[Sequence[str]], Send], *, api_url: str, clock: Clock) -> None:
        self._send_by, self._api_url, self._clock = send_by, api_url, clock

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        """See :class:`proxy.directory.Directory`."""
        return await groups.members(self._send_by(()), group, api_url=self._api_url, as_of=self._clock(), most=most)

    async def room_lists(self, *, hops: Sequence[str] = ()) -> tuple[RoomList, ...]:
        """See :class:`proxy.directory.Directory`."""
        return await places.room_lists(self._send_by(hops), api_url=self._api_url, as_of=self._clock())

    async def rooms(self, room_list: Mailbox, *, hops: Sequence[str] = ()) -> tuple[Room, ...]:
        """See :class:`proxy.directory.Directory`."""
        return await places.rooms(self._send_by(hops), room_list, api_url=self._api_url, as_of=self._clock())


async def opened(settings: GraphConnector, network: PeerNetwork, clock: Clock) -> Directory:
    """The directory of one connector. Raises SecretError, OSError (the CA file)."""
    send, api_url = await at_graph(settings, network)
    return GraphDirectory(partial(network.bearing, send), api_url=api_url, clock=clock)
