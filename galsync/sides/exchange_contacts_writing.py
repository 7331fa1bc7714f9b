"""Does a batch of steps to the contacts of one Exchange mailbox: looks first at what they concern, then writes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from galsync.entries import Form, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.sides.exchange_contact import GONE, STALE, all_refused, changes, held_of, one_refused, refused
from galsync.sides.mailbox_contacts_writing import Known
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.ews import contacts
from protocols.ews.contact_fields import Contact, fresh
from protocols.ews.contacts import Done
from protocols.ews.mailbox_access import MailboxAccess
from protocols.model.freebusy import Reason

T = TypeVar("T")
_MALFORMED: Final = "ErrorSchemaValidation"
_OTHERS: Final = Failed(Reason.NO_ACCESS, "left alone: what stands there is not a contact of this sync")
_NO_HIDING: Final = Failed(Reason.FORBIDDEN, "a contact cannot be hidden: it can only be removed")
_SAME: Final = Failed(Reason.FORBIDDEN, "another step writes the same address just now")
_DOING: Final = {
    Act.CREATE: "making the contact",
    Act.UPDATE: "writing the contact",
    Act.REMOVE: "deleting the contact",
}


@dataclass(slots=True)
class _Work:
    """By the numbers of the steps: what became of them already, and what has to be sent for the others."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    gone: dict[int, Contact] = field(default_factory=dict)
    other: dict[int, tuple[Contact, str]] = field(default_factory=dict)
    new: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeWriting:
    """Writes contacts of one sync; nothing of others is touched, whatever a step says."""

    sync: str
    category: str
    clock: Callable[[], datetime]

    async def write(
        self, access: MailboxAccess, folder: str | None, steps: Sequence[Step], known: Known
    ) -> list[Outcome]:
        """One outcome for each of ``steps``, in order; ``folder`` is None where the mailbox has none of ours."""
        if folder is None:
            return [Written() if step.act is Act.REMOVE else GONE for step in steps]
        now = self.clock()
        keys = [key for step in steps for key in self._concerned(step, known)]
        try:
            current = await contacts.some(access, keys, as_of=now)
        except PeerError as error:
            return [refused(error, "reading the contacts")] * len(steps)
        work = self._judged(steps, current, known)
        await _sent(work, work.gone, Act.REMOVE, partial(contacts.delete, access, as_of=now))
        await _sent(work, work.other, Act.UPDATE, partial(contacts.update, access, as_of=now))
        await _sent(work, work.new, Act.CREATE, partial(contacts.create, access, folder, as_of=now))
        for number in work.new:
            self._note(steps[number], work.outcomes[number], known)
        return [work.outcomes[number] for number in range(len(steps))]

    def _judged(self, steps: Sequence[Step], current: Mapping[str, Contact | None], known: Known) -> _Work:
        """No two take one address, and none that another one has to free."""
        work, taken = _Work(), set[str]()
        for number, step in enumerate(steps):
            there = [current.get(key) for key in self._concerned(step, known)]
            found = [each for each in there if each is not None]
            if step.act is Act.CREATE:
                self._creation(work, number, step, found, taken)
            elif step.held is None or step.act not in (Act.UPDATE, Act.RETIRE, Act.REMOVE):
                words = f"a step that names no contact ({step.act.value})"
                work.outcomes[number] = Failed(Reason.PEER_FAILED, words)
            elif not found:
                work.outcomes[number] = Written() if step.act is Act.REMOVE else GONE
            else:
                self._change(work, number, step, found[0])
        return work

    def _concerned(self, step: Step, known: Known) -> list[str]:
        if step.act is not Act.CREATE:
            return [step.held.key] if step.held is not None else []
        names = (Stamp(self.sync, step.anchor).text, step.entry.address.address if step.entry else "")
        return list(dict.fromkeys(known.keys[name] for name in names if name in known.keys))

    def _creation(self, work: _Work, number: int, step: Step, found: Sequence[Contact], taken: set[str]) -> None:
        entry, stamp = step.entry, Stamp(self.sync, step.anchor)
        if entry is None or entry.form is not Form.CONTACT:
            words = "only contacts are made here: give the sync another target or form"
            work.outcomes[number] = Failed(Reason.PEER_FAILED, words)
            return
        address = entry.address.address
        for one in map(held_of, found):
            if one.stamp == stamp or address in one.addresses:
                told = "stands there already" if one.stamp == stamp else "has the address already"
                work.outcomes[number] = Failed(Reason.FORBIDDEN, f"a contact {told}: the next plan looks again")
                return
        if address in taken:
            work.outcomes[number] = _SAME
            return
        taken.add(address)
        work.new[number] = fresh(entry.texts, address, stamp=stamp.text, category=self.category)

    def _change(self, work: _Work, number: int, step: Step, there: Contact) -> None:
        if Stamp.read(there.stamp) != Stamp(self.sync, step.anchor):
            work.outcomes[number] = _OTHERS
        elif step.act is Act.REMOVE:
            work.gone[number] = there
        elif step.act is Act.RETIRE:
            work.outcomes[number] = _NO_HIDING
        elif step.held is not None and step.held.version not in ("", there.version):
            work.outcomes[number] = STALE
        elif updates := changes(there, step):
            work.other[number] = (there, updates)
        else:
            work.outcomes[number] = Written(there.key, there.version)

    def _note(self, step: Step, outcome: Outcome, known: Known) -> None:
        if isinstance(outcome, Written) and step.entry is not None:
            names = (Stamp(self.sync, step.anchor).text, step.entry.address.address)
            known.keys |= dict.fromkeys(names, outcome.key)


async def _sent(
    work: _Work,
    parts: Mapping[int, T],
    act: Act,
    call: Callable[[Sequence[T]], Awaitable[Sequence[Done | PeerError | None]]],
) -> None:
    """Notes what became of each; where Exchange asks for peace, the calls after it are not made. What it calls
    malformed is refused as a whole and not done: by halves it is found out which of them it is."""
    if not parts:
        return
    if (busy := next(filter(_is_busy, work.outcomes.values()), None)) is not None:
        work.outcomes |= dict.fromkeys(parts, busy)
        return
    try:
        results = await call(list(parts.values()))
    except PeerError as error:
        if _MALFORMED not in error.detail or len(parts) == 1:
            work.outcomes |= dict.fromkeys(parts, all_refused(error, _DOING[act]))
            return
        pairs, middle = list(parts.items()), len(parts) // 2
        await _sent(work, dict(pairs[:middle]), act, call)
        await _sent(work, dict(pairs[middle:]), act, call)
        return
    for number, result in zip(parts, results, strict=True):
        if isinstance(result, PeerError):
            work.outcomes[number] = one_refused(result, _DOING[act])
        else:
            work.outcomes[number] = Written() if result is None else Written(result.key, result.version)


def _is_busy(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.reason is Reason.THROTTLED
