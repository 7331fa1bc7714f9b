"""Guests of a Microsoft 365 organisation as a target: invited, written, blocked and deleted by Graph."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from galsync.entries import Form, Held, Stamp
from galsync.side import Ability, Outcome, Visible
from galsync.sides.guests_writing import Guests
from galsync.sides.patience import patient
from galsync.steps import Step
from protocols.graph.accounts import FIELDS, STAMP, STAMPS, Account, Stands
from protocols.graph.guests import everything, some
from protocols.graph.invitations import REDIRECT
from protocols.graph.people import EXTRAS
from protocols.http import Send

PERMISSIONS: Final = (
    "User.Invite.All",
    "User.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "Group.Read.All",
    "OrgContact.Read.All",
)
"""What the application needs."""
_FORMS: Final = {
    Stands.GUEST: Form.GUEST,
    Stands.MEMBER: None,
    Stands.CONTACT: Form.MAIL_CONTACT,
    Stands.GROUP: Form.GROUP,
}
_SYNCHRONISED: Final = "comes from an Active Directory by directory synchronisation: it is written there"
_PHOTO: Final = 102_400  # Graph takes 4 MB; more than this a directory has no use for
_AT_ONCE: Final = 8  # four requests a guest: far below the 150 invitations in five seconds of a tenant


class GuestsTarget:
    """A ``Target`` whose entries are guests. A guest is a principal: it can be given access, and a plan says so.

    The stamp stands in ``stamp_at``; until all is written it is the guest's name, so that one whose making broke off is
    known again (``Held.half``: whoever invites may choose that name, so that the ledger has the last word). Hidden
    means blocked from signing in: whether a guest shows in the address lists is Exchange's to say, and a new one does
    not before Exchange was told, as the targets around this one do. Graph writes neither telephone numbers nor proxy
    addresses of guests, and never another address: a step that wants one fails, and says what to do.
    """

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        sync: str,
        api_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        stamp_at: str = STAMP,
        redirect: str = REDIRECT,
    ) -> None:
        if not STAMPS.fullmatch(stamp_at):
            raise ValueError(f"a stamp cannot stand in {stamp_at}: extensionAttribute1 to 15, or employeeType")
        self._name = name
        self._guests = Guests(
            send=send, sync=sync, api_url=api_url, clock=clock, sleep=sleep, stamp_at=stamp_at, redirect=redirect
        )
        self._ability = Ability(
            at_once=_AT_ONCE,
            at_once_per_place=_AT_ONCE,
            fields=frozenset(key for key in FIELDS if EXTRAS.get(key) != stamp_at),
            aliases=False,
            photos=_PHOTO,
            forms=frozenset({Form.GUEST}),
            visible=Visible.WHEN_SHOWN,
        )

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    @property
    def ability(self) -> Ability:
        """One guest a call; none shows in the address list before Exchange was told."""
        return self._ability

    async def places(self) -> Sequence[str]:
        """The directory."""
        return ("",)

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Every user, contact and group with an address. All of it, or PeerError."""
        ours, now = self._guests, self._guests.clock()
        async for account in everything(self._reading(), api_url=ours.api_url, as_of=now, stamp_at=ours.stamp_at):
            yield _held(account)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """Who has one of the ids or one of the addresses. Raises PeerError."""
        ours, now, send = self._guests, self._guests.clock(), self._reading()
        found = await some(send, keys, addresses, api_url=ours.api_url, as_of=now, stamp_at=ours.stamp_at)
        return [_held(account) for account in found]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """One outcome for each step, in order. An UPDATE compares the version before it writes: Graph cannot."""
        return [await self._guests.write(step) for step in steps]

    def _reading(self) -> Send:
        return patient(self._guests.send, clock=self._guests.clock, sleep=self._guests.sleep)


def _held(account: Account) -> Held:
    return Held(
        key=account.key,
        version=account.version,
        stamp=Stamp.read(account.stamp),
        form=_FORMS[account.stands],
        address=account.address,
        addresses=account.addresses,
        texts=account.texts,
        hidden=not account.enabled,
        readonly=_SYNCHRONISED if account.synchronised else "",
        half=account.half,
    )
