"""Says what shall stand at a spoke of an item that all agreed on, and what a change made there means for the others."""

import json
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from calsync.contents import content
from calsync.contents import fields as fields_of
from calsync.event_fields import AT, packed
from calsync.items import Fields
from calsync.plans.details import BUSY, DETAIL, FULL, NOTHING, family, level, masked, stricter, told
from calsync.plans.fingerprints import SHADOW
from calsync.rules import Detail, Gets, Kind, Reminders
from calsync.spoke import Ability

NEVER: Final = frozenset({"people", "cancelled", DETAIL})
"""Fields that are read and never written."""
_TITLES: Final = ("subject", "display_name")
_PEOPLE: Final = "--"
"""The line between a text and the people that are added to it."""
_BARE: Final = Gets()
_WORN: Final = ("detail", "prefix", "subject", "category", "private", "people", "reminders")


def wanted(
    fields: Fields, gets: Gets, ability: Ability, kind: Kind, *, made: bool, own: bool = False
) -> tuple[Fields | None, str]:
    """What shall stand at a spoke: of a copy that is ours (``made``) everything, else only what all share, so that
    nothing that somebody else wrote is looked at. None, and why, where the spoke cannot hold it."""
    if level(fields) == NOTHING:
        return None, ""
    shown = projected(fields, gets, kind) if made else shared(fields, gets, kind, own=own)
    if ability.fields is not None:
        shown = {name: text for name, text in shown.items() if family(name) in ability.fields}
    try:
        fitting, why = ability.fit(content(shown))
    except (ValueError, OverflowError):
        return None, "its fields do not go together"
    if fitting is None:
        return None, why
    found = fields_of(fitting)
    return (found if made else {name: found[name] for name in found if name in shown}), ""


def shared(fields: Fields, gets: Gets, kind: Kind, *, own: bool = False) -> dict[str, str]:
    """What of ``fields`` a spoke with these rules shares with the others as it is; ``own`` as of :func:`ours`."""
    return {name: text for name, text in fields.items() if not ours(name, fields, gets, kind, own=own)}


def ours(name: str, fields: Fields, gets: Gets, kind: Kind, *, own: bool = False) -> bool:
    """Whether the rules alone say what stands in this field of a copy: no change of it is ever carried back. ``own``:
    it is somebody's own, no copy and not the origin; its occurrences, which are a field each, are told whole or not."""
    if own and name.startswith(AT) and stricter(level(fields), gets.detail.value) != FULL:
        return True
    if name in NEVER or not told(name, stricter(level(fields), gets.detail.value), kind):
        return True
    rules = {
        "subject": bool(gets.subject),
        "sensitivity": gets.private,
        "private": gets.private,
        "reminder": gets.reminders is Reminders.NONE,
        "shows": "cancelled" in fields,
    }
    return rules.get(name, False)


def projected(fields: Fields, gets: Gets, kind: Kind) -> dict[str, str]:
    """The fields of a copy of ``fields`` where these rules hold."""
    at = stricter(level(fields), gets.detail.value)
    shown = masked(fields, at, kind)
    found = {name: text for name, text in shown.items() if not ours(name, fields, gets, kind)}
    if gets.category:
        found["categories"] = packed(_with(json.loads(found.get("categories", "[]")), gets.category))
    if kind is Kind.CONTACTS:
        named = {"display_name": gets.prefix + found["display_name"]} if "display_name" in found else {}
        return found | named | ({"private": "true"} if gets.private else {})
    subject = (gets.prefix + (gets.subject or (SHADOW if at == BUSY else found.get("subject", "")))).strip()
    found |= {"subject": subject} if subject else {}
    found |= {"sensitivity": "private"} if gets.private else {}
    found |= {"shows": "FREE"} if "cancelled" in fields else {}
    if people := _people(fields, gets):
        found["body"] = f"{found.get('body', '')}\n\n{people}".strip()
    for name in list(found):
        found |= {name: packed(_occurrence(json.loads(found[name]), gets, fields))} if name.startswith(AT) else {}
    return found


@lru_cache(maxsize=256)
def worn(gets: Gets) -> str:
    """What makes another text of a copy than the item has, as it is kept with the copy (calsync.agreed.Link)."""
    found = {name: getattr(gets, name) for name in _WORN if getattr(gets, name) != getattr(_BARE, name)}
    return packed({name: value.value if isinstance(value, Enum) else value for name, value in found.items()})


