"""The directory of a Microsoft 365 tenant: groups, and places as rooms."""

from protocols.graph import groups, places
from protocols.graph.clouds import CLOUDS
from protocols.http import Send
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList
from proxy.connector import Clock
from proxy.directory import Directory
from proxy.settings.connectors import GraphConnector
from proxy.wiring.sign_in import PeerNetwork
from service.tokens import authorized
from service.tokens_microsoft import MicrosoftTokens


class GraphDirectory:
    """See :class:`proxy.directory.Directory`."""

    def __init__(self, send: Send, *, api_url: str, clock: Clock) -> None:
        self._send, self._api_url, self._clock = send, api_url, clock

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        """See :class:`proxy.directory.Directory`."""
        return await groups.members(self._send, group, api_url=self._api_url, as_of=self._clock(), most=most)

    async def room_lists(self) -> tuple[RoomList, ...]:
        """See :class:`proxy.directory.Directory`."""
        return await places.room_lists(self._send, api_url=self._api_url, as_of=self._clock())

    async def rooms(self, room_list: Mailbox) -> tuple[Room, ...]:
        """See :class:`proxy.directory.Directory`."""
        return await places.rooms(self._send, room_list, api_url=self._api_url, as_of=self._clock())


async def opened(settings: GraphConnector, network: PeerNetwork, clock: Clock) -> Directory:
    """The directory of one connector. Raises SecretError, OSError (the CA file)."""
    cloud = CLOUDS[settings.cloud]
    api_url, login_url = settings.graph_url or cloud.graph, settings.login_url or cloud.login
    reference = settings.certificate or settings.secret
    assert reference is not None  # the settings see to it
    tokens = MicrosoftTokens(
        network.blocking(only=login_url),
        authority=f"{login_url}/{settings.tenant}",
        client_id=settings.client_id,
        proof=network.secret(reference),
        scope=f"{api_url}/.default",
    )
    return GraphDirectory(authorized((await network.wire()).send, tokens, to=api_url), api_url=api_url, clock=clock)
