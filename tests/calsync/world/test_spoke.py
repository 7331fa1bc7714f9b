"""The spoke in memory keeps the promises of every spoke, so that the engine is tested upon what others promise too."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from protocols.model.card import Card
from protocols.model.event import Event
from tests.calsync.world.server import Server
from tests.calsync.world.spoke import MemorySpoke
from tests.contracts.spoke_world import C, Stage
from tests.contracts.spokes import ContactSpokeContract, SpokeContract


class MemoryUser:
    """Works in the server itself."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def create(self, content: Event | Card) -> str:
        return self._server.create(content)

    async def change(self, key: str, content: Event | Card) -> None:
        self._server.change(key, content)

    async def delete(self, key: str) -> None:
        self._server.delete(key)

    async def invite(self, key: str) -> None:
        self._server.invite(key)

    async def scribble(self, key: str, text: str) -> None:
        self._server.set(key, scribble=text)

    async def scribbled(self, key: str) -> str:
        return self._server.standing[key].scribble

    async def spoil(self) -> str:
        key = self._server.create(Card(display_name="Nobody"))
        self._server.set(key, ruined=True)
        return key


def stage(server: Server, *, feed: bool, batch: int) -> Stage[C]:
    """The spoke over ``server``, with its user."""

    def wire() -> Sequence[bytes]:
        return server.wire

    spoke = MemorySpoke(server, feed=feed, batch=batch)
    return Stage(spoke=spoke, user=MemoryUser(server), wire=wire, expire=server.expire)


class TestMemorySpoke(SpokeContract):
    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Event]]:
        yield stage(Server(name="memory"), feed=True, batch=5)


class TestMemorySpokeWithoutFeed(SpokeContract):
    tokens = False

    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Event]]:
        yield stage(Server(name="memory"), feed=False, batch=1)


class TestMemoryContacts(ContactSpokeContract):
    @asynccontextmanager
    async def staged(self, folder: Path) -> AsyncIterator[Stage[Card]]:
        yield stage(Server(name="memory"), feed=True, batch=5)
