"""Whose mailboxes get a list of contacts: everybody's, a group's, those that a filter takes, or a list of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from protocols.errors import PeerError
from protocols.graph.by_id import query_of, room_addresses
from protocols.graph.groups import members
from protocols.graph.paging import api
from protocols.graph.people import Asked, user
from protocols.graph.streamed import Expired, pages
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person

Places: TypeAlias = Callable[[], Awaitable[Mapping[str, str]]]
"""The address of each mailbox, and by what Graph is asked for it: an id, or the address where nothing else is known.
Raises PeerError."""
PERMISSIONS: Final = ("User.Read.All", "GroupMember.Read.All", "Place.Read.All")
"""What the application needs: members of groups only where a group is named; rooms are known by their addresses."""
_PAGE: Final = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """Every user of the organisation who has an address and is of a kind that is asked for.

    Guests are never there: they have no mailbox. Who has an address in a domain that is not among ``domains`` is a mail
    user and has none here either; empty for not to tell by that. ``blocked`` takes those who may not sign in, such as
    shared mailboxes, ``rooms`` rooms; without ``tells_rooms`` nobody is asked which they are (Place.Read.All), and a
    room is a user, as a rule one who may not sign in. ``takes`` judges who is left.
    """

    send: Send
    api_url: str
    clock: Callable[[], datetime]
    domains: frozenset[str] = frozenset()
    blocked: bool = False
    rooms: bool = False
    tells_rooms: bool = True
    takes: Callable[[Person], bool] = lambda person: True

    async def __call__(self) -> Mapping[str, str]:
        """Whom there are, in the order of their addresses. All of them or PeerError."""
        now = self.clock()
        asked = Asked(groups=False, domains=self.domains)
        rooms: frozenset[str] = frozenset()
        if self.tells_rooms:
            rooms = await room_addresses(self.send, api_url=self.api_url, as_of=now)
        query = query_of({"$select": ",".join(asked.user), "$top": str(_PAGE)})
        found: dict[str, str] = {}
        try:
            async for page in pages(self.send, f"{api(self.api_url)}/users?{query}", as_of=now):
                for person in (user(entry, asked, rooms=rooms).person for entry in page.values):
                    if person.primary is not None and self._is_wanted(person):
                        found[person.primary.address] = person.anchor
        except Expired:
            raise PeerError(Reason.INCOMPLETE, "a page of the users is not there any more") from None
        return dict(sorted(found.items()))

    def _is_wanted(self, person: Person) -> bool:
        kinds = {Kind.USER, Kind.ROOM} if self.rooms else {Kind.USER}
        return person.kind in kinds and (self.blocked or not person.disabled) and self.takes(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Those of ``everybody`` who are in the group with this address, or in a group within it."""

    everybody: Everybody
    group: Mailbox

    async def __call__(self) -> Mapping[str, str]:
        """Whom there are. Raises PeerError, NO_SUCH_MAILBOX where there is no such group."""
        every = self.everybody
        inside = await members(every.send, self.group, api_url=every.api_url, as_of=every.clock())
        if inside is None:
            raise PeerError(Reason.NO_SUCH_MAILBOX, f"no group has the address {self.group}")
        addresses = {box.address for box in inside}
        return {address: key for address, key in (await every()).items() if address in addresses}


@dataclass(frozen=True, slots=True)
class Listed:
    """The mailboxes that somebody wrote down, whatever they are, each once and in their order."""

    mailboxes: Sequence[Mailbox]

    async def __call__(self) -> Mapping[str, str]:
        """Whom there are; Graph is not asked."""
        return {box.address: box.address for box in self.mailboxes}
