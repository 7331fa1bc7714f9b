"""The people of a Google Workspace as a source: its users, and its groups and rooms where they are wanted."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from galsync.entries import Stamp
from galsync.side import Reading
from galsync.sides.side_by_side import each
from galsync.steps import Left
from protocols.google import people
from protocols.google.directory import API_URL
from protocols.google.patience import Pace, patient
from protocols.google.people import EVERYBODY, Found
from protocols.http import Send
from protocols.model.nesting import Nesting
from protocols.model.person import Kind, Person

_AT_ONCE: Final = 8  # questions about one group or photo; 2,400 questions a minute are allowed
_NAMED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is read beside the users: groups, their members, of whom each user is a member, rooms; photos, with a
    question for each; further attributes (see :func:`protocols.google.people.users`); one ``domain`` of the
    organisation instead of all."""

    groups: bool = True
    members: bool = False
    memberships: bool = False
    rooms: bool = True
    photos: bool = False
    attributes: tuple[str, ...] = ()
    domain: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the domain's administrator has to delegate for it, and no more."""
        found = [people.USERS_SCOPE]
        if self.groups or self.members or self.memberships:
            found.append(people.GROUPS_SCOPE)
        if self.members or self.memberships:
            found.append(people.MEMBERS_SCOPE)
        return (*found, people.ROOMS_SCOPE) if self.rooms else tuple(found)


class GoogleSource:
    """See :class:`galsync.side.Source`.

    Every reading is whole and gives no token: the Directory API has no question for what changed since, and no
    condition on the etag of a page is documented for its listings. 100,000 users are 200 pages.
    """

    def __init__(self, name: str, send: Send, wishes: Wishes, *, pace: Pace, api_url: str = API_URL) -> None:
        self._name, self._wishes, self._clock, self._api_url = name, wishes, pace.clock, api_url
        self._send = patient(send, pace)

    @property
    def name(self) -> str:
        """See :class:`galsync.side.Source`."""
        return self._name

    async def read(self, since: str | None = None) -> Reading:
        """See :class:`galsync.side.Source`; ``since`` is of no use."""
        del since
        wishes, sorting = self._wishes, _Sorting()
        now, api_url, domain = self._clock(), self._api_url, wishes.domain
        listed = people.users(self._send, attributes=wishes.attributes, domain=domain, api_url=api_url, as_of=now)
        users = await sorting.kept(listed)
        if wishes.photos:
            users = await self._with_photos(users, sorting.pictured, now)
        groups: list[Person] = []
        if wishes.groups or wishes.members or wishes.memberships:
            groups = await sorting.kept(people.groups(self._send, domain=domain, api_url=api_url, as_of=now))
        if wishes.members or wishes.memberships:
            groups = await self._with_members(groups, users, now)
        if wishes.memberships:
            users = _with_memberships(users, groups)
        if not wishes.groups:
            groups = []
        elif not wishes.members:
            groups = [replace(group, members=()) for group in groups]
        rooms: list[Person] = []
        if wishes.rooms:
            rooms = await sorting.kept(people.rooms(self._send, api_url=api_url, as_of=now))
        return Reading(people=(*users, *groups, *rooms), left=dict(sorting.left), named=tuple(sorting.named))

    async def _with_members(self, groups: Sequence[Person], users: Sequence[Person], now: datetime) -> list[Person]:
        everybody = tuple(user.primary.address for user in users if user.primary)

        async def filled(group: Person) -> Person:
            found = await people.members(self._send, group.anchor, api_url=self._api_url, as_of=now)
            if EVERYBODY in found:
                found = tuple(dict.fromkeys((*everybody, *(one for one in found if one != EVERYBODY))))
            return replace(group, members=found)

        return await each(filled, groups, at_once=_AT_ONCE)

    async def _with_photos(self, users: Sequence[Person], pictured: Collection[str], now: datetime) -> list[Person]:
        async def filled(user: Person) -> Person:
            photo = await people.photo(self._send, user.anchor, api_url=self._api_url, as_of=now)
            return replace(user, photo=photo)

        found = {
            one.anchor: one
            for one in await each(filled, [one for one in users if one.anchor in pictured], at_once=_AT_ONCE)
        }
        return [found.get(one.anchor, one) for one in users]


class _Sorting:
    """Tells the people of this organisation from those who are left out, and counts these."""

    def __init__(self) -> None:
        self.left: Counter[Left] = Counter()
        self.named: list[tuple[str, Left]] = []
        self.pictured: set[str] = set()
        self._seen: set[tuple[Kind, str]] = set()

    async def kept(self, found: AsyncIterator[list[Found]]) -> list[Person]:
        return [one.person async for page in found for one in page if self._stays(one)]

    def _stays(self, one: Found) -> bool:
        person = one.person
        key = (person.kind, person.anchor)
        if key in self._seen:  # who was moved to a later page while they were read
            return False
        self._seen.add(key)
        why = Left.CONTACT if one.guest else Left.OURS if any(map(Stamp.read, one.marks)) else None
        if why is None:
            if one.pictured:
                self.pictured.add(person.anchor)
            return True
        self.left[why] += 1
        if len(self.named) < _NAMED:
            self.named.append((person.primary.address if person.primary else person.anchor, why))
        return False


def _with_memberships(users: Sequence[Person], groups: Sequence[Person]) -> list[Person]:
    """Who is in which groups, at any depth."""
    of: dict[str, list[str]] = {}
    for group in groups:
        if group.primary:
            for member in group.members:
                of.setdefault(member, []).append(group.primary.address)
    nesting = Nesting(of)
    return [
        replace(user, groups=tuple(sorted(nesting.all_of(of[user.primary.address]))))
        if user.primary and user.primary.address in of
        else user
        for user in users
    ]
