"""Puts the steps of a plan in order: what frees an address comes before what needs it, and nothing waits for itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from galsync.engine.order import answers_to
from galsync.plans.proxies import addresses_after
from galsync.plans.replacing import made_anew
from galsync.steps import Act, Step

_RANK: Final[Mapping[Act, int]] = {act: rank for rank, act in enumerate((Act.REMOVE, Act.UPDATE, Act.CREATE))}


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """``steps`` by how many others they wait for, one after the other, then by anchor and key.

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
    ranks = sorted(range(len(nodes)), key=lambda number: (depths[number], *_place(nodes[number])))
    return tuple(nodes[number] for number in ranks)


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
