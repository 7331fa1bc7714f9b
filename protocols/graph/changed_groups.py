"""Reads groups that changed again with their members, and the memberships of users."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from protocols.graph.by_id import by_id, groups_of, members_of
from protocols.graph.people import GROUP, Asked, Listed, group
from protocols.http import Send


async def memberships(
    send: Send, asked: Asked, users: Iterable[str], *, api_url: str, as_of: datetime
) -> dict[str, Mapping[str, str]]:
    """The groups of each of ``users``, addresses by id; nothing where it does not matter. One request a user.

    Raises PeerError.
    """
    if not asked.follows:
        return {}
    return {one: await groups_of(send, one, api_url=api_url, as_of=as_of) for one in users}


async def changed_groups(
    send: Send, asked: Asked, seen: Iterable[str], *, api_url: str, as_of: datetime
) -> dict[str, Listed]:
    """The groups ``seen`` by id, as they are now; who is gone is left out.

    One request for fifteen groups, and with members one for each group. Raises PeerError.
    """
    found = await by_id(send, "groups", seen, select=GROUP, api_url=api_url, as_of=as_of)
    listed: dict[str, Listed] = {}
    for one, entry in found.items():
        members = await members_of(send, one, api_url=api_url, as_of=as_of) if asked.members else ()
        listed[one] = group(entry, members)
    return listed
