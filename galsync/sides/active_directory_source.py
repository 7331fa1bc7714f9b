"""The people of an Active Directory as a source: read whole by pages, and afterwards what changed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from galsync.side import Reading
from galsync.sides.active_directory_names import Addressbook, fingerprint
from galsync.sides.active_directory_nesting import nesting
from galsync.steps import Left
from protocols.ldap.attributes import PHOTO
from protocols.ldap.filters import checked
from protocols.ldap.names import guid_octets, guid_text, quoted
from protocols.ldap.operations import Search
from protocols.ldap.people import ATTRIBUTES, FILTER, Out, Read, read_person
from protocols.ldap.replies import Found
from protocols.ldap.searching import PAGE, Ask, complete, matching, pages
from protocols.ldap.tracking import Changed, Root, mark, root, since
from protocols.model.nesting import Nesting
from protocols.model.person import Field, Person

_LEFT: Final = {
    Out.CONTACT: Left.CONTACT,
    Out.OURS: Left.OURS,
    Out.BAD_ADDRESS: Left.BAD_ADDRESS,
    Out.GARBLED: Left.GARBLED,
}
_NAMED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is read, and from where.

    ``base`` is the unit, the whole domain where it is empty; ``filter`` (RFC 4515) narrows further. ``members`` are
    those of groups; ``memberships`` the groups of each person, which a directory tells in whole readings alone.
    ``photos`` are read, too (thumbnailPhoto).
    ``attributes`` are further ones; ``stamp`` is one more that may hold a stamp of ours. Raises FilterError.
    """

    base: str = ""
    filter: str = ""
    members: bool = False
    memberships: bool = False
    photos: bool = False
    attributes: tuple[str, ...] = ()
    stamp: str = ""
    page: int = PAGE

    def __post_init__(self) -> None:
        if self.filter:
            checked(self.filter)

    @property
    def names(self) -> tuple[str, ...]:
        """Every attribute that is asked for, none twice."""
        more = (("member", self.members), ("memberOf", self.memberships), (PHOTO, self.photos))
        links = [name for name, asked in more if asked]
        stamp = [self.stamp] if self.stamp else []
        wanted = [*ATTRIBUTES, *links, *stamp, *self.attributes]
        return tuple({name.lower(): name for name in wanted}.values())

    def search(self, here: Root) -> Search:
        """The search that finds everybody."""
        return Search(base=self.base or here.domain, filter=f"(&{FILTER}{self.filter})", attributes=self.names)


class ActiveDirectorySource:
    """See :class:`galsync.side.Source`. The anchor is the objectGUID.

    A reading of changes never believes what the change itself says of a value, empty ones least of all: it takes the
    names of what changed, and reads these whole. Who is not found then any more, by the same base and filter, is gone.
    A token of other wishes, or one that the domain controller does not take, gives a whole reading.
    """

    def __init__(self, name: str, ask: Ask, wishes: Wishes) -> None:
        self._name, self._ask, self._wishes = name, ask, wishes

    @property
    def name(self) -> str:
        """See :class:`galsync.side.Source`."""
        return self._name

    async def read(self, since: str | None = None) -> Reading:
        """See :class:`galsync.side.Source`."""
        here = await root(self._ask)
        changed = await self._changed(here, since)
        if changed is None:
            return await self._whole(here)
        sorting = _Sorting(self._wishes)
        for found in await self._again(here, changed.changed):
            await sorting.take(self._ask, found)
        people = await sorting.people(self._ask, here)
        there = {person.anchor for person in people}
        gone = tuple(sorted((changed.changed - there) | changed.deleted))
        return sorting.reading(people, whole=False, gone=gone, token=self._signed(here, changed.token))

    async def _whole(self, here: Root) -> Reading:
        """The token is of before the first page: what changes while they come is told again next time."""
        token = None if self._wishes.memberships else await mark(self._ask, here)
        sorting = _Sorting(self._wishes)
        async for page in pages(self._ask, self._wishes.search(here), size=self._wishes.page):
            sorting.refer(page.referrals)
            for found in page.entries:
                await sorting.take(self._ask, found)
        people = await sorting.people(self._ask, here)
        return sorting.reading(people, token=self._signed(here, token) if token else None)

    async def _changed(self, here: Root, token: str | None) -> Changed | None:
        mark_of_wishes, _, text = (token or "").partition("/")
        if not text or mark_of_wishes != fingerprint(here.domain, self._wishes) or self._wishes.memberships:
            return None
        return await since(self._ask, here, text, self._wishes.names)

    async def _again(self, here: Root, guids: Iterable[str]) -> Sequence[Found]:
        items = [f"(objectGUID={quoted(guid_octets(guid))})" for guid in guids]
        return await matching(self._ask, self._wishes.search(here), items)

    def _signed(self, here: Root, token: str) -> str:
        return f"{fingerprint(here.domain, self._wishes)}/{token}"


