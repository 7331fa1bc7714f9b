"""Says what a change means that was made where an item is held in part: what is not held there is never lost by it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from calsync.card_fields import PHONE
from calsync.event_fields import packed
from calsync.items import Fields
from calsync.plans.details import family

_Value: TypeAlias = Any  # as JSON knows it; None where nothing is said
_Way: TypeAlias = Callable[[_Value, _Value, _Value], _Value]
"""What is meant by the first, where the second was to stand and the third, of it, stood."""
_UNKNOWN: Final = object()
"""What is meant by half of a text."""
_START, _END = "start", "end"


def restored(name: str, text: str | None, whole: Fields, shown: Fields) -> tuple[str, str | None] | None:
    """The field, and its value, that is meant where ``text`` stands in the field ``name`` of a spoke by now.

    ``whole`` is what was to stand there, ``shown`` as much of it as the spoke holds. What it cannot hold stays as it
    is: the end of a list, a zone, whatever of an occurrence was not touched. None where the change says nothing, since
    the spoke never held all of this text: it is put back. Where nothing was changed, it is just what ``whole`` says.
    """
    place, was = _moved(name, whole, shown), shown.get(name)
    before = whole.get(place)
    if before == was:
        return place, text
    if text == was:
        return place, before
    kind = family(name)
    if kind not in _PACKED:
        value = _WAYS.get(kind, _text)(text, before, was)
        return None if value is _UNKNOWN else (place, value)
    value = _PACKED[kind](*(json.loads(each) if each is not None else None for each in (text, before, was)))
    if value is None:
        return place, text if kind not in _LISTS else None
    return place, packed(value)


def _moved(name: str, whole: Fields, shown: Fields) -> str:
    """Where it stands with the others: a spoke whose lists have no gaps moves the second telephone to the first."""
    if not name.startswith(PHONE) or name in whole or name not in shown:
        return name
    moved = (each for each in whole if each.startswith(PHONE) and each not in shown and whole[each] == shown[name])
    return next(moved, name)


def _text(now: _Value, before: _Value, was: _Value) -> _Value:
    return _UNKNOWN if before is not None and len(was or "") < len(before) else now


def _other(now: _Value, before: _Value, was: _Value) -> _Value:
    """What says one thing takes the place of the whole."""
    return now


def _list(now: _Value, before: _Value, was: _Value) -> _Value:
    """What was added and taken away there, of all that there is; a line that was cut there is the whole line."""
    held, all_ = list(was or ()), list(before or ())
    unheld = [each for each in all_ if each not in held]
    cuts = (each for each in held if each and each not in all_)
    lines = {cut: whole for cut in cuts for whole in reversed(unheld) if whole.startswith(cut)}
    rest = [each for each in unheld if each not in lines.values()]
    return list(dict.fromkeys([*(lines.get(each, each) for each in now or ()), *rest])) or None


def _categories(now: _Value, before: _Value, was: _Value) -> _Value:
    found = _list(now, before, was)
    return sorted(found) if found else None


def _times(now: _Value, before: _Value, was: _Value) -> _Value:
    """Times that were not touched, and a zone that was not, are as they were."""
    if not (now and before and was) or not now.keys() == before.keys() == was.keys() or _START not in now:
        return now
    same = all(now[each] == was[each] for each in (_START, _END))
    times = {each: before[each] for each in (_START, _END)} if same else {}
    return now | times | ({"zone": before["zone"]} if now["zone"] == was["zone"] else {})


def _parts(now: _Value, before: _Value, was: _Value) -> _Value:
    """Part by part."""
    if now is None or before is None:
        return now
    found, held = dict(now), was or {}
    for name in {*before, *now}:
        means = before.get(name)
        if now.get(name) != held.get(name):
            told = _PARTS.get(name, _other)(now.get(name), means, held.get(name))
            means = means if told is _UNKNOWN else told
        found[name] = means
    return {name: value for name, value in found.items() if value is not None}


_LISTS: Final = frozenset({"emails", "categories"})
_PACKED: Final[Mapping[str, _Way]] = {
    "when": _times,
    "at": _parts,
    "place": _parts,
    "emails": _list,
    "categories": _categories,
}
"""By the first word of their names the fields that are several things."""
_WAYS: Final[Mapping[str, _Way]] = dict.fromkeys(
    ("rule", "extra", "shows", "sensitivity", "reminder", "birthday", "private"), _other
)
"""Fields that say one thing; all others are texts."""
_PARTS: Final[Mapping[str, _Way]] = {
    "when": _times,
    "categories": _categories,
    **dict.fromkeys(("subject", "location", "body", "street", "city", "state", "postal_code", "country"), _text),
}
