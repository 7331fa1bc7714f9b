"""The directory of a Google Workspace domain: groups of people, and buildings as room lists."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from protocols.google import directory
from protocols.http import Send
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList
from proxy.connector import Clock
from proxy.directories.nesting import flattened
from proxy.directory import Directory
from proxy.scopes import GOOGLE_GROUP_MEMBERS, GOOGLE_ROOMS
from proxy.settings.connectors import GoogleConnector
from proxy.wiring.sign_in import PeerNetwork
from service.clouds import at_google

_TOGETHER: Final = timedelta(minutes=1)  # the lists and the rooms of each are asked for one after the other


def directory_url(settings: GoogleConnector) -> str:
    """Where the directory of a Workspace domain is: its own host, else the connector's, else Google's."""
    own = settings.directory.api_url if settings.directory is not None else None
    return own or settings.api_url or directory.API_URL


class GoogleDirectory:
    """See :class:`proxy.directory.Directory`. Groups and rooms are asked about with a credential of their own each."""

    def __init__(self, *, groups: Send, rooms: Send, api_url: str, clock: Clock) -> None:
        self._groups, self._rooms, self._api_url, self._clock = groups, rooms, api_url, clock
        self._lock = asyncio.Lock()
        self._read: tuple[datetime, directory.Buildings] | None = None

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        """See :class:`proxy.directory.Directory`."""

        async def level(one: Mailbox) -> GroupLevel | None:
            return await directory.level(self._groups, one, api_url=self._api_url, as_of=self._clock())

        return await flattened(level, group, most=most)

    async def room_lists(self, *, hops: Sequence[str] = ()) -> tuple[RoomList, ...]:
        """See :class:`proxy.directory.Directory`."""
        del hops  # of all rooms at once, kept for whoever asks
        return (await self._buildings()).lists

    async def rooms(self, room_list: Mailbox, *, hops: Sequence[str] = ()) -> tuple[Room, ...]:
        """See :class:`proxy.directory.Directory`."""
        del hops
        return (await self._buildings()).rooms.get(room_list.address, ())

    async def _buildings(self) -> directory.Buildings:
        async with self._lock:
            now = self._clock()
            if self._read is None or not timedelta() <= now - self._read[0] < _TOGETHER:
                self._read = now, await directory.buildings(self._rooms, api_url=self._api_url, as_of=now)
            return self._read[1]


async def opened(settings: GoogleConnector, network: PeerNetwork, clock: Clock) -> Directory:
    """The directory of one connector. Raises SecretError, OSError (the CA file)."""
    assert settings.directory is not None
    subject = settings.directory.subject
    assert subject is not None  # the settings see to it
    api_url = directory_url(settings)
    send_as = await at_google(settings, network, api_url=api_url)
    return GoogleDirectory(
        groups=network.bearing(send_as(subject, GOOGLE_GROUP_MEMBERS)),
        rooms=network.bearing(send_as(subject, GOOGLE_ROOMS)),
        api_url=api_url,
        clock=clock,
    )