class _Sorting:
    """Sorts what is found into people and those who are left out; then puts addresses where names stood."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._read: dict[str, Read] = {}
        self._left: Counter[Left] = Counter()
        self._named: list[tuple[str, Left]] = []
        self._seen: set[bytes] = set()

    async def take(self, ask: Ask, found: Found) -> None:
        """Somebody, once: who is moved while the pages come may come again."""
        guid = found.octets("objectGUID")
        if guid in self._seen:
            return
        self._seen.add(guid)
        if self._wishes.members:
            found = await complete(ask, found, "member")
        if self._wishes.memberships:
            found = await complete(ask, found, "memberof")
        read = read_person(found, stamp=self._wishes.stamp, attributes=self._wishes.attributes)
        if isinstance(read, Read):
            self._read[read.person.anchor] = read
        else:
            self._leave(_name(found), _LEFT[read])

    def refer(self, urls: Iterable[str]) -> None:
        """Parts of the directory that lie elsewhere: they are no result, and are named."""
        for url in urls:
            self._leave(url, Left.GARBLED)

    def _leave(self, name: str, why: Left) -> None:
        self._left[why] += 1
        if len(self._named) < _NAMED:
            self._named.append((name, why))

    async def people(self, ask: Ask, here: Root) -> tuple[Person, ...]:
        """Everybody, with the addresses of managers, members and groups."""
        book = Addressbook((read.dn, read.person.primary) for read in self._read.values())
        above = await nesting(ask, here.domain, (group for read in self._read.values() for group in read.groups))
        links = (name for read in self._read.values() for name in _links(read))
        await book.look(ask, here.domain, chain(links, above.groups))
        # never all of it twice
        return tuple(_addressed(self._read.pop(anchor), book, above) for anchor in list(self._read))

    def reading(
        self, people: Sequence[Person], *, whole: bool = True, gone: tuple[str, ...] = (), token: str | None = None
    ) -> Reading:
        """What was found."""
        return Reading(
            people=people, whole=whole, gone=gone, token=token, left=dict(self._left), named=tuple(self._named)
        )


def _links(read: Read) -> tuple[str, ...]:
    return (*([read.manager] if read.manager else ()), *read.members)


def _addressed(read: Read, book: Addressbook, above: Nesting) -> Person:
    person = read.person
    manager = book.address(read.manager)
    texts = {**person.texts, Field.MANAGER: manager} if manager else person.texts
    if texts is person.texts and not read.members and not read.groups:
        return person
    groups = book.addresses(above.all_of(group.lower() for group in read.groups))
    return replace(person, texts=texts, members=book.addresses(read.members), groups=groups)


def _name(found: Found) -> str:
    octets = found.octets("objectGUID")
    try:
        return found.text("mail") or (guid_text(octets) if len(octets) == 16 else found.dn)
    except ValueError:
        return guid_text(octets) if len(octets) == 16 else found.dn
