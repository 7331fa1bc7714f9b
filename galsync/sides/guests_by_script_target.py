"""Guests that an administrator's script shows in the address lists, as Graph cannot and Microsoft documents."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from galsync.entries import Form, Held, Stamp
from galsync.powershell.guests import GuestScript
from galsync.powershell.orders import Order, show
from galsync.side import Ability, Failed, Handed, Outcome, Visible, Written
from galsync.sides.guests_shown_target import tells
from galsync.sides.guests_target import GuestsTarget
from galsync.steps import Act, Step, Why

_BATCH: Final = 50
"""Steps between two writings of the script, which is written whole each time."""


class GuestsByScriptTarget:
    """A ``Target`` around that of guests. Hidden means blocked from signing in, or not known to show in the address
    lists: what the export of the script does not tell of a guest of this sync counts as not done, and is planned again.
    """

    def __init__(self, guests: GuestsTarget, script: GuestScript, *, sync: str) -> None:
        self._guests, self._script, self._sync = guests, script, sync

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._guests.name

    @property
    def ability(self) -> Ability:
        """That of guests; they show when the script has been run."""
        script = str(self._script.script)
        return replace(self._guests.ability, batch=_BATCH, visible=Visible.WHEN_RUN, script=script)

    async def places(self) -> Sequence[str]:
        """The directory."""
        return await self._guests.places()

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Every user, contact and group with an address. All of it, or PeerError."""
        hidden = await self._script.hidden()
        async for each in self._guests.held(place):
            yield self._seen(each, hidden)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """Who has one of the ids or one of the addresses. Raises PeerError."""
        found = await self._guests.look(place, keys, addresses)
        if not any(each.form is Form.GUEST for each in found):
            return found
        hidden = await self._script.hidden()
        return [self._seen(each, hidden) for each in found]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """One outcome for each step, in order. Graph writes first, and sees to it that the guest is ours; the script is
        told of those that were written."""
        outcomes = list(await self._guests.write(place, steps))
        written = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Written)]
        told = [number for number in written if tells(steps[number])]
        gone = {steps[number].anchor for number in written if steps[number].act is Act.REMOVE}
        if told or gone:
            failed = await self._script.hand([self._order(steps[number]) for number in told], gone=gone)
            for number in told:
                outcomes[number] = _told(steps[number], outcomes[number], failed)
        return outcomes

    def _order(self, step: Step) -> Order:
        address = step.entry.address if step.entry else step.held.address if step.held else None
        hidden = step.entry.hidden if step.entry and step.act is not Act.RETIRE else True
        return show(Stamp(self._sync, step.anchor), address.address if address else "", hidden=hidden)

    def _seen(self, each: Held, hidden: Mapping[str, bool]) -> Held:
        if each.form is not Form.GUEST or each.stamp is None or each.stamp.sync != self._sync:
            return each
        return replace(each, hidden=each.hidden or hidden.get(each.stamp.text, True))


def _told(step: Step, outcome: Outcome, failed: Failed | None) -> Outcome:
    """What a step is once the script knows of it, or does not."""
    if step.act is Act.CREATE:
        return _unseen(outcome)  # the guest is there; that it does not show yet, a later plan finds
    if failed is not None:
        words = f"the guest is written, and the script that shows or hides it is not: {failed.words}"
        return Failed(failed.reason, words, failed.retry_after)  # no doubt: a look would take the half for the whole
    only = step.act is Act.UPDATE and all(change.field == "hidden" for change in step.changes)
    # Who has returned is so for the ledger from now on, or their guest would go when the grace period is over.
    return Handed() if only and step.why is not Why.RETURNED else _unseen(outcome)


def _unseen(outcome: Outcome) -> Outcome:
    return replace(outcome, unseen=True) if isinstance(outcome, Written) else outcome
