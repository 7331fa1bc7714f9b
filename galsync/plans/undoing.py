"""Plans the way back from a run: what it made goes, what it changed or removed is as it was."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from galsync.entries import Agreement, Entry, Held
from galsync.plans.cases import unwritable, writable
from galsync.plans.clashes import Drafts, Room, blockers, writing
from galsync.plans.digests import digest
from galsync.plans.fields import shape
from galsync.plans.matching import Matched, Owners, contest
from galsync.plans.replacing import entry_of, made_anew
from galsync.plans.restoring import agreement_before, restored
from galsync.plans.sequence import in_order
from galsync.rows import Done
from galsync.steps import Act, Plan, Step, Why
from protocols.model.person import Field

_DONE: Final = frozenset({Act.CREATE, Act.UPDATE, Act.RETIRE, Act.REMOVE})
_LOST: Final = "no object with our stamp stands there any more: there is nothing to change back"
_TOUCHED: Final = "somebody changed it since: it is not removed"
_NO_ADDRESS: Final = "what stood there cannot be made again: it had no address"


def undo(
    rows: Iterable[Done],
    held: Iterable[Held],
    agreed: Mapping[str, Agreement],
    *,
    sync: str,
    place: str = "",
) -> Plan:
    """What undoes the steps ``rows`` of a run at ``place``, given in the order in which they were done.

    ``held`` is what stands there now under their keys and has their addresses, ``agreed`` what is known of their
    anchors. What was created is removed, unless somebody changed it since; what was updated gets back what stood there,
    field by field, wherever our value still stands; what was retired is shown; what was removed is made again, under
    another key. An object that stood there twice is not doubled again. The ledger gets back what it knew, so that a
    sync that is not paused will want the same as before. Nothing is touched that does not bear the stamp of ``sync``.
    """
    runs: dict[str, list[Done]] = {}
    for row in rows:
        # A removal after which another object was still agreed took a twin away.
        twin = row.act is Act.REMOVE and row.agreement is not None and row.agreement.key != row.key
        if row.place == place and row.act in _DONE and not twin:
            runs.setdefault(row.anchor, []).append(row)
    standing = list(held)
    ours: dict[str, list[Held]] = {}
    for one in standing:
        if one.stamp and one.stamp.sync == sync:
            ours.setdefault(one.stamp.anchor, []).append(one)
    drafts: Drafts = {}
    forget, ignored = [], Counter[Field]()
    for anchor, done in runs.items():
        back = _back(done, _meant(done, ours.get(anchor, ()), agreed.get(anchor)), agreed.get(anchor))
        ignored.update(back.ignored)
        copied = len(ours.get(anchor, ())) > 1  # what the ledger knew tells the copy from what it was copied from
        drafts[anchor] = [_known_still(step, done[0].known) if copied else step for step in back.steps]
        if back.forget and anchor in agreed:
            forget.append(anchor)
    _make_room(drafts, standing, sync)
    return Plan(
        place=place,
        steps=in_order(step for steps in drafts.values() for step in steps),
        kept=sum(map(len, ours.values())),
        forget=tuple(sorted(forget)),
        ignored={field.value: count for field, count in sorted(ignored.items())},
    )


def _known_still(step: Step, known: Agreement | None) -> Step:
    return replace(step, agreement=known) if step.act is Act.REMOVE else step


@dataclass(slots=True)
class _Back:
    steps: list[Step]
    ignored: tuple[Field, ...] = ()
    forget: bool = False


def _meant(rows: Sequence[Done], standing: Sequence[Held], agreed: Agreement | None) -> Held | None:
    """The object that the run left; of several with one stamp the one that it wrote, and never somebody's copy of it,
    which has an address that the person never had."""
    if mine := [one for one in standing if one.key == rows[-1].key]:
        return min(mine, key=lambda one: one.key)
    known = (agreed, *(each for row in rows for each in (row.known, row.agreement)))
    theirs = {each.address for each in known if each}
    theirs |= {each.address.address for row in rows for each in (row.entry, row.before) if each and each.address}
    others = (one for one in standing if one.address is None or one.address.address in theirs)
    return min(others, key=lambda one: one.key, default=None)


def _back(rows: Sequence[Done], now: Held | None, agreed: Agreement | None) -> _Back:
    first, last = rows[0], rows[-1]
    before = None if first.act is Act.CREATE else first.before
    if now is None:
        return _back_without_object(rows, before, agreed)
    step = Step(act=Act.REMOVE, anchor=first.anchor, why=Why.UNDO, held=now, known=agreed)
    if before is None:
        touched = not _as_left(last.entry, now, agreed)
        return _Back([_conflict(step, _TOUCHED) if touched else writable(step)])
    if last.act is Act.REMOVE:
        return _Back([])  # a later run made it again
    if now.form is None:
        return _Back([writable(step)])
    return _back_to(before, rows, step, now)


def _back_to(before: Held, rows: Sequence[Done], step: Step, now: Held) -> _Back:
    """``now`` as it was ``before``: an update, or the ledger alone, or made anew where it had another form."""
    agreed = step.known
    then = restored(rows, before, now, agreed)
    known = agreement_before(rows[0].known, rows[-1].agreement, agreed)
    known = replace(known, key=now.key) if known else None
    step = replace(step, act=Act.UPDATE, entry=then.entry, known=then.known, agreement=known, changes=then.changes)
    if before.form and before.form is not now.form:
        step = replace(step, entry=replace(then.entry, form=before.form))
        return _Back([writable(step)] if unwritable(now) else list(made_anew(step)), then.ignored)
    if then.changes:
        return _Back([writable(step)], then.ignored)
    remembered = replace(step, act=Act.REMEMBER, known=agreed)
    return _Back([remembered] if known != agreed else [], then.ignored)


def _back_without_object(rows: Sequence[Done], before: Held | None, agreed: Agreement | None) -> _Back:
    first, last = rows[0], rows[-1]
    if before is None:
        return _Back([], forget=True)
    step = Step(act=Act.CREATE, anchor=first.anchor, why=Why.UNDO, known=agreed)
    if last.act is not Act.REMOVE:
        return _Back([_conflict(step, _LOST)])
    entry = entry_of(before, first.anchor)
    if entry is None:
        return _Back([_conflict(step, _NO_ADDRESS)])
    agreement = replace(first.known, key="") if first.known else None
    return _Back([replace(step, entry=_spelled(entry, first.known), agreement=agreement)])


def _spelled(entry: Entry, known: Agreement | None) -> Entry:
    spelling = {alias.lower(): alias for alias in known.aliases} if known else {}
    return replace(entry, aliases=tuple(spelling.get(alias.lower(), alias) for alias in entry.aliases))


def _conflict(step: Step, note: str) -> Step:
    against = (step.held.key,) if step.held else ()
    return replace(step, act=Act.CONFLICT, agreement=step.known, against=against, note=note)


def _as_left(entry: Entry | None, now: Held, agreed: Agreement | None) -> bool:
    """Whether every text that stands there was written by us, by this run or a later one."""
    texts, written = entry.texts if entry else {}, agreed.written if agreed else {}
    return all(
        shape(text) == shape(texts.get(name, "")) or written.get(name) == digest(shape(text))
        for name, text in now.texts.items()
    )


def _make_room(drafts: Drafts, standing: Sequence[Held], sync: str) -> None:
    """Whoever has an address by now that an object would get back keeps it: that is a conflict."""
    found = {anchor: step for anchor, steps in drafts.items() if (step := writing(steps))}
    owners = Owners.among({anchor: step.entry for anchor, step in found.items() if step.entry}, {})
    matched = Matched()
    for one in standing:
        contest(matched, one, one.stamp.anchor if one.stamp and one.stamp.sync == sync else None, owners.of)
    rivals = blockers(matched.contested, owners.of)
    Room(drafts=drafts, blockers=rivals, sync=sync, evict=lambda _: None).make()
