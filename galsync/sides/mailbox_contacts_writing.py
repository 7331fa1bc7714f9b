"""Does a batch of steps to the contacts of one mailbox: looks first at what they concern, then writes all at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from galsync.entries import Form, Held, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.sides.mailbox_contact import changes, failed, held_of, refused
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.graph import contacts
from protocols.graph.batch import MOST, Answer, Part, batch
from protocols.graph.contact_fields import Contact, contact, fresh
from protocols.http import Send
from protocols.model.freebusy import Reason

Current: TypeAlias = Mapping[str, Contact | PeerError | None]
_GONE: Final = Failed(Reason.NO_SUCH_MAILBOX, "it is not there any more: the next plan looks again")
_OTHERS: Final = Failed(Reason.NO_ACCESS, "left alone: what stands there is not a contact of this sync")
_STALE: Final = Failed(Reason.PEER_FAILED, "somebody else changed the contact meanwhile: the next plan looks again")
_NO_HIDING: Final = Failed(Reason.FORBIDDEN, "a contact cannot be hidden: it can only be removed")
_SAME: Final = Failed(Reason.FORBIDDEN, "another step writes the same address just now")
_DOING: Final = {
    Act.CREATE: "making the contact",
    Act.UPDATE: "writing the contact",
    Act.REMOVE: "deleting the contact",
}


@dataclass(slots=True)
class Known:
    """Which contact of the folder has an address or a stamp, by the address and by the stamp's text. A hint: what it
    names is looked at before anything is believed, and what it does not name is not there."""

    keys: dict[str, str] = field(default_factory=dict)

    def note(self, held: Held) -> None:
        """``held`` is there."""
        self.keys |= dict.fromkeys(held.addresses, held.key)
        if held.stamp is not None:
            self.keys[held.stamp.text] = held.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Writes contacts of one sync; nothing of others is touched, whatever a step says."""

    send: Send
    sync: str
    category: str
    api_url: str
    clock: Callable[[], datetime]

    async def write(
        self, user: str, folder: str | None, steps: Sequence[Step], known: Known
    ) -> list[Outcome]:  # fmt: skip
        """One outcome for each of ``steps``, in order; ``folder`` is None where the mailbox has none of ours."""
        if folder is None:
            return [Written() if step.act is Act.REMOVE else _GONE for step in steps]
        keys = [key for step in steps for key in self._concerned(step, known)]
        current = await contacts.some(self.send, user, folder, keys, api_url=self.api_url, as_of=self.clock())
        outcomes, parts = self._judged(user, folder, steps, current, known)
        answers = await self._answers(list(parts.values()))
        for (number, part), answer in zip(parts.items(), answers, strict=True):
            outcomes[number] = self._outcome(steps[number], part, answer, known)
        return [outcomes[number] for number in range(len(steps))]

    async def _answers(self, parts: Sequence[Part]) -> list[Answer]:
        """One for each, batch after batch: the mailbox does no more at a time. Where one fails as a whole, those after
        it are not sent, and have the same answer."""
        answers: list[Answer] = []
        for start in range(0, len(parts), MOST):
            some = await batch(self.send, parts[start : start + MOST], api_url=self.api_url, as_of=self.clock())
            answers += some
            if not any(answer.status for answer in some):
                answers += some[:1] * (len(parts) - len(answers))
                break
        return answers

    def _judged(
        self, user: str, folder: str, steps: Sequence[Step], current: Current, known: Known
    ) -> tuple[dict[int, Outcome], dict[int, Part]]:
        """By their numbers: what became of steps already, and what has to be sent for the others. Graph may do them in
        any order, so that no two take one address, and none that another one has to free."""
        outcomes: dict[int, Outcome] = {}
        parts: dict[int, Part] = {}
        taken: set[str] = set()
        for number, step in enumerate(steps):
            told = self._part(user, folder, step, [current.get(key) for key in self._concerned(step, known)])
            if isinstance(told, Part) and step.act is Act.CREATE and step.entry is not None:
                told = _SAME if step.entry.address.address in taken else told
                taken.add(step.entry.address.address)
            if isinstance(told, Part):
                parts[number] = told
            else:
                outcomes[number] = told
        return outcomes, parts

    def _concerned(self, step: Step, known: Known) -> list[str]:
        if step.act is not Act.CREATE:
            return [step.held.key] if step.held is not None else []
        names = (Stamp(self.sync, step.anchor).text, step.entry.address.address if step.entry else "")
        return list(dict.fromkeys(known.keys[name] for name in names if name in known.keys))

    def _part(
        self, user: str, folder: str, step: Step, there: Sequence[Contact | PeerError | None]
    ) -> Part | Outcome:  # fmt: skip
        for one in there:
            if isinstance(one, PeerError):
                return refused(one, "reading the contact")
        found = [one for one in there if isinstance(one, Contact)]
        if step.act is Act.CREATE:
            return self._creation(user, folder, step, found)
        if step.held is None or step.act not in (Act.UPDATE, Act.RETIRE, Act.REMOVE):
            return Failed(Reason.PEER_FAILED, f"a step that names no contact ({step.act.value})")
        if not found:
            return Written() if step.act is Act.REMOVE else _GONE
        return self._change(user, folder, step, found[0])

    def _creation(self, user: str, folder: str, step: Step, found: Sequence[Contact]) -> Part | Outcome:
        entry, stamp = step.entry, Stamp(self.sync, step.anchor)
        if entry is None or entry.form is not Form.CONTACT:
            return Failed(Reason.PEER_FAILED, "only contacts are made here: give the sync another target or form")
        for one in map(held_of, found):
            if one.stamp == stamp or entry.address.address in one.addresses:
                words = "stands there already" if one.stamp == stamp else "has the address already"
                return Failed(Reason.FORBIDDEN, f"a contact {words}: the next plan looks again")
        body = fresh(entry.texts, entry.address.address, stamp=stamp.text, category=self.category)
        return contacts.creation(user, folder, body)

    def _change(self, user: str, folder: str, step: Step, there: Contact) -> Part | Outcome:
        if Stamp.read(there.stamp) != Stamp(self.sync, step.anchor):
            return _OTHERS
        if step.act is Act.REMOVE:
            return contacts.removal(user, folder, there)
        if step.act is Act.RETIRE:
            return _NO_HIDING
        if step.held is not None and step.held.version not in ("", there.version):
            return _STALE
        body = changes(there, step)
        return contacts.change(user, folder, there, body) if body else Written(there.key, there.version)

    def _outcome(self, step: Step, part: Part, answer: Answer, known: Known) -> Outcome:
        if answer.failure is not None:
            if part.method == "DELETE" and answer.status == 404:
                return Written()
            return failed(answer, _DOING[step.act])
        if part.method == "DELETE":
            return Written()
        try:
            told = contact(answer.body)
        except PeerError as error:
            return refused(error, _DOING[step.act], doubt=True)
        if part.method == "POST" and step.entry is not None:  # the answer tells no extended properties
            known.keys |= dict.fromkeys((Stamp(self.sync, step.anchor).text, step.entry.address.address), told.key)
        return Written(told.key, told.version)
