"""Reads who of a Microsoft 365 directory has changed: the further rounds of a delta query of users and of groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from protocols.graph.by_id import by_id
from protocols.graph.changed_groups import changed_groups, memberships
from protocols.graph.group_members import Members
from protocols.graph.people import Asked, Listed, address, identity, user
from protocols.graph.streamed import Expired, pages
from protocols.graph.told import Told, join, links_in, rooms_of, token_of
from protocols.http import Send


async def changed(send: Send, asked: Asked, token: str, *, api_url: str, as_of: datetime) -> Told:
    """Who changed since ``token``, whole and as they are now, and who is gone.

    Graph promises no more than the properties that changed, so that everybody is read again by id: what is missing is
    never taken for empty. Replays change nothing. Where members are asked for, a changed user's groups are told as
    well, for a new address of a member does not change the group; where memberships are, whoever came or went.
    Raises Expired where the token is not good (any more), of another wish or of another origin, or does not lead to all
    who changed; PeerError.
    """
    links = links_in(asked, token, api_url)
    users = await _chain(send, links["users"], as_of)
    groups = await _chain(send, links["groups"], as_of) if asked.groups else _Chain()
    ids = dict.fromkeys((*users.seen, *(groups.members.touched if asked.memberships else ())))
    found = await by_id(
        send, "users", ids, select=asked.user, api_url=api_url, as_of=as_of, manager=asked.manager
    )  # fmt: skip
    rooms = await rooms_of(send, asked, api_url, as_of) if found else frozenset()
    listed = {one: user(entry, asked, rooms=rooms) for one, entry in found.items()}
    belong = await memberships(send, asked, listed, api_url=api_url, as_of=as_of)
    if asked.memberships:
        join(listed, {one: sorted(filter(None, theirs.values())) for one, theirs in belong.items()})
    touched = [one for theirs in belong.values() for one in theirs] if asked.members else []
    told = await changed_groups(send, asked, (*groups.seen, *touched), api_url=api_url, as_of=as_of)
    gone = sorted((*users.gone(found), *groups.gone(told)))
    managers = await _managers(send, listed.values(), api_url, as_of) if asked.manager else {}
    links |= {"users": users.token, **({"groups": groups.token} if asked.groups else {})}
    everyone = dict(sorted((listed | told).items()))
    return Told(listed=everyone, gone=tuple(gone), token=token_of(asked, links), managers=managers)


@dataclass(slots=True)
class _Chain:
    """What a round of changes told: ids in order, those told to be gone among them, and the next token."""

    seen: dict[str, None] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    members: Members = field(default_factory=Members)
    token: str = field(default="", repr=False)

    def gone(self, found: Mapping[str, object]) -> list[str]:
        """Who is gone: told so, and not found. Raises Expired where somebody is not found and not told to be gone (not
        everywhere yet, or hidden from us): a reading of everybody is right whatever the reason, and ends it."""
        missing = [one for one in self.seen if one not in found]
        if not self.removed.issuperset(missing):
            raise Expired
        return missing


async def _chain(send: Send, link: str, as_of: datetime) -> _Chain:
    chain = _Chain()
    async for page in pages(send, link, as_of=as_of):
        for entry in page.values:
            one = identity(entry)
            chain.seen[one] = None
            chain.members.take(one, entry.get("members@delta"))
            if "@removed" in entry:
                chain.removed.add(one)
        chain.token = page.token
    return chain


async def _managers(send: Send, listed: Iterable[Listed], api_url: str, as_of: datetime) -> dict[str, str]:
    wanted = {each.manager for each in listed if each.manager}
    select = ("id", "mail", "proxyAddresses")
    found = await by_id(send, "users", sorted(wanted), select=select, api_url=api_url, as_of=as_of)
    read = {one: address(entry) for one, entry in found.items()}
    return {one: box.address for one, box in read.items() if box is not None}
