"""Rooms that can be booked, and the lists in which a directory offers them."""

from dataclasses import dataclass
from enum import Enum

from protocols.model.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class RoomList:
    """A named list of rooms; it has an address, as a distribution list has."""

    name: str
    address: Mailbox


@dataclass(frozen=True, slots=True)
class Room:
    """One room. ``building`` and ``capacity`` (people) are None where the directory does not tell them."""

    name: str
    address: Mailbox
    building: str | None = None
    capacity: int | None = None


class NoRooms(Enum):
    """Why nothing is told of a list; whether it is unknown or forbidden must not be told apart.

    CIRCLE: the question came back to a system that it had been at.
    """

    NO_LIST = "no-list"
    UNREADABLE = "unreadable"
    CIRCLE = "circle"
