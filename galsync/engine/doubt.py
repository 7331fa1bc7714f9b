"""What became of steps whose answer was lost: looked up in the target before anything is tried again."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from galsync.engine.order import answers_to
from galsync.entries import Entry, Held, Stamp
from galsync.side import Failed, Outcome, Target, Written
from galsync.steps import Act, Step
from protocols.model.freebusy import Reason

Found: TypeAlias = Outcome | None
"""None: it was not done, and may be tried again."""

_HALF = "half of it stands there: the next run mends it"
_MEANWHILE = "somebody else changed it meanwhile: the next run plans it anew"
_GONE = "is not there any more: the next run plans it anew"


async def looked_up(target: Target, place: str, steps: Sequence[Step], *, sync: str) -> list[Found]:
    """What became of each of ``steps``, in order. Raises PeerError where the target does not tell."""
    keys = [step.held.key for step in steps if step.held is not None]
    addresses = {
        address for step in steps if step.act is Act.CREATE and step.entry for address in answers_to(step.entry)
    }
    standing = await target.look(place, keys, sorted(addresses))
    by_key = {held.key: held for held in standing}
    ours = {held.stamp.anchor: held for held in standing if held.stamp and held.stamp.sync == sync}
    return [
        _created(step, ours.get(step.anchor)) if step.held is None else _changed(step, by_key.get(step.held.key), sync)
        for step in steps
    ]


def _created(step: Step, held: Held | None) -> Found:
    if held is None:
        return None
    if step.entry is None or not fits(held, step.entry):
        return Failed(Reason.INCOMPLETE, _HALF)
    return Written(held.key, held.version)


def _changed(step: Step, held: Held | None, sync: str) -> Found:
    if held is not None and held.stamp != Stamp(sync, step.anchor):
        return Failed(Reason.FORBIDDEN, "does not bear our stamp any more: it is left alone")
    if step.act is Act.REMOVE:
        return Written() if held is None else None
    if held is None:
        return Failed(Reason.NO_SUCH_MAILBOX, _GONE)
    if held.hidden if step.act is Act.RETIRE else _updated(step, held):
        return Written(held.key, held.version)
    same = step.held is not None and held.version == step.held.version
    return None if same else Failed(Reason.INCOMPLETE, _MEANWHILE)


def fits(held: Held, entry: Entry) -> bool:
    """Whether what stands there is what was to be written, as far as a target keeps texts as they were written."""
    return (
        held.address == entry.address
        and held.hidden == entry.hidden
        and answers_to(entry) <= held.addresses
        and all(held.texts.get(field) == text for field, text in entry.texts.items())
        and set(entry.members) <= set(held.members)
    )


def _updated(step: Step, held: Held) -> bool:
    """Whether what ``changes`` name stands there. Photos are not compared: to write one twice does no harm."""
    entry = step.entry
    return entry is not None and all(_done(change.field, entry, held) for change in step.changes)


def _done(name: str, entry: Entry, held: Held) -> bool:
    if check := _CHECKS.get(name):
        return check(entry, held)
    texts = {str(field): text for field, text in entry.texts.items()}
    stands = {str(field): text for field, text in held.texts.items()}
    return texts.get(name, "") == stands.get(name, "")


_CHECKS: Final[dict[str, Callable[[Entry, Held], bool]]] = {
    "address": lambda entry, held: held.address == entry.address,
    "aliases": lambda entry, held: answers_to(entry) <= held.addresses,
    "hidden": lambda entry, held: held.hidden == entry.hidden,
    "members": lambda entry, held: set(held.members) == set(entry.members),
    "photo": lambda _, __: False,
}
"""By the names of Change.field; all others are those of texts."""
