"""What a reading of a Microsoft 365 directory says, and the token by which the next one goes on from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from protocols.errors import PeerError
from protocols.graph.by_id import room_addresses
from protocols.graph.paging import api
from protocols.graph.people import Asked, Listed
from protocols.graph.streamed import Expired, origin
from protocols.http import Send
from protocols.model.freebusy import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the directory said: ``listed`` by id in order, ``gone`` the ids of who is not there any more.

    ``token`` is handed in the next time; ``managers`` are addresses by id, of those who are named as one.
    """

    listed: Mapping[str, Listed]
    gone: tuple[str, ...] = ()
    token: str = field(repr=False)
    managers: Mapping[str, str] = field(default_factory=dict)


async def rooms_of(send: Send, asked: Asked, api_url: str, as_of: datetime) -> frozenset[str]:
    """The addresses of all rooms, where they are asked for. Raises PeerError."""
    return await room_addresses(send, api_url=api_url, as_of=as_of) if asked.rooms else frozenset()


def join(listed: dict[str, Listed], groups: Mapping[str, Sequence[str]]) -> None:
    """Adds to each user the addresses of their groups, sorted."""
    for one, theirs in groups.items():
        if one in listed:
            person = replace(listed[one].person, groups=tuple(sorted(set(theirs))))
            listed[one] = replace(listed[one], person=person)


def token_of(asked: Asked, links: Mapping[str, str]) -> str:
    """The delta links with what was asked for. Raises PeerError where one is missing."""
    if not all(links.values()):
        raise PeerError(Reason.INCOMPLETE, "the last page names no delta link")
    return orjson.dumps({"asked": asked.mark, **links}).decode()


def links_in(asked: Asked, token: str, api_url: str) -> dict[str, str]:
    """The links in ``token``. Raises Expired for what is not ours: it would be asked with our credential."""
    try:
        told = orjson.loads(token)
    except orjson.JSONDecodeError:
        raise Expired from None
    names = ("users", "groups") if asked.groups else ("users",)
    if not isinstance(told, dict) or told.get("asked") != asked.mark:
        raise Expired
    links = {name: str(told.get(name, "")) for name in names}
    if any(origin(link) != origin(api(api_url)) for link in links.values()):
        raise Expired
    return links
