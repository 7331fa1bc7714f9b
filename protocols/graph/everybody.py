"""Reads everybody of a Microsoft 365 directory: the first round of a delta query of users and of groups."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from protocols.errors import PeerError
from protocols.graph.by_id import by_id, contact_addresses, query_of
from protocols.graph.group_members import Members
from protocols.graph.paging import api
from protocols.graph.people import GROUP, Asked, Listed, group, identity, user
from protocols.graph.streamed import Expired, pages
from protocols.graph.told import Told, join, rooms_of, token_of
from protocols.http import Send
from protocols.model.freebusy import Reason


async def everybody(send: Send, asked: Asked, *, api_url: str, as_of: datetime) -> Told:
    """All users and groups as they are. All of them or PeerError.

    Who is told more than once is read again by id, and not found there is no proof that they are gone: what Graph finds
    may lag behind what it tells. INCOMPLETE, unless it told so.
    """
    links: dict[str, str] = {}
    try:
        rooms = await rooms_of(send, asked, api_url, as_of)
        found, links["users"] = await _users(send, asked, rooms, api_url, as_of)
        if asked.groups:
            members = Members()
            groups, links["groups"] = await _groups(send, asked, members, api_url, as_of)
            addresses = await _addresses(send, members, found, groups, api_url, as_of) if asked.follows else {}
            if asked.memberships:
                join(found, members.groups(addresses))
            told = addresses if asked.members else {}
            found |= {one: group(entry, members.of(one, told)) for one, entry in groups.items()}
    except Expired:
        raise PeerError(Reason.INCOMPLETE, "a page of a new reading was refused as too old") from None
    managers = {one: box.address for one, each in found.items() if (box := each.person.primary) is not None}
    return Told(listed=dict(sorted(found.items())), token=token_of(asked, links), managers=managers)


async def _users(
    send: Send, asked: Asked, rooms: frozenset[str], api_url: str, as_of: datetime
) -> tuple[dict[str, Listed], str]:
    select = (*asked.user, *(("manager",) if asked.manager else ()))
    url = f"{api(api_url)}/users/delta?{query_of({'$select': ','.join(select)})}"
    found: dict[str, Listed] = {}
    again: set[str] = set()  # told more than once, in an order that nobody promises
    removed: set[str] = set()
    token = ""
    async for page in pages(send, url, as_of=as_of):
        for entry in page.values:
            one = identity(entry)
            if "@removed" in entry:
                removed.add(one)
            if one in found or one in removed:
                again.add(one)
            else:
                found[one] = user(entry, asked, rooms=rooms)
        token = page.token
    if again:
        told = await by_id(
            send, "users", again, select=asked.user, api_url=api_url, as_of=as_of, manager=asked.manager
        )  # fmt: skip
        _all_found(again - removed, told)
        for one in again:
            found.pop(one, None)
        found |= {one: user(entry, asked, rooms=rooms) for one, entry in told.items()}
    return found, token


async def _groups(
    send: Send, asked: Asked, members: Members, api_url: str, as_of: datetime
) -> tuple[dict[str, dict[str, Any]], str]:
    select = (*GROUP, *(("members",) if asked.follows else ()))
    url = f"{api(api_url)}/groups/delta?{query_of({'$select': ','.join(select)})}"
    found: dict[str, dict[str, Any]] = {}
    again: set[str] = set()
    removed: set[str] = set()
    token = ""
    async for page in pages(send, url, as_of=as_of):
        for entry in page.values:
            one = identity(entry)
            members.take(one, entry.get("members@delta"))
            if "@removed" in entry:
                removed.add(one)
            if one in removed or (one in found and not entry.keys() <= {"id", "members@delta"}):
                again.add(one)
            else:  # a large group comes several times, with more of its members
                found.setdefault(one, {key: value for key, value in entry.items() if key != "members@delta"})
        token = page.token
    if again:
        told = await by_id(send, "groups", again, select=GROUP, api_url=api_url, as_of=as_of)
        _all_found(again - removed, told)
        found = {one: entry for one, entry in found.items() if one not in again} | told
    return found, token


def _all_found(asked: set[str], told: Mapping[str, object]) -> None:
    if missing := len(asked - told.keys()):
        raise PeerError(Reason.INCOMPLETE, f"{missing} who were told twice were not found again: they may be there")


async def _addresses(
    send: Send,
    members: Members,
    users: Mapping[str, Listed],
    groups: Mapping[str, Mapping[str, Any]],
    api_url: str,
    as_of: datetime,
) -> dict[str, str]:
    known = [*users.values(), *map(group, groups.values())]
    addresses = {each.person.anchor: each.person.primary.address for each in known if each.person.primary}
    if members.has_contacts:
        addresses |= await contact_addresses(send, api_url=api_url, as_of=as_of)
    return addresses
