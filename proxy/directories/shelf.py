"""The room lists of all directories, kept: people who choose a room wait for no directory."""

import asyncio
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeAlias, TypeVar

from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList
from proxy.connector import Clock
from proxy.directories.kept import Kept
from proxy.directory import Directory

_K = TypeVar("_K", bound=Hashable)
_T = TypeVar("_T")

Hops: TypeAlias = tuple[str, ...]
"""The systems like ours that a request came through, the nearest last."""


@dataclass(frozen=True, slots=True)
class WrittenList:
    """A list of the configuration, its rooms as callers ask for them."""

    name: str
    address: Mailbox
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class _Shelved:
    lists: Kept[Hops, tuple[RoomList, ...]]
    rooms: Kept[tuple[Hops, str], tuple[Room, ...]]


class RoomShelf:
    """``directories`` by the names of their connectors, with how long their answers are kept.

    What is kept is kept by the hops of who asked: another Busyline tells each of us other rooms than its own, and two
    that share a question would wait for each other.
    """

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
                Kept(name, partial(_lists_of, directory), keep=keep, clock=clock),
                Kept(name, partial(_rooms_of, directory), keep=keep, clock=clock),
            )
            for name, (directory, keep) in directories.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The connectors whose directories have rooms."""
        return tuple(self._shelves)

    async def lists(self, via: str, hops: Hops = ()) -> tuple[RoomList, ...] | PeerError:
        """The lists of the connector ``via``, or why there are none to be had."""
        return await _told(self._shelves[via].lists, hops)

    async def rooms(self, via: str, room_list: Mailbox, hops: Hops = ()) -> tuple[Room, ...] | PeerError:
        """The rooms of a list, which is as the connector ``via`` knows it, or why there are none to be had."""
        return await _told(self._shelves[via].rooms, (hops, room_list.address))

    def failures(self, via: str) -> int:
        """How many calls to the directory of the connector ``via`` brought nothing."""
        return self._shelves[via].lists.failures + self._shelves[via].rooms.failures

    async def close(self) -> None:
        """End the calls under way."""
        for shelf in self._shelves.values():
            await shelf.lists.close()
            await shelf.rooms.close()


async def _told(kept: Kept[_K, tuple[_T, ...]], key: _K) -> tuple[_T, ...] | PeerError:
    known = kept.look(key)
    return await asyncio.shield(kept.ask(key)) if known is None else known


async def _lists_of(directory: Directory, hops: Hops) -> tuple[RoomList, ...]:
    return await directory.room_lists(hops=hops)


async def _rooms_of(directory: Directory, key: tuple[Hops, str]) -> tuple[Room, ...]:
    hops, address = key
    return await directory.rooms(Mailbox(address, address), hops=hops)
