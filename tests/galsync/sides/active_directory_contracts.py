"""The contracts of a source and of a target over an Active Directory, whichever it is: subclass and lead to one."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path

from galsync.entries import Stamp
from galsync.side import Target
from galsync.sides.active_directory_source import ActiveDirectorySource, Wishes
from galsync.sides.active_directory_target import ActiveDirectoryTarget, Standing
from protocols.ldap.searching import Ask, one
from protocols.model.person import Field, Kind
from simulation.address_book import AddressBook
from tests.contracts.source import SourceContract
from tests.contracts.target import TargetContract
from tests.galsync.sides.active_directory_world import Faulty, World

EXTRAS = frozenset(key for key in Field if key.value.startswith("extra_"))
_numbers = count(1)


class ActiveDirectory(ABC):
    """Leads to a directory. ``exchange``: whether its schema is extended by Exchange."""

    exchange = True
    base = "DC=fabrikam,DC=example"

    @abstractmethod
    def reached(self) -> AbstractAsyncContextManager[Ask]:
        """A line to the directory, by which everything may be done."""

    @asynccontextmanager
    async def world(self) -> AsyncIterator[tuple[World, Faulty]]:
        """An empty unit, and a line that can be broken."""
        async with self.reached() as ask:
            world = World(ask, f"OU=Test {next(_numbers)},{self.base}", self.exchange)
            await world.open()
            try:
                yield world, Faulty(ask)
            finally:
                await world.close()


class ActiveDirectorySourceContract(ActiveDirectory, SourceContract):
    """An Active Directory as a source."""

    telling = frozenset(Field) - {Field.MANAGER}
    kinds = frozenset({Kind.USER, Kind.ROOM, Kind.GROUP})

    @asynccontextmanager
    async def started(self, book: AddressBook, directory: Path) -> AsyncIterator[ActiveDirectorySource]:
        async with self.world() as (self.world_now, self.faulty):
            await self.world_now.settle(book)
            wishes = Wishes(base=self.world_now.unit, members=True, page=2)
            yield ActiveDirectorySource("fabrikam", self.faulty, wishes)

    async def settle(self, book: AddressBook) -> None:
        await self.world_now.settle(book)

    async def spoil(self) -> None:
        self.faulty.broken = True

    async def mend(self) -> None:
        self.faulty.broken = False


class ActiveDirectoryTargetContract(ActiveDirectory, TargetContract):
    """An Active Directory as a target."""

    throttles = False
    telling = frozenset(Field) - {Field.MANAGER, Field.EXTRA_15}

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[ActiveDirectoryTarget]:
        async with self.world() as (self.world_now, self.faulty):
            standing = Standing(unit=self.world_now.unit, page=1)
            yield await ActiveDirectoryTarget.open(
                "fabrikam", self.sync, self.faulty, standing, password=lambda: "Random-2026-random!"
            )

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        await self.world_now.foreign(address, name, stamp.text if stamp else "")

    async def foreign_group(self, address: str, name: str) -> None:
        await self.world_now.foreign_group(address, name)

    async def meddle(self, key: str) -> None:
        await self.world_now.meddle(key)

    async def photo(self, target: Target, key: str) -> bytes:
        found = await one(self.faulty, key, ("thumbnailPhoto",))
        return found.octets("thumbnailPhoto") if found else b""

    async def spoil(self) -> None:
        self.faulty.broken = True
