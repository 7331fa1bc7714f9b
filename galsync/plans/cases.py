"""Says for one person what has to be done, from whether they are wanted, stand in the target and are in the ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from galsync.entries import Agreement, Entry, Form, Held
from galsync.plans.fields import agreement, allowed, compare
from galsync.plans.replacing import made_anew
from galsync.rules import Rules
from galsync.steps import Act, Remedy, Step, Why
from protocols.model.person import Field

WITH_ACCOUNT: Final = frozenset({Form.GUEST, Form.MAIL_USER})
"""Objects that people sign in with."""
_NOT_OURS_ANY_MORE = "bears our stamp and is not of a kind that is written here: it may have become a mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What :func:`galsync.plans.plan.plan` was told; the objects of the ``undecided`` anchors are left as they are.

    ``moved`` are the anchors of those whom another side has by now: their objects go at once.
    """

    wanted: Mapping[str, Entry]
    agreed: Mapping[str, Agreement]
    rules: Rules
    now: datetime
    gone: Mapping[str, Why] | None
    begun: Mapping[str, Agreement]
    undecided: Collection[str]
    moved: Collection[str] = ()

    def known(self, anchor: str) -> Agreement | None:
        """What is known of ``anchor``, with the aliases that a killed run may have written."""
        known, begun = self.agreed.get(anchor), self.begun.get(anchor)
        if begun is None:
            return known
        if known is None:
            return replace(begun, photo=b"", retired_at=None)
        return replace(known, aliases=tuple(dict.fromkeys((*known.aliases, *begun.aliases))))

    def to_go(self, anchor: str) -> Why | None:
        """Why the objects of ``anchor`` shall go; None where they shall not, or nothing is said of them."""
        if anchor in self.wanted or anchor in self.undecided:
            return None
        if anchor in self.moved:
            return Why.MOVED
        return Why.GONE if self.gone is None else self.gone.get(anchor)

    def copied(self, held: Held, beside: Held | None = None) -> bool:
        """Whether somebody copied an object of ours with its stamp: the ledger knows another one, or none, and its
        address is none that whoever is meant by the stamp has or had; that of ``beside`` where nothing else is known.
        """
        if held.stamp is None:
            return False
        anchor = held.stamp.anchor
        entry, agreed = self.wanted.get(anchor), [one.get(anchor) for one in (self.agreed, self.begun)]
        known = [one for one in agreed if one is not None]
        theirs = {one.address for one in known} | ({entry.address.address} if entry else set())
        if not theirs and beside is not None and beside.address is not None:
            theirs = {beside.address.address}
        has = {held.address.address} if held.address else held.addresses
        return bool(theirs) and all(one.key != held.key for one in known) and theirs.isdisjoint(has)

    def evicted(self, held: Held, resolved: Collection[str]) -> Step | None:
        """The removal of an object of ours whose address somebody else wants; None where it has to stay.

        Only what nobody wants is removed so, grace period or not: who was deleted and made anew in the source has
        another anchor and the same address. ``resolved`` do without an entry.
        """
        if held.stamp is None or held.stamp.sync != self.rules.sync or unwritable(held) or self.copied(held):
            return None
        anchor = held.stamp.anchor
        known = self.agreed.get(anchor)
        retired = known is not None and known.retired_at is not None
        why = Why.NOT_SELECTED if anchor in resolved else self.to_go(anchor)
        if why is None and retired and anchor not in self.wanted and anchor not in self.undecided:
            why = Why.GONE
        if why is None:
            return None
        note = "makes room: somebody else has its address now"
        return Step(act=Act.REMOVE, anchor=anchor, why=why, held=held, known=known, note=note)


def unwritable(held: Held) -> str:
    """Why an object with our stamp is not written all the same; "" where it is."""
    return held.readonly or ("" if held.form else _NOT_OURS_ANY_MORE)


def steps_for(situation: Situation, anchor: str, standing: Sequence[Held]) -> tuple[list[Step], tuple[Field, ...]]:
    """The steps of one anchor, and the fields that stay as somebody typed them.

    ``standing`` are the objects with its stamp::

        wanted  held  agreed
          yes    yes   yes     as it shall be: nothing, or REMEMBER where the ledger is behind (a killed run)
                               else UPDATE: CHANGED, or RETURNED where it was retired
                               of another form: REMOVE and CREATE, CHANGED
          yes    yes   no      REMEMBER or UPDATE: FOUND
          yes    no    yes     CREATE: LOST
          yes    no    no      CREATE: NEW
          no     yes   yes     RETIRE: GONE or NOT_SELECTED; retired already: nothing, and after the grace period
                               REMOVE: GRACE_OVER
          no     yes   no      RETIRE
          moved  yes   -       REMOVE: MOVED; a form with an account: as GONE
          no     no    yes     nothing; the ledger forgets it (Plan.forget)

    Of several with one stamp the one that the ledger knows stays, else the one with the smallest key; the others are
    REMOVEd: TWICE. A copy that somebody made for somebody else is a CONFLICT: COPIED, and stands for nobody, also when
    what it was copied from has gone. What cannot be written is a CONFLICT: READONLY.
    """
    entry, known, why = situation.wanted.get(anchor), situation.known(anchor), situation.to_go(anchor)
    if not standing:
        return ([_created(situation, entry)] if entry else []), ()
    if entry is None and why is None:
        return [], ()
    held = min(standing, key=lambda one: (not known or one.key != known.key, situation.copied(one), one.key))
    if anchor in situation.agreed and situation.copied(held):
        copies = [copy(one, known) for one in sorted(standing, key=_key)]
        return [*copies, *([_created(situation, entry)] if entry else [])], ()
    ignored: tuple[Field, ...] = ()
    if entry is not None:
        steps, ignored = _compared(situation, entry, held, known)
    else:
        steps = unwanted(situation, held, why) if why else []
    others = beside(situation, sorted((one for one in standing if one is not held), key=_key), known, steps, held)
    if entry is None and any(one.why is Why.COPIED for one in others):
        steps = [remembered(step) for step in steps]
    return [*others, *steps], ignored


