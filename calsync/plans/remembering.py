"""Says what the history may keep of what stood at a spoke before a step: no more than the hub is told of it now."""

import json
from typing import Final

from calsync.agreed import Link
from calsync.event_fields import AT, packed
from calsync.items import Fields
from calsync.plans.details import BUSY, DETAIL, NOTHING, level, masked, of_occurrence, told
from calsync.plans.getting import projected, shared
from calsync.plans.looking import Look, gets_of
from calsync.plans.situation import Situation

_LAST: Final = BUSY
"""What may still be told of an item that is not given any more."""


def stood_before(situation: Situation, seen: Look, link: Link) -> Fields:
    """The fields of what stood where ``link`` is: as it was seen in this run, else as the ledger knows it.

    Of an original, and of somebody's own, that is what its spoke gives by now. Of a copy of ours it is as much of what
    we made as the origin gives by now, and all that somebody changed there since.
    """
    raw = seen.raw.get(link.spoke)
    if link.spoke == seen.agreed.origin:
        return _unlabelled(_of_origin(situation, seen, raw))
    if raw is None:
        return _unlabelled(_known(situation, seen, link))
    if not link.made:
        given = seen.own.get(link.spoke)
        fields = given.fields if given is not None and given.fields is not None else masked(raw, BUSY, situation.kind)
        return _unlabelled(masked(fields, gets_of(situation, seen.agreed, link).detail.value, situation.kind))
    at, typed = _level(seen), seen.changed.get(link.spoke, frozenset())
    return {
        name: text if name in typed else _part(name, text, at)
        for name, text in raw.items()
        if name in typed or told(name, at, situation.kind)
    }


def _of_origin(situation: Situation, seen: Look, raw: Fields | None) -> Fields:
    if raw is not None and seen.given is not None:
        fields = seen.given.fields
        return fields if fields is not None else masked(raw, BUSY, situation.kind)
    return masked(seen.base, _level(seen), situation.kind)


def _known(situation: Situation, seen: Look, link: Link) -> Fields:
    """What the ledger says of it."""
    gets, kind = gets_of(situation, seen.agreed, link), situation.kind
    fields = {**masked(seen.base, _level(seen), kind), **({DETAIL: _level(seen)} if _level(seen) != "full" else {})}
    return projected(fields, gets, kind) if link.made else shared(fields, gets, kind, own=True)


def _level(seen: Look) -> str:
    at = level(seen.base)
    return _LAST if at == NOTHING else at


def _part(name: str, text: str, at: str) -> str:
    return packed(of_occurrence(json.loads(text), at)) if name.startswith(AT) else text


def _unlabelled(fields: Fields) -> Fields:
    return {name: text for name, text in fields.items() if name != DETAIL}
