"""Flattens groups in groups, for the directories that tell one level at a time."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox

Level: TypeAlias = Callable[[Mailbox], Awaitable[GroupLevel | None]]
_MOST_GROUPS: Final = 200  # calls for one group


async def flattened(level: Level, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
    """Everybody in ``group`` and in the groups below, each once, the nearest first; None where it is no group.

    A group that is in itself, however far down, ends there. Raises what ``level`` raises, INCOMPLETE where a group
    below cannot be read, and GROUP_TOO_LARGE where there are more than ``most`` people, or hundreds of groups.
    """
    top = await level(group)
    if top is None:
        return None
    people: dict[str, Mailbox] = {}
    groups = {group.address: group}
    waiting = [top]
    for found in waiting:  # it grows meanwhile
        people.update((one.address, one) for one in found.people if one.address not in people)
        if most is not None and len(people) > most:
            raise PeerError(Reason.GROUP_TOO_LARGE, f"more than {most} members")
        for one in found.groups:
            if one.address in groups:
                continue
            groups[one.address] = one
            if len(groups) > _MOST_GROUPS:
                raise PeerError(Reason.GROUP_TOO_LARGE, f"more than {_MOST_GROUPS} groups in one")
            below = await level(one)
            if below is None:
                raise PeerError(Reason.INCOMPLETE, "a group in the group cannot be read")
            waiting.append(below)
    return tuple(people.values())