def beside(
    situation: Situation, others: Sequence[Held], known: Agreement | None, main: Sequence[Step], held: Held | None
) -> list[Step]:
    """What becomes of ``others``, which bear the stamp of ``held`` as well: copies stay, and twins go."""
    copies = [one for one in others if situation.copied(one, held)]
    twins = [one for one in others if one not in copies]
    return [*(copy(one, known) for one in copies), *_twice(twins, known, main)]


def remembered(step: Step) -> Step:
    """``step``, a removal after which the ledger still knows what stood there: or a copy would be taken for it."""
    if step.act is not Act.REMOVE or step.held is None:
        return step
    address = step.held.address.address if step.held.address else ""
    return replace(step, agreement=step.known or Agreement(anchor=step.anchor, key=step.held.key, address=address))


def copy(held: Held, known: Agreement | None) -> Step:
    """Nothing is written to what somebody copied, and made into somebody else."""
    anchor = held.stamp.anchor if held.stamp else ""
    return Step(
        act=Act.CONFLICT,
        anchor=anchor,
        why=Why.COPIED,
        held=held,
        known=known,
        agreement=known,
        against=(held.key,),
    )


def _twice(twins: Sequence[Held], known: Agreement | None, main: Sequence[Step]) -> list[Step]:
    """The removal of ``twins``, which leaves the ledger with what it knows of the object that stays."""
    if main and all(step.act is Act.REMOVE for step in main):
        known_after = None
    else:
        known_after = next((step.agreement for step in main if step.act is Act.REMEMBER), known)
    return [
        writable(
            Step(act=Act.REMOVE, anchor=one.stamp.anchor, why=Why.TWICE, held=one, known=known, agreement=known_after)
        )
        for one in twins
        if one.stamp
    ]


def unwanted(situation: Situation, held: Held, why: Why, *, note: str = "") -> list[Step]:
    """Hides first and removes when the grace period is over; without a grace period it is removed at once.

    So is whoever has moved, since their new mailbox wants the address: but not an account, with which a person would
    lose what it may use (Teams, files), and after a roll-back would be somebody else.
    """
    if held.stamp is None:
        return []
    anchor, rules = held.stamp.anchor, situation.rules
    known = situation.agreed.get(anchor)
    step = Step(act=Act.REMOVE, anchor=anchor, why=why, held=held, known=known, note=note)
    if why is Why.MOVED and held.form not in WITH_ACCOUNT:
        return [writable(step)]
    if known is not None and known.retired_at is not None:
        over = situation.now - known.retired_at >= rules.grace
        if over:
            return [writable(replace(step, why=Why.GRACE_OVER))]
        moved = replace(step, act=Act.REMEMBER, why=Why.FOUND, agreement=replace(known, key=held.key))
        return [moved] if known.key != held.key else []
    if rules.grace <= timedelta(0):
        return [writable(step)]
    retired = known or Agreement(anchor=anchor, key=held.key, address=held.address.address if held.address else "")
    step = replace(step, act=Act.RETIRE, agreement=replace(retired, key=held.key, retired_at=situation.now))
    return [writable(step) if rules.hides or not held.form else step]


def _key(held: Held) -> str:
    return held.key


def _created(situation: Situation, entry: Entry) -> Step:
    known, texts = situation.agreed.get(entry.anchor), allowed(entry, situation.rules)
    return Step(
        act=Act.CREATE,
        anchor=entry.anchor,
        why=Why.LOST if known else Why.NEW,
        entry=entry if texts is entry.texts else replace(entry, texts=texts),
        known=known,
        agreement=agreement(entry, "", situation.rules),
    )


def _compared(
    situation: Situation, entry: Entry, held: Held, known: Agreement | None
) -> tuple[list[Step], tuple[Field, ...]]:
    anchor, rules = entry.anchor, situation.rules
    if not held.form and rules.resolutions.get(entry.address.address) in (Remedy.REUSE, Remedy.SKIP):
        return [], ()
    compared = compare(entry, held, known, rules, begun=situation.begun.get(anchor))
    real = situation.agreed.get(anchor)
    step = Step(
        act=Act.UPDATE,
        anchor=anchor,
        why=Why.FOUND if real is None else Why.RETURNED if real.retired_at else Why.CHANGED,
        entry=entry,
        held=held,
        known=known,
        agreement=agreement(entry, held.key, rules, known=known, ignored=compared.ignored),
        changes=compared.changes,
    )
    if entry.form is not held.form:
        return ([writable(step)] if unwritable(held) else list(made_anew(step))), compared.ignored
    if compared.changes:
        return [writable(step)], compared.ignored
    if compared.stale:
        why = Why.RETURNED if step.why is Why.RETURNED else Why.FOUND
        return [replace(step, act=Act.REMEMBER, why=why)], compared.ignored
    return [], compared.ignored


def writable(step: Step) -> Step:
    """``step``, or a conflict where its object cannot be written."""
    held = step.held
    if held is None or not (note := unwritable(held)):
        return step
    return replace(
        step,
        act=Act.CONFLICT,
        why=Why.READONLY,
        agreement=step.known,
        against=(held.key,),
        remedy=Remedy.SKIP if held.form else Remedy.REUSE,
        note=note,
    )
