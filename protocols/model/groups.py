"""One level of a group: who is in it directly, and which groups."""

from dataclasses import dataclass

from protocols.model.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class GroupLevel:
    """``people`` are all members that are no groups, rooms and contacts among them; ``groups`` are to be asked about
    in their turn."""

    people: tuple[Mailbox, ...]
    groups: tuple[Mailbox, ...] = ()
