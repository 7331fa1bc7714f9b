"""A contact of Google's People API as JSON: which list of it holds which field, to read and change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from protocols.model.mailbox import canonical
from protocols.model.person import Field

Json: TypeAlias = dict[str, Any]
_STAMP, _X500, STAND_IN = "busyline", "busyline-x500", "busyline-name"  # keys of clientData, which nobody sees
SHOWN: Final = "display"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a field stands: in the entry of the list ``key`` whose ``kind`` is as given, under ``name``."""

    key: str
    name: str
    kind: tuple[tuple[str, str], ...] = ()


def _typed(key: str, name: str, kind: str) -> Slot:
    return Slot(key, name, (("type", kind),))


def _own(name: str) -> Slot:
    return Slot("userDefined", "value", (("key", name),))


SLOTS: Final[Mapping[Field, Slot]] = {
    Field.COMPANY: _typed("organizations", "name", "work"),
    Field.DEPARTMENT: _typed("organizations", "department", "work"),
    Field.TITLE: _typed("organizations", "title", "work"),
    Field.OFFICE: _typed("organizations", "location", "work"),
    Field.PHONE: _typed("phoneNumbers", "value", "work"),
    Field.MOBILE: _typed("phoneNumbers", "value", "mobile"),
    Field.FAX: _typed("phoneNumbers", "value", "workFax"),
    Field.PAGER: _typed("phoneNumbers", "value", "pager"),
    Field.HOME_PHONE: _typed("phoneNumbers", "value", "home"),
    Field.STREET: _typed("addresses", "streetAddress", "work"),
    Field.CITY: _typed("addresses", "city", "work"),
    Field.STATE: _typed("addresses", "region", "work"),
    Field.POSTAL_CODE: _typed("addresses", "postalCode", "work"),
    Field.COUNTRY: _typed("addresses", "country", "work"),
    Field.MANAGER: _typed("relations", "person", "manager"),
    Field.WEB_PAGE: _typed("urls", "value", "work"),
    Field.NOTES: Slot("biographies", "value"),
    Field.INITIALS: _own("Initials"),
    **{Field(f"extra_{number}"): _own(f"Extra {number}") for number in range(1, 16)},
}
"""By field, its place in a Person (people/v1, REST resource people); the three names are apart: :func:`put_name`."""

NAMES: Final = (Field.DISPLAY_NAME, Field.GIVEN_NAME, Field.SURNAME)
_WRITABLE: Final = (
    *dict.fromkeys(slot.key for slot in SLOTS.values()),
    "names",
    "fileAses",
    "emailAddresses",
    "clientData",
)
WRITE_MASK: Final = ",".join(_WRITABLE)
READ_MASK: Final = f"{WRITE_MASK},memberships,metadata"


def blank(groups: Iterable[str]) -> Json:
    """A contact that says nothing, in the contact groups of these resource names."""
    return {"memberships": [{"contactGroupMembership": {"contactGroupResourceName": group}} for group in groups]}


def texts(person: Mapping[str, Any]) -> dict[Field, str]:
    """The fields of ``person``, none of them empty."""
    found = {field: str(_entry(person, slot).get(slot.name) or "") for field, slot in SLOTS.items()}
    name, shown = first(person, "names"), str(first(person, "fileAses").get("value") or "")
    given = str(name.get("givenName") or "")
    found[Field.DISPLAY_NAME] = shown or str(name.get("unstructuredName") or name.get("displayName") or "")
    if not (client_data(person, STAND_IN) and given == shown):  # else somebody gave it a name of its own
        found |= {Field.GIVEN_NAME: given, Field.SURNAME: str(name.get("familyName") or "")}
    return {field: text for field, text in found.items() if text.strip()}


def put(person: Json, wanted: Mapping[Field, str]) -> None:
    """``person`` says these texts from now on, nothing where one is ""; all other fields stay."""
    for field, text in wanted.items():
        if field not in NAMES:
            _put(person, SLOTS[field], text)
    if any(field in wanted for field in NAMES):
        put_name(person, {field: text for field, text in {**texts(person), **wanted}.items() if field in NAMES})