@lru_cache(maxsize=256)
def wearing(gets: Gets, text: str) -> Gets:
    """``gets`` as the rules were when a copy was written that wears ``text``, of :func:`worn`; "" for as they are now.
    By these its changes are read: whoever made one saw what stood there, not what the rules say today."""
    if not text:
        return gets
    found = {name: getattr(_BARE, name) for name in _WORN} | json.loads(text)
    found |= {"detail": Detail(found["detail"]), "reminders": Reminders(found["reminders"])}
    return replace(gets, **found)


def carried(name: str, text: str | None, fields: Fields, gets: Gets) -> str | None:
    """What a change of a copy's field means for what all agreed on: ``text`` without what the rules put on. Only for
    fields that are not :func:`ours`; ``fields`` are those agreed on until now. None: it is empty now."""
    if text is None:
        return None
    if name in _TITLES:
        return None if text == gets.prefix.strip() else text.removeprefix(gets.prefix)
    if name == "categories":
        return _without(text, gets.category, fields.get("categories", "[]"))
    if name == "body":
        return _alone(text, _people(fields, gets)) or None
    return _carried_occurrence(text, fields.get(name), fields, gets) if name.startswith(AT) else text


def meant(name: str, text: str | None, fields: Fields, *, then: Gets, now: Gets) -> str | None:
    """As :func:`carried`, of a copy that was written last by the rules of ``then``, or, where nobody heard of it, by
    those of ``now``: what either put on is taken off, unless the item has it by itself."""
    found = carried(name, text, fields, then)
    if then == now or found is None:
        return found
    natural = bool(now.prefix) and any(fields.get(each, "").startswith(now.prefix) for each in _TITLES)
    prefix = "" if natural or now.prefix == then.prefix else now.prefix
    return carried(name, found, fields, replace(then, prefix=prefix, category=now.category, people=now.people))


def _people(fields: Fields, gets: Gets) -> str:
    if not gets.people or "people" not in fields or stricter(level(fields), gets.detail.value) != FULL:
        return ""
    return "\n".join((_PEOPLE, *json.loads(fields["people"])))


def _alone(text: str, people: str) -> str:
    """A text without ``people``; where somebody wrote among them, without each of their lines."""
    if not people:
        return text
    lines, added = text.split("\n"), people.split("\n")
    for at in range(len(lines) - len(added) + 1):
        if lines[at : at + len(added)] == added:
            return "\n".join([*lines[:at], *lines[at + len(added) :]]).strip()
    return "\n".join(line for line in lines if line.strip() not in added).strip()


def _with(categories: list[str], category: str) -> list[str]:
    return sorted({*categories, category})


def _without(text: str, category: str, before: str) -> str | None:
    """The categories of a copy without ours, unless the item had that one by itself."""
    own = category in json.loads(before)
    rest = [each for each in json.loads(text) if each != category or own]
    return packed(rest) if rest else None


def _hidden(gets: Gets, fields: Fields) -> frozenset[str]:
    """What of an occurrence the rules alone say, by the names of the series' fields."""
    names = ("subject", "location", "body", "shows", "sensitivity", "categories", "reminder")
    return frozenset(name for name in names if ours(name, fields, gets, Kind.CALENDAR))


def _occurrence(values: dict[str, Any] | None, gets: Gets, fields: Fields) -> dict[str, Any] | None:
    if values is None:
        return None
    found = {name: value for name, value in values.items() if name not in _hidden(gets, fields)}
    if "subject" in found:
        found["subject"] = gets.prefix + found["subject"]
    if "categories" in found and gets.category:
        found["categories"] = _with(found["categories"], gets.category)
    return found


def _carried_occurrence(text: str, before: str | None, fields: Fields, gets: Gets) -> str:
    values: dict[str, Any] | None = json.loads(text)
    if values is None:
        return text
    was: Mapping[str, Any] = (json.loads(before) if before else None) or {}
    hidden = _hidden(gets, fields)
    found = {name: value for name, value in values.items() if name not in hidden}
    found |= {name: value for name, value in was.items() if name in hidden}
    if "subject" in found and "subject" not in hidden:
        found["subject"] = found["subject"].removeprefix(gets.prefix)
    if "categories" in found and "categories" not in hidden and gets.category:
        own = gets.category in was.get("categories", ())
        found["categories"] = [each for each in found["categories"] if each != gets.category or own]
    return packed(found)
