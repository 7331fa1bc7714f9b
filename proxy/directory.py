"""Who is in a group and which rooms there are: what is asked of a calendar system's directory, not of its calendars."""

from collections.abc import Sequence
from typing import Protocol

from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room, RoomList


class NoGroupsError(PeerError):
    """The system does not know how to expand a group, whichever is asked about."""


class Directory(Protocol):
    """One directory. Addresses are as that directory writes them, not as callers ask for them.

    A list is whole or it is not given: a page that never came, or a count that does not match, is a PeerError.
    ``hops`` are the systems like ours that made us ask, the nearest last; ours is told beside them.
    """

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        """Everybody in the group, nested groups flattened, each once; None where there is no group of that address.

        Raises PeerError where it cannot be told, PeerError(GROUP_TOO_LARGE) where there are more than ``most``, and
        NoGroupsError where this directory expands none at all.
        """
        ...

    async def room_lists(self, *, hops: Sequence[str] = ()) -> tuple[RoomList, ...]:
        """All room lists, in the directory's order. Raises PeerError."""
        ...

    async def rooms(self, room_list: Mailbox, *, hops: Sequence[str] = ()) -> tuple[Room, ...]:
        """The rooms of one list; empty where there is no list of that address. Raises PeerError."""
        ...
