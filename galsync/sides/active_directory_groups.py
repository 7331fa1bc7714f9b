"""Reads the members of groups of an Active Directory, however many, and finds who is to come and who is to go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from galsync.entries import Entry, Held
from galsync.sides.active_directory_names import names_of
from protocols.ldap.attributes import MEMBER
from protocols.ldap.replies import Found
from protocols.ldap.searching import Ask, complete, one

_ASKED: Final = (MEMBER,)


@dataclass(frozen=True, slots=True)
class Differing:
    """The distinguished names that a group's members lack and have too many; ``missing`` are addresses of nobody."""

    add: tuple[str, ...]
    take: tuple[str, ...]
    missing: tuple[str, ...]


async def members_of(ask: Ask, groups: Iterable[Found]) -> Mapping[str, Sequence[str]]:
    """The distinguished names of the members of each group, by that of the group; those who come in ranges, too.

    A group that went meanwhile is left out. Raises PeerError.
    """
    found: dict[str, Sequence[str]] = {}
    for group in groups:
        told = await one(ask, group.dn, _ASKED)
        if told is not None:
            found[group.dn] = (await complete(ask, told, MEMBER)).readable().texts(MEMBER)
    return found


async def differing(ask: Ask, domain: str, group: Found, entry: Entry, held: Held | None) -> Differing:
    """What has to change in ``group`` so that its members are those of ``entry``; of others those alone go whom
    ``held`` told, so that who has no address, and who was added meanwhile, stays. Raises PeerError."""
    gone = {each.lower() for each in held.members} - {each.lower() for each in entry.members} if held else set[str]()
    known = await names_of(ask, domain, (*entry.members, *gone))
    there = {dn.lower() for dn in (await members_of(ask, [group])).get(group.dn, ())}
    wanted = {known[name.lower()]: None for name in entry.members if name.lower() in known}
    kept = {dn.lower() for dn in wanted}
    leaving = {known[name]: None for name in sorted(gone) if name in known}
    return Differing(
        add=tuple(dn for dn in wanted if dn.lower() not in there),
        take=tuple(dn for dn in leaving if dn.lower() in there and dn.lower() not in kept),
        missing=tuple(name for name in entry.members if name.lower() not in known),
    )
