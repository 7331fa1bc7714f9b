"""Sees to it that no two objects get the same address: makes room, or leaves the decision to somebody."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from galsync.engine.order import answers_to
from galsync.entries import Entry, Form, Held
from galsync.plans.cases import remembered
from galsync.plans.proxies import addresses_after
from galsync.steps import Act, Remedy, Step, Why
from protocols.model.person import Field

Drafts: TypeAlias = dict[str, list[Step]]
"""The steps that are planned, by anchor."""

Blockers: TypeAlias = dict[str, list[tuple[str, Held]]]
"""Who has an address that an anchor wants, by anchor."""

BESIDE: Final = (Why.TWICE, Why.COPIED)
"""Why there is a step for an object that is not the one of its anchor."""

PROPOSALS: Final[Mapping[Form | None, Remedy]] = {
    None: Remedy.REUSE,  # a mailbox of their own: they are in the address book already
    Form.MAIL_CONTACT: Remedy.REUSE,
    Form.MAIL_USER: Remedy.REUSE,
    Form.GUEST: Remedy.REUSE,
    Form.SHARED_CONTACT: Remedy.REUSE,
    Form.CONTACT: Remedy.REUSE,
    Form.GROUP: Remedy.RENAME,  # mail to a group does not reach one person
}
"""What is proposed where an object that is not ours has somebody's main address."""


def proposal(entry: Entry, others: Iterable[Held]) -> Remedy:
    """What the administrator might do about ``others``, who have addresses of ``entry``."""
    others = sorted(others, key=lambda other: other.key)
    if any(other.stamp for other in others):
        return Remedy.SKIP  # another sync brings them already
    same = [other for other in others if entry.address.address in other.addresses]
    return PROPOSALS[same[0].form] if same and len(same) == len(others) else Remedy.RENAME


def blockers(contested: Mapping[str, Sequence[Held]], owners: Mapping[str, str]) -> Blockers:
    """``contested`` by the anchor that wants the address; the addresses in order."""
    found: Blockers = {}
    for address in sorted(contested):
        found.setdefault(owners[address], []).extend((address, held) for held in contested[address])
    return found


def conflict(
    entry: Entry, why: Why, others: Sequence[Held], *, step: Step | None = None, held: Held | None = None
) -> Step:
    """Nothing is written for ``entry`` because of ``others``; ``step`` is what would have been done, to ``held``."""
    known = step.known if step else None
    return Step(
        act=Act.CONFLICT,
        anchor=entry.anchor,
        why=why,
        entry=entry,
        held=held,
        known=known,
        agreement=known,
        changes=step.changes if step else (),
        against=tuple(sorted({other.key for other in others})),
        remedy=Remedy.RENAME if why is Why.CLASH_WITHIN else proposal(entry, others),
        note=_told(others),
    )


def _told(others: Iterable[Held]) -> str:
    """The objects in the way in words, since a target's own keys say nothing to people."""
    names = {(other.texts.get(Field.DISPLAY_NAME, ""), other.form) for other in others}
    told = sorted(f"{name} ({form.value if form else 'of their own'})" for name, form in names if name)
    return f"stands there: {', '.join(told)}" if told else ""


@dataclass(slots=True, kw_only=True)
class Room:
    """Which planned steps can be done without two objects getting the same address.

    ``sync`` is ours; ``evict`` gives the step that removes an object of ours that nobody wants any more, None where it
    has to stay. :meth:`make` changes ``drafts``.
    """

    drafts: Drafts
    blockers: Blockers
    sync: str
    evict: Callable[[Held], Step | None]
    _after: dict[str, frozenset[str]] = field(default_factory=dict)

    def make(self) -> None:
        """Turn into conflicts the steps that need an address which stays with somebody else, and remove what nobody
        wants and stands in the way of the others. Whoever waits for the address of a step that became a conflict
        becomes one as well."""
        self._after = {key: rest for steps in self.drafts.values() for key, rest in _left_over(steps)}
        waiting: dict[str, list[str]] = {}
        for anchor, pairs in self.blockers.items():
            for _, held in pairs:
                waiting.setdefault(held.key, []).append(anchor)
        queue = deque(sorted(self.blockers))
        while queue:
            anchor = queue.popleft()
            step = writing(self.drafts.get(anchor, ()))
            if step is None or step.entry is None:
                continue
            if stays := [held for address, held in self._needed(step) if not self._leaves(held, address)]:
                foreign = any(held.stamp is None or held.stamp.sync != self.sync for held in stays)
                own = self._give_up(step, step.entry, Why.CLASH if foreign else Why.CLASH_WITHIN, stays)
                queue.extend(waiting.get(own.key, ()) if own else ())
        for anchor in sorted(self.blockers):
            self._make_for(anchor)

    def _needed(self, step: Step) -> list[tuple[str, Held]]:
        # What stands there already did not clash with anybody, or it has been told; a new object is another matter.
        had = step.held.addresses if step.held else frozenset[str]()
        return [(address, held) for address, held in self.blockers[step.anchor] if address not in had]

    def _leaves(self, held: Held, address: str) -> bool:
        after = self._after.get(held.key)
        return address not in after if after is not None else self.evict(held) is not None

    def _give_up(self, step: Step, entry: Entry, why: Why, stays: Sequence[Held]) -> Held | None:
        """The conflict instead of ``step``; returns the object that stays as it is."""
        steps = self.drafts[step.anchor]
        own = next((one.held for one in steps if one.held and one.why not in BESIDE), None)
        instead = conflict(entry, why, stays, step=step, held=own)
        self.drafts[step.anchor] = [*(one for one in steps if one.why in BESIDE), instead]
        if own:
            self._after[own.key] = own.addresses
        return own

    def _make_for(self, anchor: str) -> None:
        step = writing(self.drafts.get(anchor, ()))
        for _, held in self._needed(step) if step else ():
            if held.key not in self._after and (out := self.evict(held)):
                others = [one for one in self.drafts.get(out.anchor, ()) if one.why in BESIDE]
                if any(one.why is Why.COPIED for one in others):
                    out = remembered(out)
                self.drafts[out.anchor] = [*(replace(one, agreement=out.agreement) for one in others), out]
                self._after[held.key] = frozenset()


def writing(steps: Iterable[Step]) -> Step | None:
    """The step of one anchor that gives its object addresses, with what it had before: CREATE or UPDATE."""
    return next((step for step in steps if step.act in (Act.CREATE, Act.UPDATE)), None)


def _left_over(steps: Sequence[Step]) -> Iterable[tuple[str, frozenset[str]]]:
    """What the objects that ``steps`` of one anchor change or remove answer to afterwards, by key."""
    created = next((step.entry for step in steps if step.act is Act.CREATE), None)
    for step in steps:
        if step.held and step.act is Act.UPDATE and step.entry:
            yield step.held.key, addresses_after(step.entry, step.held, step.known)
        elif step.held and step.act is Act.REMOVE:
            yield step.held.key, answers_to(created) if created else frozenset()
