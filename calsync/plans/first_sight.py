"""Stops a hub that meets a calendar for the first time and finds there what speaks of a past: another name of its own,
or another tool."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from calsync.plans.situation import Situation
from calsync.rules import Kind
from calsync.steps import Stop

RENAMED: Final = "renamed"
MIRRORED: Final = "mirrored"
"""Words of guards, which ``--allow`` takes."""
_MANY: Final = 5
"""Of so many copies nobody carried each over by hand."""
_ALIKE: Final = 10
_SHARE: Final = 4
"""So many lookalikes, and one of so many items, are no accident: holidays stand in each calendar, and people are in
more than one book."""
_MIRRORED: Final = (
    "{number} items of {spoke} have the {what} of items of {others}, and differ in something else: were these mirrored"
    " before? Remove what that tool made, or each would stand twice; where they are items of their own, allow it"
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A copy at ``spoke`` that the hub ``hub`` made, and that was not known to be there."""

    spoke: str
    hub: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Something new at ``spoke`` that looks like an item from ``other``, and differs."""

    spoke: str
    other: str


def stops(
    situation: Situation,
    *,
    counts: Mapping[str, int],
    whole: frozenset[str],
    foreign: Iterable[Foreign],
    alike: Iterable[Alike],
) -> Iterator[Stop]:
    """What does not let a first reading be carried out: of spokes that were read ``whole`` and of which nothing is
    linked yet (``counts``)."""
    new = {name for name in whole if not counts.get(name, 0)}
    hubs: dict[str, list[str]] = {}
    for copy in foreign:
        if copy.spoke in new:
            hubs.setdefault(copy.hub, []).append(copy.spoke)
    for hub, places in sorted(hubs.items()):
        if len(places) >= _MANY:
            yield Stop(guard=RENAMED, spoke=places[0], words=_renamed(situation.rules.name, hub, len(places)))
    pairs: dict[str, list[str]] = {}
    for item in alike:
        if item.spoke in new:
            pairs.setdefault(item.spoke, []).append(item.other)
    for spoke, others in pairs.items():
        if len(others) >= max(_ALIKE, len(situation.seen[spoke]) // _SHARE):
            named = " and ".join(sorted(set(others)))
            what = "times and subjects" if situation.kind is Kind.CALENDAR else "names"
            words = _MIRRORED.format(number=len(others), spoke=spoke, what=what, others=named)
            yield Stop(guard=MIRRORED, spoke=spoke, words=words)


def _renamed(hub: str, other: str, number: int) -> str:
    return (
        f"{number} copies stand here already that a hub called {other} made: where {other} is the old name of {hub},"
        f" give the hub that name again and run `busyline calendar purge {other}` first, or each would stand twice;"
        f" where {other} is another hub that goes on, allow it"
    )
