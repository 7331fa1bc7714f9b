"""Steps as plans have them, one at a time, for the tests of targets; and what became of them."""

from collections.abc import Sequence

from galsync.entries import Agreement, Entry, Held
from galsync.side import Handed, Outcome, Written
from galsync.steps import Act, Change, Step, Why
from protocols.model.person import Field


def create(entry: Entry) -> Step:
    """Somebody new."""
    return Step(act=Act.CREATE, anchor=entry.anchor, why=Why.NEW, entry=entry, agreement=agreed(entry, None))


def update(
    entry: Entry,
    held: Held,
    *fields: str,
    texts: Sequence[Field] = (),
    known: Agreement | None = None,
    why: Why = Why.CHANGED,
) -> Step:
    """``fields`` (address, aliases, hidden, members, photo) and ``texts`` of ``held`` become as ``entry`` has them."""
    changes = [Change(field, "before", "after") for field in fields]
    changes += [Change(key.value, held.texts.get(key, ""), entry.texts.get(key, "")) for key in texts]
    return Step(
        act=Act.UPDATE,
        anchor=entry.anchor,
        why=why,
        entry=entry,
        held=held,
        agreement=agreed(entry, held),
        known=known or agreed(entry, held),
        changes=tuple(changes),
    )


def retire(held: Held, anchor: str) -> Step:
    """Nobody wants it any more: the first half."""
    change = Change("hidden", "no", "yes")
    return Step(act=Act.RETIRE, anchor=anchor, why=Why.GONE, held=held, changes=(change,))


def remove(held: Held, anchor: str) -> Step:
    """The second half."""
    return Step(act=Act.REMOVE, anchor=anchor, why=Why.GRACE_OVER, held=held)


def agreed(entry: Entry, held: Held | None) -> Agreement:
    """What the ledger knows of ``entry`` once it is written."""
    key = held.key if held else ""
    return Agreement(anchor=entry.anchor, key=key, address=entry.address.address, aliases=entry.aliases)


def done(outcome: Outcome) -> bool:
    """Whether the step was done, or handed to somebody who will do it."""
    return isinstance(outcome, Written | Handed)


def by_key(held: Sequence[Held]) -> dict[str, Held]:
    """The objects by key; fails where one is there twice."""
    found = {each.key: each for each in held}
    assert len(found) == len(held), "an object is told twice"
    return found
