"""Keeps what is held back where an item was entered from being moved, dropped or written over by a change elsewhere."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from calsync.agreed import Link
from calsync.contents import digest
from calsync.event_fields import AT, FRAME
from calsync.items import Fields
from calsync.plans.getting import ours, wanted
from calsync.plans.giving import left_out
from calsync.plans.looking import Look, gets_of
from calsync.plans.merging import Edit, Merged, merged
from calsync.plans.situation import Situation

HOLDS: Final = "holds back occurrences: end or move the series where it was entered, and change them there"
_TELLING: Final = ("subject", "location", "body", "sensitivity", "categories")
"""Of an occurrence what is missed where it is told without."""


def agreed_on(situation: Situation, seen: Look) -> tuple[Merged, bool]:
    """What all shall agree on, and whether a change is not carried since somebody would lose by it what whoever made it
    could not see. ``seen.edits`` are those that are carried then; what else was changed is put back."""
    origin = seen.agreed.origin
    edits = [*seen.edits, seen.unseen] if seen.unseen else seen.edits
    result = merged(seen.base, edits, situation.rules)
    uncarried = _not_carried(situation, seen, result.fields)
    rest = [_without(edit, uncarried.get(edit.spoke, frozenset())) for edit in edits]
    result = merged(seen.base, rest, situation.rules) if uncarried else result
    fields, refused = _shielded(situation, seen, result.fields)
    if fields != result.fields:
        rest = [edit if edit.spoke == origin else _without(edit, refused) for edit in rest]
        result = merged(seen.base, rest, situation.rules)
        result.fields, _ = _shielded(situation, seen, result.fields)
    elif not uncarried:
        return result, False
    told = rest != edits or seen.agreed.pending
    seen.edits = [edit for edit in rest[: len(seen.edits)] if edit.values]
    return result, told


def held_back(situation: Situation, seen: Look, spoke: str) -> frozenset[str]:
    """The occurrences of what is no copy of ours, and was seen at ``spoke``, that are more than the hub was told: told
    in part or not at all, cut, or holding what no field has (calsync.items.Item.frail). Nobody but whoever entered
    them can say what is to become of them."""
    item, raw = seen.items[spoke], seen.raw[spoke]
    own = spoke != seen.agreed.origin
    given = seen.own.get(spoke) if own else seen.given
    told: Fields = (given.fields or {}) if given is not None else {}
    gets, fields = gets_of(situation, seen.agreed, seen.links[spoke]), seen.agreed.fields
    differ = (name for name in {*raw, *told} if name.startswith(AT))  # who declined one differs in no field
    return item.frail | {
        name
        for name in differ
        if told.get(name) != raw.get(name) or name in item.cut or ours(name, fields, gets, situation.kind, own=own)
    }


def stands_as_agreed(link: Link, before: Fields, differ: Iterable[str], cut: Iterable[str]) -> bool:
    """Whether the fields ``differ`` may be written to what is no copy of ours without a look at it: by the ledger, the
    occurrences that such a write concerns stand there just as they were agreed on (``before``), so that nothing of them
    is held back. ``cut`` are the fields that are longer there.

    Other times of a series concern all its occurrences, and what of these is frail (calsync.items.Item) shows only to
    whoever looks: so they are written without a look only where no occurrence differs."""
    named = set(differ)
    at = {name for name in link.stood if name.startswith(AT)} | left_out(before, link.stood)
    if not FRAME.isdisjoint(named):
        return not at
    return all(digest(before.get(name)) == link.stood.get(name) and name not in set(cut) for name in at & named)


def _shielded(situation: Situation, seen: Look, fields: Fields) -> tuple[dict[str, str], frozenset[str]]:
    """``fields``, which all are to agree on, and the names of those that are not carried: as soon as the origin holds
    anything back, it alone says when its series is, and what stands in the occurrences it holds back."""
    origin = seen.agreed.origin
    if origin not in seen.items or seen.given is None or seen.given.fields is None:
        return dict(fields), frozenset()
    holds, told = held_back(situation, seen, origin), seen.given.fields
    if not holds:
        return dict(fields), frozenset()
    refused: Iterable[str] = holds
    if any(fields.get(name) != told.get(name) for name in FRAME):
        edited = (name for edit in seen.edits for name in edit.values)
        refused = _times({*fields, *told, *edited})
    kept = {name: text for name, text in fields.items() if name not in refused}
    return {**kept, **{name: told[name] for name in refused if name in told}}, frozenset(refused)


def _not_carried(situation: Situation, seen: Look, fields: Fields) -> dict[str, frozenset[str]]:
    """By spoke the fields of an edit that are not carried, since whoever made it was not shown all of an occurrence,
    and would take from it what they could not see. That is so where they gave the series other times (``fields`` are
    what all would agree on then), and where they made an occurrence as the series again that differed."""
    found: dict[str, frozenset[str]] = {}
    for edit in seen.edits:
        part = set(_in_part(situation, seen, edit.spoke)) if edit.spoke != seen.agreed.origin else set()
        if FRAME.isdisjoint(edit.values):
            found[edit.spoke] = frozenset(name for name in part & edit.values.keys() if edit.values[name] is None)
        elif any(fields.get(name) != seen.base.get(name) for name in part):
            found[edit.spoke] = _times(edit.values)
    return {spoke: names for spoke, names in found.items() if names}


def _in_part(situation: Situation, seen: Look, spoke: str) -> Sequence[str]:
    """The occurrences of which what stood at a copy told less than the item says."""
    ability, link, base = situation.abilities.get(spoke), seen.links[spoke], seen.base
    differ = [name for name in base if name.startswith(AT)]
    if ability is None or not differ:
        return []
    gets, own = gets_of(situation, seen.agreed, link), not link.made
    shown = wanted(base, gets, ability, situation.kind, made=link.made, own=own)[0] or {}
    return [name for name in differ if not _tells(shown.get(name), base[name])]


def _tells(shown: str | None, whole: str) -> bool:
    """Whether all is told of an occurrence; a subject may have a prefix, categories ours beside them."""
    stands: Mapping[str, object] = json.loads(shown or "null") or {}
    says: Mapping[str, object] = json.loads(whole) or {}
    return all(_shows(stands.get(name), says[name]) for name in _TELLING if name in says)


def _shows(text: object, whole: object) -> bool:
    """Whether one part of an occurrence is told whole, but for what the rules put on it."""
    if isinstance(text, list) and isinstance(whole, list):
        return set(whole) <= set(text)
    return isinstance(text, str) and isinstance(whole, str) and text.endswith(whole)


def _times(names: Iterable[str]) -> frozenset[str]:
    """Those of ``names`` that say when a series is, and how its occurrences differ."""
    return frozenset(name for name in names if name in FRAME or name.startswith(AT))


def _without(edit: Edit, refused: frozenset[str]) -> Edit:
    if refused.isdisjoint(edit.values):
        return edit
    return replace(edit, values={name: text for name, text in edit.values.items() if name not in refused})
