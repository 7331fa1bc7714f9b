"""Puts the steps of a plan in order: what frees an address comes before what needs it, and nothing waits for itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from galsync.engine.order import answers_to, named
from galsync.plans.components import closing, components
from galsync.plans.proxies import addresses_after
from galsync.plans.replacing import made_anew
from galsync.steps import Act, Step

_RANK: Final[Mapping[Act, int]] = {act: rank for rank, act in enumerate((Act.REMOVE, Act.UPDATE, Act.CREATE))}


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """``steps`` by how many others they wait for, one after the other, then by anchor and key.

    What frees an address comes before what needs it; who is a member or a manager, before the group or the person that
    names them, unless these name one another in a round: then one of them is without the other until the next run.
    Where addresses go round (two people swap theirs), one object of the round is removed and made anew: no target takes
    an address twice, not even for a moment.
    """
    nodes = list(steps)
    while True:
        waits = _waits(nodes)
        depths = _depths(waits, len(nodes))
        if not (rounds := _rounds(waits, depths, nodes)):
            break
        nodes = [
            node for number, step in enumerate(nodes) for node in (made_anew(step) if number in rounds else (step,))
        ]
    depths = _depths_with_names(nodes, waits, depths)
    ranks = sorted(range(len(nodes)), key=lambda number: (depths[number], *_place(nodes[number])))
    return tuple(nodes[number] for number in ranks)


def _depths_with_names(steps: Sequence[Step], waits: Mapping[int, set[int]], depths: list[int]) -> list[int]:
    """``depths`` where a step waits for those that it names as well, as far as these do not wait for it."""
    names = _names(steps)
    if not names:
        return depths
    for ring in components(_both(waits, names)):
        _open(set(ring), waits, names, steps)
    return _depths(_both(waits, names), len(steps))


def _both(waits: Mapping[int, set[int]], names: Mapping[int, set[int]]) -> dict[int, set[int]]:
    both = {number: waits.get(number, set()) | names.get(number, set()) for number in {*waits, *names}}
    return {number: others for number, others in both.items() if others}


def _open(
    ring: set[int], waits: Mapping[int, set[int]], names: Mapping[int, set[int]], steps: Sequence[Step]
) -> None:  # fmt: skip
    """Take from ``names`` what closes a round in ``ring``: no more than has to be where they wait for no address."""
    if any(not ring.isdisjoint(waits.get(number, ())) for number in ring):
        for number in ring & names.keys():
            names[number] -= ring
        return
    order = sorted(ring, key=lambda number: _place(steps[number]))
    rank = {number: place for place, number in enumerate(order)}
    inner = {rank[number]: {rank[other] for other in names[number] & ring} for number in ring & names.keys()}
    for one, other in closing(inner, range(len(order))):
        names[order[one]].discard(order[other])


def _names(steps: Sequence[Step]) -> dict[int, set[int]]:
    """For each step that writes an entry which names others, the steps that write those."""
    writing = [(number, step.entry) for number, step in enumerate(steps) if step.act in (Act.CREATE, Act.UPDATE)]
    naming = [(number, found) for number, entry in writing if entry and (found := named(entry))]
    if not naming:
        return {}
    makers = {address: number for number, entry in writing if entry for address in answers_to(entry)}
    others = ((number, {makers[name] for name in found if name in makers} - {number}) for number, found in naming)
    return {number: before for number, before in others if before}


def _place(step: Step) -> tuple[str, int, str]:
    return step.anchor, _RANK.get(step.act, len(_RANK)), step.held.key if step.held else ""


def _waits(steps: Sequence[Step]) -> dict[int, set[int]]:
    """Which steps wait for which, by their numbers; those that wait for none are left out."""
    freed: dict[str, int] = {}
    removed: dict[str, list[int]] = {}
    for number, step in enumerate(steps):
        for address in _freed(step):
            freed[address] = number
        if step.act is Act.REMOVE:
            removed.setdefault(step.anchor, []).append(number)
    waits: dict[int, set[int]] = {}
    if not freed and not removed:
        return waits
    for number, step in enumerate(steps):
        needed = {freed[address] for address in _needed(step) if address in freed}
        if step.act not in (Act.REMOVE, Act.CONFLICT):
            needed.update(removed.get(step.anchor, ()))
        if needed:
            waits[number] = needed
    return waits


def _freed(step: Step) -> frozenset[str]:
    if step.held is None or step.act not in (Act.UPDATE, Act.REMOVE):
        return frozenset()
    if step.act is Act.REMOVE:
        return step.held.addresses
    return step.held.addresses - addresses_after(step.entry, step.held, step.known) if step.entry else frozenset()


def _needed(step: Step) -> frozenset[str]:
    if step.entry is None or step.act not in (Act.CREATE, Act.UPDATE):
        return frozenset()
    return answers_to(step.entry) - (step.held.addresses if step.held else frozenset())


def _depths(waits: Mapping[int, set[int]], count: int) -> list[int]:
    """How long the chain is that each waits for; -1 where it never ends."""
    depths = [-1 if number in waits else 0 for number in range(count)]
    left = {number: len(others) for number, others in waits.items()}
    followers: dict[int, list[int]] = {}
    for number, others in waits.items():
        for other in others:
            followers.setdefault(other, []).append(number)
    ready = [number for number in followers if number not in waits]
    while ready:
        number = ready.pop()
        for follower in followers.get(number, ()):
            left[follower] -= 1
            if not left[follower]:
                depths[follower] = 1 + max(depths[other] for other in waits[follower])
                ready.append(follower)
    return depths


def _rounds(waits: Mapping[int, set[int]], depths: Sequence[int], steps: Sequence[Step]) -> set[int]:
    """Of each round of steps that wait for one another one step, the first by anchor."""
    seen: set[int] = set()
    found: set[int] = set()
    for start in (number for number, depth in enumerate(depths) if depth < 0):
        path: dict[int, None] = {}
        number = start
        while number not in seen:
            seen.add(number)
            path[number] = None
            number = min((other for other in waits[number] if depths[other] < 0), key=lambda one: _place(steps[one]))
        if number in path:
            walked = list(path)
            found.add(min(walked[walked.index(number) :], key=lambda one: _place(steps[one])))
    return found
