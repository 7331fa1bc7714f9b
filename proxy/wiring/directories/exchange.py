"""The directory of an Exchange server: distribution groups and room lists, by EWS."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from protocols.ews import groups, room_lists
from protocols.ews.peer_faults import OperationUnknownError
from protocols.http import Send
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList
from proxy.connector import Clock
from proxy.directories.nesting import flattened
from proxy.directory import Directory, NoGroupsError
from proxy.settings.connectors import EwsConnector
from proxy.wiring.sign_in import PeerNetwork
from service.exchange import at_exchange

_LANES: Final = 2  # to a server that is signed in to connection by connection


class ExchangeDirectory:
    """See :class:`proxy.directory.Directory`. ``impersonate``: the mailbox in whose name is asked, or "".

    ``send_by`` gives the Send of a request that came by these hops.
    """

    def __init__(self, send_by: Callable[[Sequence[str]], Send], *, url: str, impersonate: str, clock: Clock) -> None:
        self._send_by, self._url, self._impersonate, self._clock = send_by, url, impersonate, clock

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        """See :class:`proxy.directory.Directory`."""

        async def level(one: Mailbox) -> GroupLevel | None:
            return await groups.level(send, one, url=self._url, as_of=self._clock(), impersonate=self._impersonate)

        send = self._send_by(())
        try:
            return await flattened(level, group, most=most)
        except OperationUnknownError as unknown:
            raise NoGroupsError(unknown.reason, f"{unknown.detail}: the server knows no ExpandDL") from None

    async def room_lists(self, *, hops: Sequence[str] = ()) -> tuple[RoomList, ...]:
        """See :class:`proxy.directory.Directory`."""
        return await room_lists.room_lists(
            self._send_by(hops), url=self._url, as_of=self._clock(), impersonate=self._impersonate
        )

    async def rooms(self, room_list: Mailbox, *, hops: Sequence[str] = ()) -> tuple[Room, ...]:
        """See :class:`proxy.directory.Directory`."""
        return await room_lists.rooms(
            self._send_by(hops), room_list, url=self._url, as_of=self._clock(), impersonate=self._impersonate
        )


async def opened(settings: EwsConnector, network: PeerNetwork, clock: Clock) -> Directory:
    """The directory of one connector. Raises SecretError, OSError (the CA file)."""
    send = await at_exchange(settings, network, lanes=_LANES)
    return ExchangeDirectory(
        partial(network.bearing, send), url=settings.url, impersonate=settings.impersonate or "", clock=clock
    )
