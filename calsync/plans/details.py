"""Knows what of an item may be told at each level of detail: all, without its text, or its times alone."""

import json
from collections.abc import Mapping
from typing import Any, Final

from calsync.event_fields import AT, packed
from calsync.items import Fields
from calsync.rules import Detail, Kind

DETAIL: Final = "detail"
"""The field of no content that says how little the origin gives (calsync.agreed.Agreed)."""
FULL: Final = Detail.FULL.value
SUBJECT: Final = Detail.SUBJECT.value
BUSY: Final = Detail.BUSY.value
NOTHING: Final = "none"
_LEVELS: Final = (FULL, SUBJECT, BUSY, NOTHING)

_TIMES: Final = frozenset({"when", "rule", "extra", "at", "shows", "cancelled"})
_NAMES: Final = frozenset({"display_name", "given_name", "middle_name", "surname", "nickname", "prefix", "suffix"})
_TOLD: Final[Mapping[tuple[Kind, str], frozenset[str]]] = {
    (Kind.CALENDAR, SUBJECT): _TIMES | {"subject", "location", "sensitivity", "categories", "reminder"},
    (Kind.CALENDAR, BUSY): _TIMES,
    (Kind.CONTACTS, SUBJECT): _NAMES | {"company", "emails"},
    (Kind.CONTACTS, BUSY): _NAMES,
    (Kind.CALENDAR, NOTHING): frozenset(),
    (Kind.CONTACTS, NOTHING): frozenset(),
}
"""By kind and level the fields that are told, by their first word; all of them at FULL."""
_OF_OCCURRENCES: Final[Mapping[str, frozenset[str]]] = {
    SUBJECT: frozenset({"when", "subject", "location", "shows", "reminder", "sensitivity", "categories"}),
    BUSY: frozenset({"when", "shows"}),
}


def level(fields: Fields) -> str:
    """How much the origin gives of an item that all agreed on."""
    return fields.get(DETAIL, FULL)


def stricter(*levels: str) -> str:
    """The one of ``levels`` that tells least."""
    return max(levels, key=_LEVELS.index)


def family(name: str) -> str:
    """The first word of the name of a field: what it is one of several of."""
    return name.partition(" ")[0]


def told(name: str, at: str, kind: Kind) -> bool:
    """Whether the field of this name is told at level ``at``."""
    return at == FULL or family(name) in _TOLD[kind, at]


def masked(fields: Fields, at: str, kind: Kind) -> dict[str, str]:
    """What of ``fields`` is told at level ``at``, occurrences included; without the field that says the level."""
    found = {name: text for name, text in fields.items() if name != DETAIL and told(name, at, kind)}
    if at in _OF_OCCURRENCES:
        differ = {name: json.loads(text) for name, text in found.items() if name.startswith(AT)}
        found |= {name: packed(of_occurrence(values, at)) for name, values in differ.items()}
    return found


def of_occurrence(values: dict[str, Any] | None, at: str) -> dict[str, Any] | None:
    """What of an occurrence (calsync.event_fields.occurrence_values) is told at level ``at``."""
    if values is None or at not in _OF_OCCURRENCES:
        return values
    return {name: value for name, value in values.items() if name in _OF_OCCURRENCES[at]}


def withdrawn(fields: Fields, kind: Kind) -> dict[str, str]:
    """What is kept of ``fields`` that are not given any more: the times, for copies that may not be removed."""
    return labelled(masked(fields, BUSY, kind), NOTHING)


def labelled(fields: Mapping[str, str], at: str) -> dict[str, str]:
    """``fields`` with the field that says the level, where it is not all."""
    rest = {name: text for name, text in fields.items() if name != DETAIL}
    return rest if at == FULL else {**rest, DETAIL: at}
