"""The room lists of all directories, kept: people who choose a room wait for no directory."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList
from proxy.connector import Clock
from proxy.directories.kept import Kept
from proxy.directory import Directory

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class WrittenList:
    """A list of the configuration, its rooms as callers ask for them."""

    name: str
    address: Mailbox
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class _Shelved:
    lists: Kept[str, tuple[RoomList, ...]]
    rooms: Kept[str, tuple[Room, ...]]


class RoomShelf:
    """``directories`` by the names of their connectors, with how long their answers are kept."""

    def __init__(
        self,
        directories: Mapping[str, tuple[Directory, timedelta]],
        *,
        clock: Clock,
        written: tuple[WrittenList, ...] = (),
    ) -> None:
        self.written = written
        self._shelves = {
            name: _Shelved(
                Kept(name, partial(_lists_of, directory), keep=_always(keep), clock=clock),
                Kept(name, partial(_rooms_of, directory), keep=_always(keep), clock=clock),
            )
            for name, (directory, keep) in directories.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The connectors whose directories have rooms."""
        return tuple(self._shelves)

    async def lists(self, via: str) -> tuple[RoomList, ...] | PeerError:
        """The lists of the connector ``via``, or why there are none to be had."""
        return await _told(self._shelves[via].lists, "")

    async def rooms(self, via: str, room_list: Mailbox) -> tuple[Room, ...] | PeerError:
        """The rooms of a list, which is as the connector ``via`` knows it, or why there are none to be had."""
        return await _told(self._shelves[via].rooms, room_list.address)

    def failures(self, via: str) -> int:
        """How many calls to the directory of the connector ``via`` brought nothing."""
        return self._shelves[via].lists.failures + self._shelves[via].rooms.failures

    async def close(self) -> None:
        """End the calls under way."""
        for shelf in self._shelves.values():
            await shelf.lists.close()
            await shelf.rooms.close()


async def _told(kept: Kept[str, tuple[_T, ...]], key: str) -> tuple[_T, ...] | PeerError:
    known = kept.look(key)
    return await asyncio.shield(kept.ask(key)) if known is None else known


def _always(keep: timedelta) -> Callable[[object], timedelta]:
    return lambda _: keep


async def _lists_of(directory: Directory, _: str) -> tuple[RoomList, ...]:
    return await directory.room_lists()


async def _rooms_of(directory: Directory, address: str) -> tuple[Room, ...]:
    return await directory.rooms(Mailbox(address, address))
