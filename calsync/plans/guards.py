"""Stops a plan that would do more than anybody may have meant: many copies, changes or removals, a side that lost its
items."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from calsync.agreed import Agreed, Link
from calsync.plans.first_sight import MIRRORED, RENAMED
from calsync.plans.looking import went_back
from calsync.plans.situation import Situation
from calsync.spoke import Act
from calsync.steps import Step, Stop, Why

CREATIONS: Final = "creations"
CHANGES: Final = "changes"
DELETIONS: Final = "deletions"
WITHDRAWALS: Final = "withdrawals"
SHRINK: Final = "shrink"
EMPTY: Final = "empty"
RESTORED: Final = "restored"
GUARDS: Final = (CREATIONS, CHANGES, DELETIONS, WITHDRAWALS, SHRINK, EMPTY, RESTORED, RENAMED, MIRRORED)
"""The words that ``--allow`` takes."""
_LOST: Final = frozenset({Why.GONE, Why.REMOVED})
"""Why something is removed that somebody removed elsewhere."""
_CHANGED: Final = frozenset({Why.CHANGED, Why.CONFLICT})
"""Why something is written over that people changed elsewhere; what the hub puts back, or the rules ask for, is what
stood there, or what was asked for."""
_FEW: Final = 2
"""So many may vanish from a spoke that began anew, or turn up of what nobody knows."""


@dataclass(slots=True)
class _Counts:
    """By spoke: copies to be made (``new``: all that is done for items that no ledger knows), changes to be written,
    removals (``withdrawn``: of what is not given any more), and links of which nothing is there (``gone``;
    ``counting``: those that others might follow). By the spoke that lost them: the items that would be removed
    elsewhere (``fallen``), in how many places (``elsewhere``), and how many of these people entered there
    (``entered``)."""

    made: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    counting: Counter[str] = field(default_factory=Counter)
    fallen: dict[str, set[str]] = field(default_factory=dict)
    elsewhere: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)


def stops(
    situation: Situation,
    known: Iterable[Agreed],
    steps: Iterable[Step],
    *,
    counts: Mapping[str, int],
    adopted: Iterable[str] = (),
) -> list[Stop]:
    """The guards that do not let ``steps`` be done, by spoke in the order of the rules; before them the spokes that the
    rules do not name any more. ``adopted`` are the spokes of copies of what nobody knows, one by one, that would become
    items of their own.

    How a spoke was read says nothing: one that finds the differences itself tells of an emptied file as of so many
    removals. But one that began anew (its token was refused, or something there is older than it was) may have been
    restored from a backup: of what is not there any more little goes without a question.
    """
    ledger = {agreed.id: agreed for agreed in known}
    names = {spoke.name for spoke in situation.rules.spokes}
    unnamed = {agreed.id: agreed.origin for agreed in ledger.values() if agreed.origin not in names}
    steps = list(steps)
    found = list(_unnamed(unnamed, steps))
    told = _counted(
        situation, ledger, [step for step in steps if step.item not in unnamed or step.act is not Act.DELETE]
    )
    orphans = Counter(adopted) if any(counts.values()) else Counter[str]()  # else all is looked at for the first time
    for spoke in (each.name for each in situation.rules.spokes):
        count = counts.get(spoke, 0)
        found += _fuses(situation, spoke, count, told)
        emptied = list(_emptied(situation, spoke, count, told))
        found += emptied or _restored(situation, ledger.values(), spoke, count, told)
        found += _come_back(spoke, orphans[spoke])
    return found


def _counted(situation: Situation, ledger: Mapping[str, Agreed], steps: Iterable[Step]) -> _Counts:
    told = _Counts()
    links = ((agreed, link) for agreed in ledger.values() for link in agreed.links.values())
    for agreed, link in links:
        if situation.gone(link) and link.spoke not in situation.refill:
            told.gone[link.spoke] += 1
            told.counting[link.spoke] += _counts(situation, agreed, link)
    for step in steps:
        told.new[step.spoke] += step.item not in ledger
        if step.act is Act.CREATE:
            told.made[step.spoke] += 1
        elif step.act is Act.UPDATE:
            told.changed[step.spoke] += step.why in _CHANGED
            told.withdrawn[step.spoke] += step.why is Why.WITHDRAWN
        elif step.why is Why.WITHDRAWN:
            told.withdrawn[step.spoke] += 1
        elif step.why in _LOST:
            told.removed[step.spoke] += 1
            _blame(situation, ledger.get(step.item), step, told)
    return told


def _counts(situation: Situation, agreed: Agreed, link: Link) -> bool:
    """Whether a removal of what stood there counts."""
    counts = situation.removes(agreed, link.spoke, guarded="") and not situation.blind(agreed, link)
    return not link.made or counts


def _blame(situation: Situation, agreed: Agreed | None, step: Step, told: _Counts) -> None:
    """Notes a removal with the spokes where the item was gone first."""
    links = agreed.links.values() if agreed is not None else ()
    for spoke in (link.spoke for link in links if link.spoke != step.spoke and situation.gone(link)):
        told.fallen.setdefault(spoke, set()).add(step.item)
        told.elsewhere[spoke] += 1
        told.entered[spoke] += step.link is not None and not step.link.made


def _unnamed(origins: Mapping[str, str], steps: Iterable[Step]) -> Iterator[Stop]:
    """A spoke that was given another name, and is not known again, looks like one that was taken away."""
    goes = [step for step in steps if step.act is Act.DELETE or step.why is Why.WITHDRAWN]
    removed = Counter(origins[step.item] for step in goes if step.item in origins)
    for spoke, count in sorted(removed.items()):
        words = (
            f"{spoke} is not among the spokes any more, so {count} copies of what came from it would be removed: give"
            " it its old name again, or, where it was taken out on purpose, allow it"
        )
        yield Stop(guard=DELETIONS, spoke=spoke, words=words)


def _fuses(situation: Situation, spoke: str, count: int, told: _Counts) -> Iterator[Stop]:
    rules, stand = situation.rules, max(count - told.gone[spoke], 0)
    if not rules.creations.allows(made := told.made[spoke], stand):
        words = f"{made} copies would be made in {spoke}, where {stand} items stand: look at the plan, then allow it"
        yield Stop(guard=CREATIONS, spoke=spoke, words=words)
    if not rules.changes.allows(changed := told.changed[spoke], count):
        words = (
            f"{changed} of {count} items would be changed in {spoke}: see in the plan whether people changed so many"
            " elsewhere, or a program spoilt them; then allow it"
        )
        yield Stop(guard=CHANGES, spoke=spoke, words=words)
    if not rules.deletions.allows(removed := told.removed[spoke], count):
        words = f"{removed} of {count} items would be removed from {spoke}: look at the plan, then allow it"
        yield Stop(guard=DELETIONS, spoke=spoke, words=words)
    if not rules.deletions.allows(withdrawn := told.withdrawn[spoke], count):
        words = (
            f"{withdrawn} of {count} items would be removed from {spoke}, since what they came from is not given any"
            " more: look at what the other spokes give (private, filters, window), then allow it"
        )
        yield Stop(guard=WITHDRAWALS, spoke=spoke, words=words)


def _emptied(situation: Situation, spoke: str, count: int, told: _Counts) -> Iterator[Stop]:
    """A calendar that lost most of what it had is rather another calendar than one that somebody cleared. Where nothing
    follows but that copies of ours are made again, nobody is asked."""
    gone, share = told.gone[spoke], situation.rules.shrink
    if _only_ours(situation, spoke, told):
        return
    if not gone or share <= 0 or (count <= 1 and not situation.everything):  # of one, alone where all is new as well
        return
    harm, ways = _harm(spoke, told), _ways(situation, spoke)
    rest = f"{harm}: see that {spoke} is still the right one and may be read. {ways}"
    if gone >= count:
        lost = (
            f"none of the {count} items of {spoke} is there" if count > 1 else f"the only item of {spoke} is not there"
        )
        words = f"{lost} any more{rest}"
        yield Stop(guard=EMPTY, spoke=spoke, words=words)
    elif count - gone < share * count:
        words = f"only {count - gone} of the {count} items of {spoke} are there still{rest}"
        yield Stop(guard=SHRINK, spoke=spoke, words=words)


def _only_ours(situation: Situation, spoke: str, told: _Counts) -> bool:
    """Whether all that is gone at a spoke are copies of ours whose removal does not count, and nothing would be made
    elsewhere of what stands there now."""
    taken = situation.gives(spoke) is not None and told.new.total() - told.new[spoke]
    return not (told.counting[spoke] or taken)


def _restored(situation: Situation, known: Iterable[Agreed], spoke: str, count: int, told: _Counts) -> Iterator[Stop]:
    """A spoke that began anew, and of which several items are gone whose others would follow, or all; or of which
    several are older than what the hub wrote or read there."""
    fallen = len(told.fallen.get(spoke, ()))
    counts = spoke not in situation.refill and situation.gives(spoke) is not None
    links = ((agreed, agreed.links.get(spoke)) for agreed in known if counts)
    older = sum(link is not None and went_back(situation, agreed, link) for agreed, link in links)
    many = fallen > _FEW or (fallen and told.gone[spoke] >= count)
    if older > _FEW or (many and (older or spoke in situation.expired)):
        lost = f"{fallen} of the {count} items of {spoke} are not there any more{_harm(spoke, told)}" if fallen else ""
        was = f"{older} of its {count} items are older than they were" if older > _FEW else ""
        found = " and ".join(filter(None, (lost, was)))
        words = f"{found}, and its server began anew: was it restored from a backup? {_ways(situation, spoke)}"
        yield Stop(guard=RESTORED, spoke=spoke, words=words)


def _come_back(spoke: str, orphans: int) -> Iterator[Stop]:
    """Copies of what was deleted since, as a backup, or whoever lost a ledger, brings them back."""
    if orphans > _FEW:
        words = (
            f"{orphans} copies of ours stand in {spoke} of which nobody knows the original any more, so they would be"
            f" made everywhere: were the originals deleted, and was {spoke} restored from a backup? Remove them there;"
            " where they are wanted, allow it"
        )
        yield Stop(guard=RESTORED, spoke=spoke, words=words)


def _harm(spoke: str, told: _Counts) -> str:
    """What would follow elsewhere, in a half-sentence."""
    if not (elsewhere := told.elsewhere[spoke]):
        return ""
    entered = f", {told.entered[spoke]} of them entered there" if told.entered[spoke] else ""
    return f", so {elsewhere} would be removed elsewhere{entered}"


def _ways(situation: Situation, spoke: str) -> str:
    """What to do about items that are gone at a spoke."""
    hub = situation.rules.name
    return f"`busyline calendar refill {hub} {spoke}` makes them there again; where people removed them, allow it"
