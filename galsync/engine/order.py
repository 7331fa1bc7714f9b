"""Which steps of a place may be written at the same time, and which wait for one that makes room for them."""

from collections.abc import Iterable, Sequence

from galsync.entries import Entry, Held
from galsync.steps import Step
from protocols.model.person import Field


def answers_to(entry: Entry) -> frozenset[str]:
    """The addresses that an object written for ``entry`` has, spelled as in Held.addresses."""
    return frozenset((entry.address.address, *(alias.lower() for alias in entry.aliases)))


def named(entry: Entry) -> tuple[str, ...]:
    """The addresses of others that ``entry`` names, in lower case: its members, or its manager."""
    manager = entry.texts.get(Field.MANAGER)
    names = (*entry.members, manager) if manager else entry.members
    return tuple(name.lower() for name in names)


def needs(step: Step) -> frozenset[str]:
    """The addresses that the object will have and had not."""
    if step.entry is None:
        return frozenset()
    return answers_to(step.entry) - _had(step.held)


def frees(step: Step) -> frozenset[str]:
    """The addresses that the object had and may not have afterwards."""
    return _had(step.held) if step.entry is None else _had(step.held) - answers_to(step.entry)


def marks(step: Step) -> tuple[str, ...]:
    """What two steps share that may not be written at the same time: the object, or whom it stands for."""
    anchor = f"anchor {step.anchor}"
    return (anchor, f"key {step.held.key}") if step.held else (anchor,)


def names(step: Step) -> tuple[str, ...]:
    """The addresses of members and manager that the object is written with."""
    return named(step.entry) if step.entry else ()


def phases(steps: Iterable[Step]) -> list[Sequence[Step]]:
    """``steps`` in groups to be written one after the other; the order of a plan is kept where it matters.

    A step comes after all earlier ones that free an address which it needs, that give one to a member or manager whom
    it names, or that concern the same object or person.
    """
    groups: list[list[Step]] = []
    freed: dict[str, int] = {}
    given: dict[str, int] = {}
    touched: dict[str, int] = {}
    for step in steps:
        needed = needs(step)
        level = max(
            max((freed[address] + 1 for address in needed if address in freed), default=0),
            max((touched[mark] + 1 for mark in marks(step) if mark in touched), default=0),
            max((given[name] + 1 for name in names(step) if name in given), default=0),
        )
        given |= dict.fromkeys(needed, level)
        for address in frees(step):
            freed[address] = max(level, freed.get(address, 0))
        for mark in marks(step):
            touched[mark] = level
        if level == len(groups):
            groups.append([])
        groups[level].append(step)
    return list[Sequence[Step]](groups)


def _had(held: Held | None) -> frozenset[str]:
    return held.addresses if held else frozenset()
