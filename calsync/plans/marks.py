"""Keeps on a copy what somebody there marked as private, whatever else is written to it.

Where the origin gives private items in full (``private = "copy"``), a mark is carried to it like any change. Elsewhere
it stays on the copy alone: its origin would give the item no more. So what is written there later has to bear it, too.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from calsync.agreed import Agreed, Link
from calsync.contents import digest
from calsync.event_fields import AT, FRAME, name_of, original_of, packed, when_of
from calsync.items import Fields
from calsync.plans.getting import wanted, wearing
from calsync.plans.looking import Look
from calsync.plans.refusals import undone
from calsync.plans.situation import Situation
from calsync.rules import Treat
from protocols.model.event import Days, Sensitivity, When

_SENSITIVITY: Final = "sensitivity"
_PRIVATE: Final = (Sensitivity.PRIVATE.value, Sensitivity.CONFIDENTIAL.value)
_Values: TypeAlias = Mapping[str, Any]  # of an occurrence, as calsync.event_fields.occurrence_values tells it


def keeps_marks(situation: Situation, agreed: Agreed) -> bool:
    """Whether a mark as private that somebody sets on a copy stays there, and is not carried to the origin."""
    gives = situation.gives(agreed.origin)
    return gives is not None and gives.private is not Treat.COPY


def with_marks(
    situation: Situation, seen: Look, agreed: Agreed, link: Link, shown: Fields
) -> tuple[Fields, frozenset[str]]:
    """``shown``, which shall stand in the copy at ``link``, with the marks that somebody set there; and the occurrences
    of which only whoever looks can say whether they bear one.

    A mark of an occurrence that there is no more, since the series comes at other times now, is set on all of the copy:
    nobody but whoever set it knows what it was to hide.
    """
    there = {name for name in link.stood if name.startswith(AT)}
    whole = next((mark for mark in _PRIVATE if _wrote(link, _SENSITIVITY, mark)), "")
    private = situation.gets(link.spoke).private or shown.get(_SENSITIVITY) in _PRIVATE
    if private or not (there or whole) or not keeps_marks(situation, agreed):
        return shown, frozenset()
    before = _shown_before(situation, seen, link)
    found, unsure = dict(shown), set[str]()
    if whole and link.worn and before.get(_SENSITIVITY) not in _PRIVATE:
        found[_SENSITIVITY] = whole
    for name in sorted(there):
        mark = _mark(seen, link, name, before.get(name))
        if mark is None:
            unsure.add(name)
        elif mark and not _set(found, name, mark, seen, link):
            found[_SENSITIVITY] = mark
    return found, frozenset(unsure)


def _wrote(link: Link, name: str, mark: str) -> bool:
    """Whether we wrote this mark there, and it stands."""
    return link.asked.get(name) == digest(mark) == link.stood.get(name)


def _shown_before(situation: Situation, seen: Look, link: Link) -> Fields:
    """What was to stand there until now, by the rules by which it was written."""
    gets, ability = wearing(situation.gets(link.spoke), link.worn), situation.abilities[link.spoke]
    return wanted(seen.agreed.fields, gets, ability, situation.kind, made=True)[0] or {}


def _mark(seen: Look, link: Link, name: str, before: str | None) -> str | None:
    """The mark that somebody set on an occurrence of the copy, "" for none, None where only whoever looks can say;
    ``before`` is what was to stand there."""
    if before is not None and _values(before).get(_SENSITIVITY) in _PRIVATE:
        return ""  # it came from the origin, and goes with it
    raw = seen.raw.get(link.spoke)
    if raw is not None:
        stands: str = _values(raw.get(name, "null")).get(_SENSITIVITY, "")
        return stands if stands in _PRIVATE else ""
    if before is None or not _values(before):
        return None if undone(seen.agreed) or link.asked.get(name) != link.stood[name] else ""
    told = {digest(packed({**_values(before), _SENSITIVITY: mark})): mark for mark in _PRIVATE}
    for known in (link.stood[name], link.asked.get(name, b"")):
        if known in told:
            return told[known]
    return "" if link.stood[name] == digest(before) else None


def _set(found: dict[str, str], name: str, mark: str, seen: Look, link: Link) -> bool:
    """Sets the mark on the occurrence in ``found``, where that is still to stand; else nothing is to bear it there."""
    if name in found:
        values = _values(found[name])
        if values and values.get(_SENSITIVITY) not in _PRIVATE:  # one that is cancelled hides nothing
            found[name] = packed({**values, _SENSITIVITY: mark})
        return True
    if any(digest(found.get(each)) != link.asked.get(each, b"") for each in FRAME):
        return False
    when = _regular(original_of(name.removeprefix(AT)), when_of(found["when"]))
    stood = _values(seen.raw.get(link.spoke, {}).get(name, "null")).get("when", {})
    same = all(stood.get(each) == text for each, text in when.items() if each != "zone")
    found[name] = packed({"when": stood if same else when, _SENSITIVITY: mark})
    return True


def _regular(original: date | datetime, when: When) -> dict[str, str]:
    """The times of an occurrence that does not differ from its series, whose first one is ``when``."""
    if isinstance(when, Days):
        return {"first": original.isoformat(), "until": (original + (when.until - when.first)).isoformat()}
    assert isinstance(original, datetime)
    return {"start": name_of(original), "end": name_of(original + (when.end - when.start)), "zone": when.zone}


def _values(text: str) -> _Values:
    found: _Values = json.loads(text) or {}
    return found