def put_name(person: Json, wanted: Mapping[Field, str]) -> None:
    """The three names of ``person``.

    The People API makes the name it shows out of the parts, and takes a name in one piece apart as it thinks best. So
    the display name is written as the name to file under; where there are no parts, it also stands for the given name,
    which a key of clientData tells from a real one.
    """
    shown, given, surname = (wanted.get(field, "") for field in NAMES)
    stands_in = not (given or surname)
    name = {key: text for key, text in first(person, "names").items() if key not in _PARTS}
    name |= {"givenName": shown if stands_in else given, "familyName": surname}
    name = {key: text for key, text in name.items() if text}
    person["names"] = [name] if name else []
    person["fileAses"] = [{"value": shown}] if shown else []
    put_client_data(person, STAND_IN, [SHOWN] if stands_in and shown else [])


_PARTS: Final = frozenset(
    {"displayName", "displayNameLastFirst", "unstructuredName", "givenName", "familyName", "metadata"}
)


def addresses(person: Mapping[str, Any]) -> tuple[str, ...]:
    """The mail addresses, canonical, in their order: the first is the primary one. What is no address is left out."""
    return tuple(
        dict.fromkeys(filter(None, (_canonical(one.get("value")) for one in entries(person, "emailAddresses"))))
    )


def put_addresses(person: Json, primary: str, others: Iterable[str]) -> None:
    """``person`` has these addresses from now on and no more; what else stands with one that stays is kept."""
    before = {_canonical(one.get("value")): one for one in entries(person, "emailAddresses")}
    wanted = tuple(dict.fromkeys((primary, *others)))
    person["emailAddresses"] = [
        before.get(one) or {"value": one, "type": "work" if one == primary else "other"} for one in wanted
    ]


def stamp(person: Mapping[str, Any]) -> str:
    """The text of our stamp, in clientData: made for data of the client's own; "" where there is none."""
    return next(iter(client_data(person, _STAMP)), "")


def put_stamp(person: Json, text: str) -> None:
    """``person`` carries this stamp."""
    put_client_data(person, _STAMP, [text] if text else [])


def x500(person: Mapping[str, Any]) -> tuple[str, ...]:
    """The X500 names that are kept with the contact, without ``X500:``: Google does nothing with them."""
    return tuple(client_data(person, _X500))


def put_x500(person: Json, names: Iterable[str]) -> None:
    """``person`` keeps these X500 names from now on and no more."""
    put_client_data(person, _X500, list(names))


def entries(person: Mapping[str, Any], key: str) -> list[Json]:
    """The entries of the list ``key``, none where there is none."""
    told = person.get(key)
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def first(person: Mapping[str, Any], key: str) -> Json:
    """The first entry of the list ``key``, an empty one where there is none."""
    return next(iter(entries(person, key)), {})


def _entry(person: Mapping[str, Any], slot: Slot) -> Json:
    fitting = (one for one in entries(person, slot.key) if all(one.get(k) == v for k, v in slot.kind))
    return next(fitting, {})


def _put(person: Json, slot: Slot, text: str) -> None:
    old = _entry(person, slot)
    new = {key: value for key, value in old.items() if key not in (slot.name, "metadata", "formattedValue")}
    if text:
        new[slot.name] = text
    kept = [one for one in entries(person, slot.key) if one is not old]
    says = new.keys() - dict(slot.kind).keys() - {"formattedType", "contentType"}
    person[slot.key] = [*kept, {**dict(slot.kind), **new}] if says else kept


def client_data(person: Mapping[str, Any], key: str) -> list[str]:
    """What stands under ``key`` in the data of clients, which nobody sees."""
    return [str(one["value"]) for one in entries(person, "clientData") if one.get("key") == key and one.get("value")]


def put_client_data(person: Json, key: str, values: Iterable[str]) -> None:
    """``person`` keeps these under ``key`` from now on and no more."""
    kept = [one for one in entries(person, "clientData") if one.get("key") != key]
    person["clientData"] = [*kept, *({"key": key, "value": value} for value in values)]


def _canonical(text: object) -> str:
    try:
        return canonical(text) if isinstance(text, str) else ""
    except ValueError:
        return ""
