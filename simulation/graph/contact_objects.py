"""Contacts and folders of the simulated mailboxes: what Exchange takes, refuses, and makes of what it was given."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulation.graph.schedule import GraphRefusal

EXTENDED: Final = "singleValueExtendedProperties"
_ID: Final = re.compile(
    r"(?:String|Integer) "
    r"(?:0x[0-9a-f]{2,4}|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\} (?:Name \S+|Id 0x[0-9a-f]+))",
    re.IGNORECASE,
)
_TEXTS: Final = frozenset(
    (
        "businessHomePage",
        "companyName",
        "department",
        "displayName",
        "fileAs",
        "generation",
        "givenName",
        "initials",
        "jobTitle",
        "manager",
        "middleName",
        "mobilePhone",
        "nickName",
        "officeLocation",
        "personalNotes",
        "surname",
        "title",
    )
)
_LISTS: Final = frozenset(("businessPhones", "homePhones", "categories", "children", "imAddresses"))
_PLACES: Final = frozenset(("businessAddress", "homeAddress", "otherAddress"))
_PARTS: Final = frozenset(("street", "city", "state", "postalCode", "countryOrRegion"))
_NAMES: Final = ("givenName", "middleName", "surname")
_FILTER: Final = re.compile(r"singleValueExtendedProperties\(\$filter=(?P<filter>.*)\)")
_WANTED: Final = re.compile(r"id eq '([^']*)'")
_HELD: Final = re.compile(
    r"singleValueExtendedProperties/Any\(ep: ep/id eq '(?P<id>[^']*)' and ep/value eq '(?P<value>(?:[^']|'')*)'\)"
)


@dataclass(slots=True)
class Item:
    """One contact or folder; ``extended`` by id in lower case, as nobody sees them who does not ask."""

    properties: dict[str, Any]
    extended: dict[str, str] = field(default_factory=dict)
    version: int = 1
    modified: str = ""

    @property
    def etag(self) -> str:
        """Another one after each change."""
        return f'W/"EQAAABYAAAB{self.version:06}"'


@dataclass(slots=True)
class Folder(Item):
    """A folder of contacts, with those in it by id."""

    contacts: dict[str, Item] = field(default_factory=dict)


def put(item: Item, body: Mapping[str, Any], *, new: bool) -> None:
    """``body`` upon ``item``. Raises GraphRefusal, and then nothing is changed."""
    for name, value in body.items():
        if not _is_right(name, value):
            raise GraphRefusal(400, "RequestBodyRead", f"The property '{name}' does not exist, or is of another type.")
    extended = {str(each["id"]).lower(): str(each["value"]) for each in body.get(EXTENDED, ())}
    own = {name: value for name, value in body.items() if name != EXTENDED and not name.startswith("@")}
    renamed = any(name in own for name in _NAMES) and "displayName" not in own
    item.properties |= own
    item.extended |= extended
    if renamed:  # Graph, Update contact: displayName is made anew where it is not given
        item.properties["displayName"] = " ".join(filter(None, map(item.properties.get, _NAMES)))
    if new and not item.properties.get("fileAs"):
        item.properties["fileAs"] = item.properties.get("displayName")
    item.version += not new


def shown(item: Item, query: Mapping[str, str]) -> dict[str, Any]:
    """The item as it is asked for. Raises GraphRefusal for an $expand that Exchange does not know."""
    names = query["$select"].split(",") if query.get("$select") else None
    told = {name: value for name, value in item.properties.items() if names is None or name in names or name == "id"}
    if names is None or "changeKey" in names:
        told["changeKey"] = item.etag[3:-1]
    if item.modified and (names is None or "lastModifiedDateTime" in names):
        told["lastModifiedDateTime"] = item.modified
    found = {"@odata.etag": item.etag, **told}
    expand = query.get("$expand", "")
    if expand:
        match = _FILTER.fullmatch(expand)
        wanted = _WANTED.findall(match["filter"]) if match else []
        if not wanted or not all(map(_ID.fullmatch, wanted)):
            raise GraphRefusal(400, "ErrorInvalidPropertyId", "Extended properties are asked for by their ids.")
        there = [{"id": one, "value": item.extended[one.lower()]} for one in wanted if one.lower() in item.extended]
        if there:  # the name of the set comes back in small letters
            found[EXTENDED] = [{**each, "id": _small(each["id"])} for each in there]
    return found


def stamped(items: Iterable[Item], wanted: str) -> list[Item]:
    """Those of ``items`` that a $filter by an extended property wants, all of them for "". Raises GraphRefusal for any
    other filter."""
    if not wanted:
        return list(items)
    match = _HELD.fullmatch(wanted)
    if match is None or not _ID.fullmatch(match["id"]):
        raise GraphRefusal(400, "ErrorInvalidUrlQueryFilter", "The query filter is not supported.")
    value = match["value"].replace("''", "'")
    return [item for item in items if item.extended.get(match["id"].lower()) == value]


def mailboxes(values: Iterable[Any]) -> bool:
    """Whether each is a name with an address."""
    return all(isinstance(each, dict) and isinstance(each.get("address", ""), str) for each in values)


def _small(one: str) -> str:
    kind, _, rest = one.partition(" ")
    front, space, name = rest.partition(" ")
    return f"{kind} {front.lower()}{space}{name}"


def _is_right(name: str, value: Any) -> bool:
    if name.startswith("@odata") or name == "birthday":
        return True
    if name == EXTENDED:
        return isinstance(value, list) and all(_is_extended(each) for each in value)
    if name == "emailAddresses":
        return isinstance(value, list) and mailboxes(value)
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if name in _PLACES:
        parts = value or {}
        return isinstance(parts, dict) and parts.keys() - {"@odata.type"} <= _PARTS
    return name in _TEXTS and (value is None or isinstance(value, str))


def _is_extended(value: Any) -> bool:
    right = isinstance(value, dict) and _ID.fullmatch(str(value.get("id"))) is not None
    return right and isinstance(value.get("value"), str)
