"""Keeps an item where it is: nothing that somebody does to a copy makes the origin give it no more, or less of it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from calsync.contents import content
from calsync.event_fields import AT, FRAME, packed
from calsync.items import Fields
from calsync.plans.details import family, level, stricter
from calsync.plans.giving import given
from calsync.rules import Gives, Treat
from protocols.model.event import Sensitivity

STAYS: Final = (
    "something was changed here by which its origin would give it no more, or less of it: that is not carried there"
    " (a mark as private stays on this copy alone)"
)
_SENSITIVITY: Final = "sensitivity"
_Values: TypeAlias = Mapping[str, str | None]
_PRIVATE: Final = frozenset({Sensitivity.PRIVATE.value, Sensitivity.CONFIDENTIAL.value})
_MARKS: Final[Mapping[str, frozenset[str]]] = {_SENSITIVITY: _PRIVATE, "private": frozenset({"true"})}


def staying(base: Fields, values: _Values, gives: Gives | None, now: datetime) -> dict[str, str | None]:
    """As much of ``values``, which somebody changed at a copy of ``base``, as leaves the item given by its origin, as
    far as it is given now (``gives`` are the origin's rules). A mark as private is left out where that would withdraw
    it, then each field that would by itself; of the fields that say when it is all or none."""
    at, found = level(base), dict(values)
    if gives is None or _less(base, {}, at, gives, now) or not _less(base, found, at, gives, now):
        return found
    if gives.private is not Treat.COPY:
        found = {name: _unmarked(name, text, base) for name, text in found.items() if name not in _MARKS}
    for names in _groups(found):
        if _less(base, {name: found[name] for name in names}, at, gives, now):
            found = {name: text for name, text in found.items() if name not in names}
    return {} if _less(base, found, at, gives, now) else found


def marked(name: str, text: str | None, value: str | None) -> bool:
    """Whether ``text``, which stands in this field of a copy, is ``value`` with a mark as private that that lacks."""
    if name in _MARKS:
        return text in _MARKS[name] and value not in _MARKS[name]
    if not name.startswith(AT) or text is None or value is None:
        return False
    stands, shall = json.loads(text) or {}, json.loads(value) or {}
    mark, meant = stands.pop(_SENSITIVITY, None), shall.pop(_SENSITIVITY, None)
    return mark in _PRIVATE and meant not in _PRIVATE and bool(stands == shall)


def _unmarked(name: str, text: str | None, base: Fields) -> str | None:
    """An occurrence as somebody left it, but for the mark."""
    values = json.loads(text) if text is not None and name.startswith(AT) else None
    if not values or values.get(_SENSITIVITY) not in _PRIVATE:
        return text
    was = (json.loads(base[name]) if name in base else None) or {}
    mark = {_SENSITIVITY: was[_SENSITIVITY]} if _SENSITIVITY in was else {}
    return packed({each: value for each, value in values.items() if each != _SENSITIVITY} | mark)


def _groups(values: _Values) -> Iterable[tuple[str, ...]]:
    """What is carried together, or not at all."""
    frame = tuple(name for name in values if name in FRAME)
    return (*((frame,) if frame else ()), *((name,) for name in values if name not in frame))


def _less(base: Fields, values: _Values, at: str, gives: Gives, now: datetime) -> bool:
    """Whether less than ``at`` would be given of ``base`` with these ``values``, or of an occurrence than there is."""
    occurrences = all(family(name) == AT.strip() for name in values)  # others may go with other times
    fields = {name: text for name, text in base.items() if occurrences or not name.startswith(AT)}
    fields = {name: text for name, text in (fields | dict(values)).items() if text is not None}
    try:
        told = given(content(fields), gives, now, taken=True)
    except ValueError:
        return False
    return told.fields is None or stricter(at, level(told.fields)) != at or bool(told.withheld)
