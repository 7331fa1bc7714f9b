"""How the people of an address book look as objects of the simulated Microsoft 365 directory, and how they change."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from protocols.graph.people import EXTENSIONS, EXTRAS, PROPERTIES
from protocols.model.person import Field, Kind, Person
from simulation.graph.schedule import GraphRefusal

TENANT_DOMAIN: Final = "contoso.onmicrosoft.example"
ORG_CONTACT: Final = "orgContact"
"""``Person.attributes["type"]`` of a contact of the organisation; other contacts are guests."""
_TYPES: Final = {"users": "#microsoft.graph.user", "groups": "#microsoft.graph.group",
                 "contacts": "#microsoft.graph.orgContact"}  # fmt: skip
_TOLD: Final = ("userType", "userPrincipalName", "employeeType", "employeeId", "usageLocation", "externalUserState")
_WRITABLE: Final = {name: key for key, name in PROPERTIES.items()}
_RESTRICTED: Final = frozenset({"mobilePhone", "businessPhones", "otherMails"})  # Graph, Update user: sensitive
_LONGEST: Final = 256
_SYNCED: Final = "onPremisesSyncEnabled"


def collection_of(person: Person) -> str:
    """Where the object lies: users (guests too), groups or contacts."""
    if person.kind is Kind.GROUP:
        return "groups"
    return "contacts" if person.attributes.get("type") == ORG_CONTACT else "users"


def type_of(person: Person) -> str:
    """Its @odata.type."""
    return _TYPES[collection_of(person)]


def object_of(person: Person) -> dict[str, Any]:
    """All properties of the object, None where nothing is set; without members and manager."""
    texts, mail = person.texts, person.primary.address if person.primary else None
    entry: dict[str, Any] = {
        "id": person.anchor,
        "displayName": texts.get(Field.DISPLAY_NAME),
        "mail": mail,
        "proxyAddresses": list(_proxies(person)),
        _SYNCED: True if person.attributes.get(_SYNCED) else None,
    }
    if person.kind is Kind.GROUP:
        types = person.attributes.get("groupTypes", "").split()
        return entry | {"description": texts.get(Field.NOTES), "mailEnabled": mail is not None, "groupTypes": types}
    entry |= {name: texts.get(key) for key, name in PROPERTIES.items()}
    phone, other = texts.get(Field.PHONE), person.attributes.get("otherMails")
    if collection_of(person) == "contacts":
        return {name: value for name, value in entry.items() if name != "faxNumber"} | {
            "phones": [{"type": "business", "number": phone}] if phone else []
        }
    entry |= {name: person.attributes.get(name) for name in _TOLD}
    entry["userType"] = entry["userType"] or ("Guest" if person.kind is Kind.CONTACT else "Member")
    entry["userPrincipalName"] = entry["userPrincipalName"] or mail or f"{person.anchor}@{TENANT_DOMAIN}"
    name = f"CN={texts.get(Field.DISPLAY_NAME, person.anchor)},".replace("\\", "\\\\")
    return entry | {
        "accountEnabled": not person.disabled and person.kind not in (Kind.ROOM, Kind.EQUIPMENT),
        "businessPhones": [phone] if phone else [],
        "otherMails": other.split(",") if other else [],
        "onPremisesDistinguishedName": f"{name[:-1].replace(',', chr(92) + ',')},{person.unit}"
        if person.unit
        else None,
        EXTENSIONS: {name: texts.get(key) for key, name in EXTRAS.items()},
    }


def patched(person: Person, body: Mapping[str, Any], roles: frozenset[str]) -> Person:
    """The user after a PATCH. Raises GraphRefusal for what Graph does not let an application write."""
    if person.attributes.get(_SYNCED):
        text = "Unable to update the specified properties for on-premises mastered Directory Sync objects."
        raise GraphRefusal(400, "Request_BadRequest", text)
    texts, attributes, disabled = dict(person.texts), dict(person.attributes), person.disabled
    for name, value in body.items():
        if name.startswith("@"):  # an annotation: msgraph-sdk sends @odata.type
            continue
        if name in _RESTRICTED:
            _demand(roles, "User-Phone.ReadWrite.All" if "Phone" in name else "User-Mail.ReadWrite.All")
        if name == "accountEnabled" and isinstance(value, bool):
            _demand(roles, "User.EnableDisableAccount.All")
            disabled = not value
        elif name == EXTENSIONS and isinstance(value, dict):
            named = {each: key for key, each in EXTRAS.items()}
            _put(texts, ((named.get(each), each, told) for each, told in value.items()))
        elif name == "businessPhones" and isinstance(value, list) and len(value) <= 1:
            _put(texts, [(Field.PHONE, name, value[0] if value else None)])
        elif name == "employeeType":
            attributes[name] = str(value or "")
        else:
            _put(texts, [(_WRITABLE.get(name), name, value)])
    if not texts.get(Field.DISPLAY_NAME):
        raise GraphRefusal(400, "Request_BadRequest", "A value is required for property 'displayName' of resource.")
    attributes = {name: told for name, told in attributes.items() if told}
    return replace(person, texts=texts, attributes=attributes, disabled=disabled)


def _put(texts: dict[Field, str], told: Iterable[tuple[Field | None, str, Any]]) -> None:
    for key, name, value in told:
        if key is None:
            text = f"Property '{name}' is read-only and cannot be set."
            raise GraphRefusal(400, "Request_BadRequest", text)
        if value is None:
            texts.pop(key, None)
        elif isinstance(value, str) and 0 < len(value) <= _LONGEST:
            texts[key] = value
        else:
            raise GraphRefusal(400, "Request_BadRequest", f"Invalid value specified for property '{name}'.")


def _demand(roles: frozenset[str], role: str) -> None:
    if role not in roles:
        raise GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _proxies(person: Person) -> Iterable[str]:
    if person.primary:
        yield f"SMTP:{person.primary.address}"
    yield from (f"smtp:{alias}" for alias in person.aliases)
    yield from (f"X500:{name}" for name in person.x500)
    if person.sip:
        yield f"SIP:{person.sip}"
