"""An Active Directory as a target: contacts, mail users and groups in one unit, for Exchange Server's address book."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

import structlog

from galsync.entries import Form, Held
from galsync.side import Ability, Outcome, Visible, Written
from galsync.sides.active_directory_groups import members_of
from galsync.sides.active_directory_held import ATTRIBUTES, everything_filter, filters_of, held
from galsync.sides.active_directory_names import Addressbook
from galsync.sides.active_directory_writing import Writing
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.ldap.attributes import HIDDEN, MANAGER, PHOTO, Schema, known_filter
from protocols.ldap.changes import is_group
from protocols.ldap.filters import checked
from protocols.ldap.operations import Scope, Search
from protocols.ldap.recipients import Manner
from protocols.ldap.replies import Found
from protocols.ldap.searching import PAGE, Ask, everything, matching, named, one, pages
from protocols.ldap.tracking import Root, root
from protocols.model.freebusy import Reason
from protocols.model.stamps import is_stamp

_FORMS: Final = frozenset({Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP})
_PHOTO: Final = 102_400  # rangeUpper of thumbnailPhoto, [MS-ADA3]
_BATCH: Final = 20
_log = structlog.get_logger("busyline.galsync")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where entries stand and how: the distinguished name of the unit, the address lists that they belong to, and the
    attribute of the stamp where it shall not be the schema's default (``Schema.stamp``)."""

    unit: str
    lists: tuple[str, ...] = ()
    stamp: str = ""
    page: int = PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveDirectoryTarget:
    """See :class:`galsync.side.Target`; :meth:`open` makes one. A key is a distinguished name, a version uSNChanged.

    New objects go into one unit; what could clash is looked for in its whole domain, not in the forest's other domains.
    The numbers are one domain controller's own: where the line comes to another one, steps that were planned before
    fail as changed meanwhile, and the next run plans them again. ``missing`` are the attributes that the schema does
    not know, so that they are left out of everything. Exchange shows new objects after Update-Recipient has run.
    """

    name: str
    sync: str
    ask: Ask = field(repr=False)
    standing: Standing
    here: Root
    manner: Manner
    password: Callable[[], str] = field(repr=False)

    @classmethod
    async def open(cls, name: str, sync: str, ask: Ask, standing: Standing, *, password: Callable[[], str]) -> Self:
        """Reads once what the directory can do. ``password`` makes one for an account that nobody signs in to.

        Raises PeerError where the unit is not there.
        """
        here = await root(ask)
        if await one(ask, standing.unit, ("1.1",)) is None:
            raise PeerError(
                Reason.NO_SUCH_MAILBOX, "the unit is not there: check unit, and whether the account sees it"
            )
        search = Search(base=here.schema, scope=Scope.ONE, filter=known_filter(), attributes=("lDAPDisplayName",))
        names = frozenset(found.text("lDAPDisplayName").lower() for found in await everything(ask, search))
        manner = Manner(schema=Schema(names), stamp_in=standing.stamp, lists=standing.lists)
        if not manner.schema.exchange:
            _log.warning("directory without Exchange", target=name, left_out=manner.schema.missing)
        checked(f"({manner.stamp}=*)")
        return cls(name=name, sync=sync, ask=ask, standing=standing, here=here, manner=manner, password=password)

    @property
    def missing(self) -> tuple[str, ...]:
        """The attributes that are left out, since the schema does not know them."""
        return self.manner.schema.missing

    @property
    def ability(self) -> Ability:
        """See :class:`galsync.side.Target`. Without Exchange's attributes nothing can be hidden."""
        hides = self.manner.schema.knows(HIDDEN)
        photos = _PHOTO if self.manner.schema.knows(PHOTO) else 0
        return Ability(batch=_BATCH, hides=hides, photos=photos, links=True, forms=_FORMS, visible=Visible.ADDRESS_BOOK)

    async def places(self) -> Sequence[str]:
        """See :class:`galsync.side.Target`."""
        return ("",)

    async def held(self, place: str) -> AsyncIterator[Held]:
        """See :class:`galsync.side.Target`."""
        del place
        search = Search(base=self.here.domain, filter=everything_filter(self.manner.stamp), attributes=self._attributes)
        groups: list[Found] = []
        async for page in pages(self.ask, search, size=self.standing.page):
            if page.referrals:
                _log.warning("directory elsewhere", target=self.name, places=page.referrals)
            groups += filter(self._has_members, page.entries)
            for each in await self._held([entry for entry in page.entries if not self._has_members(entry)]):
                yield each
        for each in await self._held(groups):  # in the end, for many have the same members
            yield each

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """See :class:`galsync.side.Target`. Photos are told here alone: of everybody they would be gigabytes."""
        del place
        items = named(keys) + [each for address in addresses for each in filters_of(address)]
        search = Search(base=self.here.domain, attributes=(*self._attributes, PHOTO))
        return await self._held(await matching(self.ask, search, items))

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """See :class:`galsync.side.Target`."""
        del place
        writing = Writing(
            ask=self.ask,
            domain=self.here.domain,
            unit=self.standing.unit,
            sync=self.sync,
            manner=self.manner,
            attributes=self._attributes,
            password=self.password,
        )
        outcomes = [await writing.done(step) for step in steps]
        versions = await writing.versions([each.key for each in outcomes if isinstance(each, Written) and each.key])
        return [
            replace(each, version=versions.get(each.key.lower(), "")) if isinstance(each, Written) else each
            for each in outcomes
        ]

    @property
    def _attributes(self) -> tuple[str, ...]:
        return (*ATTRIBUTES, self.manner.stamp) if self.manner.stamp not in ATTRIBUTES else ATTRIBUTES

    async def _held(self, entries: Sequence[Found]) -> list[Held]:
        book = Addressbook()
        managers = {each.readable().text(MANAGER) for each in entries if self._is_stamped(each)} - {""}
        members = await members_of(self.ask, [each for each in entries if self._has_members(each)])
        if linked := managers.union(*members.values()):
            await book.look(self.ask, self.here.domain, linked)
        return [held(each, self.manner.stamp, book, members=members.get(each.dn, ())) for each in entries]

    def _is_stamped(self, found: Found) -> bool:
        return is_stamp(found.readable().text(self.manner.stamp))

    def _has_members(self, found: Found) -> bool:
        """Of groups that nobody of us made the members are not asked for."""
        return self._is_stamped(found) and is_group(found)
