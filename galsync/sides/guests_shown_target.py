"""Guests that show in the address lists at once: by the undocumented way of cmdlets, as Graph cannot, if opted in."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from galsync.entries import Form, Held
from galsync.side import Ability, Failed, Outcome, Visible, Written
from galsync.sides.admin_cmdlets_pace import CmdletPace
from galsync.sides.guests_target import GuestsTarget
from galsync.sides.patience import patient
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.graph.admin_reading import hidden_guests
from protocols.graph.cmdlet_errors import busy_told_plainly
from protocols.graph.cmdlets import UNDOCUMENTED, Cmdlet, Endpoint, called
from protocols.http import Send
from protocols.model.freebusy import Reason

DESCRIPTION: Final = f"show guests in the address lists at once, by {UNDOCUMENTED}"
"""For the settings: nobody turns this on without having read the word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressLists:
    """Whether guests show in the address lists of one organisation. Asking and telling do the same however often they
    are done, so that both wait where Exchange is busy."""

    send: Send
    endpoint: Endpoint
    pace: CmdletPace

    async def hidden(self) -> frozenset[str]:
        """The ids in the directory of those that do not show. Raises PeerError."""
        return await hidden_guests(self._send(), self.endpoint, as_of=self.pace.clock())

    async def tell(self, key: str, *, hidden: bool) -> PeerError | None:
        """Show or hide the guest with this id; NO_SUCH_MAILBOX where Exchange does not know it (yet). A failure is
        returned."""
        cmdlet = Cmdlet("Set-MailUser", {"Identity": key, "HiddenFromAddressListsEnabled": hidden})
        result = await called(self._send(), self.endpoint, cmdlet, as_of=self.pace.clock())
        return result if isinstance(result, PeerError) else None

    def _send(self) -> Send:
        sending = busy_told_plainly(self.pace.paced(self.send))
        return patient(sending, clock=self.pace.clock, sleep=self.pace.sleep)


class GuestsShownTarget:
    """A ``Target`` around that of guests. Hidden means blocked from signing in, or not shown in the address lists.

    Exchange learns of a new guest a little later than Graph: one that it does not know when it is made is found hidden
    by a later plan, and shown then.
    """

    def __init__(self, guests: GuestsTarget, lists: AddressLists) -> None:
        self._guests, self._lists = guests, lists

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._guests.name

    @property
    def ability(self) -> Ability:
        """That of guests; by undocumented means they show without a script."""
        return replace(self._guests.ability, visible=Visible.ADDRESS_BOOK)

    async def places(self) -> Sequence[str]:
        """The directory."""
        return await self._guests.places()

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Every user, contact and group with an address. All of it, or PeerError."""
        hidden = await self._lists.hidden()
        async for each in self._guests.held(place):
            yield _seen(each, hidden)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """Who has one of the ids or one of the addresses. Raises PeerError."""
        found = await self._guests.look(place, keys, addresses)
        if not any(each.form is Form.GUEST for each in found):
            return found
        hidden = await self._lists.hidden()
        return [_seen(each, hidden) for each in found]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """One outcome for each step, in order. Graph writes first, and sees to it that the guest is ours."""
        return [await self._write(place, step) for step in steps]

    async def _write(self, place: str, step: Step) -> Outcome:
        [outcome] = await self._guests.write(place, [step])
        if not isinstance(outcome, Written) or not tells(step):
            return outcome
        hidden = step.entry.hidden if step.entry and step.act is not Act.RETIRE else True
        error = await self._lists.tell(outcome.key, hidden=hidden)
        if error is None:
            return outcome
        if error.reason is Reason.NO_SUCH_MAILBOX or step.act is Act.CREATE:
            return replace(outcome, unseen=True)  # what does not show yet, a later plan finds
        words = f"the guest is written, and whether it shows in the address lists is not: {error}"
        # Who is retired is blocked by now, which a look would take for all of it: the next plan retires them anew.
        return Failed(error.reason, words, error.retry_after, doubt=step.act is not Act.RETIRE)


def tells(step: Step) -> bool:
    """Whether Exchange has to be told of a step that Graph has done."""
    if step.act in (Act.CREATE, Act.RETIRE):
        return True
    return step.act is Act.UPDATE and any(change.field == "hidden" for change in step.changes)


def _seen(each: Held, hidden: frozenset[str]) -> Held:
    return replace(each, hidden=True) if each.form is Form.GUEST and each.key in hidden else each
