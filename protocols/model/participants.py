"""Who takes part in an appointment, in one form for people to read: nothing of it can be written back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from protocols.model.event import Response
from protocols.model.texts import line

Named: TypeAlias = tuple[str, str]
"""A name and an address, either of them "" where it is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """``others``: somebody besides the owner takes part. ``lines`` are organiser and attendees, one line each;
    ``response`` is what the owner answered."""

    others: bool = False
    lines: tuple[str, ...] = field(default=(), repr=False)
    response: Response = Response.NONE


def people_lines(organisers: Iterable[Named], attendees: Iterable[Named]) -> tuple[str, ...]:
    """The organiser ("Organiser: Ann <ann@contoso.example>"), then everybody else, each once; addresses in lower case.

    What each attendee answered is not in them: a copy would be written anew with every answer, and only the
    organiser's calendar knows it.
    """
    leading, others = _keyed(organisers), _keyed(attendees)
    names: dict[str, str] = {}
    for key, name in (*leading, *others):
        names[key] = names.get(key, "") or name
    first = dict.fromkeys(key for key, _ in leading)
    rest = dict.fromkeys(key for key, _ in others if key not in first)
    return (*(f"Organiser: {_line(key, names[key])}" for key in first), *(_line(key, names[key]) for key in rest))


def _keyed(people: Iterable[Named]) -> list[tuple[str, str]]:
    """By what each is known, the address before the name, and what is to be said besides."""
    told = ((" ".join(line(name).split()), line(address).lower()) for name, address in people)
    keyed = ((address or name, name if name.lower() != address else "") for name, address in told)
    return [(key, name) for key, name in keyed if key]


def _line(key: str, name: str) -> str:
    return f"{name} <{key}>" if name and name != key else key
