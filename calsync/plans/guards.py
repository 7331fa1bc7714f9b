"""Stops a plan that would do more than anybody may have meant: many new copies, many removals, an emptied side."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from calsync.agreed import Agreed
from calsync.plans.situation import Situation
from calsync.spoke import Act
from calsync.steps import Step, Stop, Why

CREATIONS: Final = "creations"
DELETIONS: Final = "deletions"
SHRINK: Final = "shrink"
EMPTY: Final = "empty"
GUARDS: Final = (CREATIONS, DELETIONS, SHRINK, EMPTY)
"""The words that ``--allow`` takes."""
_LOST: Final = frozenset({Why.GONE})
"""Why something is removed that somebody removed elsewhere; for any other reason nothing is lost with it."""


def stops(
    situation: Situation,
    known: Iterable[Agreed],
    steps: Iterable[Step],
    *,
    counts: Mapping[str, int],
) -> list[Stop]:
    """The guards that do not let ``steps`` be done, by spoke in the order of the rules; before them the spokes that the
    rules do not name any more.

    How a spoke was read says nothing: one that finds the differences itself tells of an emptied file as of so many
    removals.
    """
    steps, known = list(steps), list(known)
    made = Counter(step.spoke for step in steps if step.act is Act.CREATE)
    removed = Counter(step.spoke for step in steps if step.act is Act.DELETE and step.why in _LOST)
    gone = Counter(link.spoke for agreed in known for link in agreed.links.values() if situation.gone(link))
    found = _unnamed(situation, known, steps)
    for spoke in (each.name for each in situation.rules.spokes):
        count = counts.get(spoke, 0)
        found += _fuse(situation, spoke, count, made[spoke], removed[spoke])
        found += _emptied(situation.rules.shrink, spoke, count, gone[spoke])
    return found


def _unnamed(situation: Situation, known: Iterable[Agreed], steps: Iterable[Step]) -> list[Stop]:
    """A spoke that was given another name looks like one that was taken away, and another one that is new."""
    names = {spoke.name for spoke in situation.rules.spokes}
    origins = {agreed.id: agreed.origin for agreed in known if agreed.origin not in names}
    removed = Counter(origins[step.item] for step in steps if step.act is Act.DELETE and step.item in origins)
    return [
        Stop(
            guard=DELETIONS,
            spoke=spoke,
            words=f"{spoke} is not among the spokes any more, so {count} copies of what came from it would be removed: "
            "give it its old name again (it stands in each item), or allow it",
        )
        for spoke, count in sorted(removed.items())
    ]


def _fuse(situation: Situation, spoke: str, count: int, made: int, removed: int) -> Iterator[Stop]:
    rules = situation.rules
    if not rules.creations.allows(made, count):
        words = f"{made} copies would be made in {spoke}, where {count} items stand: look at the plan, then allow it"
        yield Stop(guard=CREATIONS, spoke=spoke, words=words)
    if not rules.deletions.allows(removed, count):
        words = f"{removed} of {count} items would be removed from {spoke}: look at the plan, then allow it"
        yield Stop(guard=DELETIONS, spoke=spoke, words=words)


def _emptied(share: float, spoke: str, count: int, gone: int) -> Iterator[Stop]:
    """A calendar that lost most of what it had is rather another calendar than one that somebody cleared."""
    if count <= 1 or not gone or share <= 0:
        return
    look = f"see that {spoke} is still the right one and may be read, then allow it"
    if gone >= count:
        yield Stop(guard=EMPTY, spoke=spoke, words=f"none of the {count} items of {spoke} is there any more: {look}")
    elif count - gone < share * count:
        words = f"only {count - gone} of the {count} items of {spoke} are there still: {look}"
        yield Stop(guard=SHRINK, spoke=spoke, words=words)
