"""Contacts, mail users and groups of Exchange Online as a target, by an undocumented interface, for who opts in.

What Microsoft supports is the PowerShell script (:mod:`galsync.sides.powershell_target`); this does the same at once,
the way Microsoft's own module does, and may cease to work on any day.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from galsync.entries import Form, Held
from galsync.powershell.orders import MAIL, PERSONAL, STAMP_ATTRIBUTE
from galsync.side import Ability, Outcome, Visible
from galsync.sides.admin_cmdlets_groups import Members
from galsync.sides.admin_cmdlets_held import held_of, stamp_of
from galsync.sides.admin_cmdlets_pace import CmdletPace
from galsync.sides.admin_cmdlets_writing import Writing
from galsync.sides.patience import patient
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.graph.admin_reading import everything, named, some
from protocols.graph.admin_recipients import CUSTOM, GROUP, Recipient
from protocols.graph.cmdlet_errors import busy_told_plainly
from protocols.graph.cmdlets import UNDOCUMENTED, Endpoint
from protocols.graph.guests import change
from protocols.http import Send
from protocols.model.person import Field

DESCRIPTION: Final = f"write contacts and mail users of Exchange Online at once, by {UNDOCUMENTED}"
"""For the settings: nobody turns this on without having read the word."""
_AT_ONCE: Final = 2  # the pace allows no more


@dataclass(frozen=True, slots=True, kw_only=True)
class MailUsers:
    """What mail users are made with: the domain they would sign in with, a password that nobody knows, and what keeps
    them from signing in at all (the id of the account in the directory)."""

    sign_in_domain: str
    password: Callable[[], str] = field(repr=False)
    block: Callable[[str], Awaitable[PeerError | None]]


def blocking(
    send: Send, *, api_url: str, clock: Callable[[], datetime]
) -> Callable[[str], Awaitable[PeerError | None]]:
    """Blocks accounts from signing in by Graph, which documents that (User.EnableDisableAccount.All)."""

    async def block(account: str) -> PeerError | None:
        return await change(send, account, {"accountEnabled": False}, api_url=api_url, as_of=clock())

    return block


class AdminCmdletsTarget:
    """A ``Target`` of undocumented means. Mail users are written only with ``mail_users``: without a way to block their
    sign-in none is made.

    ``pace`` is shared by all who call cmdlets of the same organisation. The stamp stands in ``stamp_attribute``; until
    it is written it is the display name, so that an object whose making broke off is known again.
    """

    def __init__(
        self,
        name: str,
        send: Send,
        endpoint: Endpoint,
        *,
        sync: str,
        pace: CmdletPace,
        mail_users: MailUsers | None = None,
        stamp_attribute: str = STAMP_ATTRIBUTE,
    ) -> None:
        if stamp_attribute not in CUSTOM:
            raise ValueError(f"a stamp cannot stand in {stamp_attribute}: CustomAttribute1 to 15")
        self._name, self._endpoint, self._stamp_attribute = name, endpoint, stamp_attribute
        self._send = busy_told_plainly(pace.paced(send))
        self._clock, self._sleep = pace.clock, pace.sleep
        self._forms = frozenset({Form.MAIL_CONTACT, Form.GROUP, *([Form.MAIL_USER] if mail_users else [])})
        self._sync = sync
        self._writing = Writing(
            send=self._send,
            again=self._patient,
            endpoint=endpoint,
            sync=sync,
            clock=pace.clock,
            sleep=pace.sleep,
            stamp_attribute=stamp_attribute,
            sign_in_domain=mail_users.sign_in_domain if mail_users else "",
            password=mail_users.password if mail_users else str,
            block=mail_users.block if mail_users else None,
        )

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    @property
    def ability(self) -> Ability:
        """By undocumented means: one object a call, two calls a second."""
        fields = (key for key, name in (*PERSONAL.items(), *MAIL.items()) if name != self._stamp_attribute)
        return Ability(
            at_once=_AT_ONCE,
            at_once_per_place=_AT_ONCE,
            fields=frozenset((*fields, Field.MANAGER)),
            links=True,
            forms=self._forms,
            visible=Visible.ADDRESS_BOOK,
        )

    async def places(self) -> Sequence[str]:
        """The organisation."""
        return ("",)

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Every recipient. All of it, or PeerError."""
        late: list[Recipient] = []
        names: dict[str, str] = {}
        async for each in everything(self._patient(), self._endpoint, as_of=self._clock()):
            names[each.name.lower()] = each.address.address if each.address else ""
            if each.manager or self._has_members(each):
                late.append(each)
            else:
                yield held_of(each, self._stamp_attribute)
        for each in late:  # by then everybody's name is known
            yield await self._linked(each, names)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """Who has one of the Guids or one of the addresses, SMTP, X500 or SIP. Raises PeerError."""
        found = await some(self._patient(), self._endpoint, keys, addresses, as_of=self._clock())
        names = {each.name.lower(): each.address.address for each in found if each.address}
        managers = {each.manager for each in found if each.manager and each.manager.lower() not in names}
        names |= await named(self._patient(), self._endpoint, managers, as_of=self._clock()) if managers else {}
        return [await self._linked(each, names) for each in found]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """One outcome for each step, in order. Versions are compared before the write: no cmdlet can."""
        return [await self._writing.done(step) for step in steps]

    def _has_members(self, each: Recipient) -> bool:
        """Of a group of ours alone they are asked for."""
        mark = stamp_of(each, self._stamp_attribute) if each.kind == GROUP else None
        return mark is not None and mark.sync == self._sync

    async def _linked(self, each: Recipient, names: Mapping[str, str]) -> Held:
        members: list[Recipient] = []
        if self._has_members(each):
            found = await Members(again=self._patient, endpoint=self._endpoint, clock=self._clock).of(each.key)
            if isinstance(found, PeerError):
                raise found
            members = found
        told = [member.address.address for member in members if member.address]
        manager = names.get(each.manager.lower(), "")
        return held_of(each, self._stamp_attribute, members=told, manager=manager)

    def _patient(self) -> Send:
        return patient(self._send, clock=self._clock, sleep=self._sleep)
