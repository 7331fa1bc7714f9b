"""How users are created in the simulated Microsoft 365 directory."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from protocols.graph.people import EXTENSIONS, EXTRAS
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.graph.objects import object_of
from simulation.graph.schedule import GraphRefusal

_NEEDED: Final = ("accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName")
_SHORTEST: Final = 8
_TEXTS: Final = {"displayName": Field.DISPLAY_NAME, "givenName": Field.GIVEN_NAME, "surname": Field.SURNAME}
_EXTRAS: Final = {name: key for key, name in EXTRAS.items()}


def created(book: AddressBook, body: Mapping[str, Any], named: Callable[[], str]) -> Person:
    """The new user, without a mailbox; ``named`` gives the id. Raises GraphRefusal."""
    for name in _NEEDED:
        if body.get(name) in (None, ""):
            raise _bad(f"A value is required for property '{name}' of resource 'User'.")
    sign_in, profile = str(body["userPrincipalName"]), body["passwordProfile"]
    if not isinstance(profile, dict) or len(str(profile.get("password", ""))) < _SHORTEST:
        raise _bad("The specified password does not comply with password complexity requirements.")
    if any(str(object_of(each).get("userPrincipalName")).lower() == sign_in.lower() for each in book.people.values()):
        raise _bad("Another object with the same value for property userPrincipalName already exists.")
    extensions = body.get(EXTENSIONS) or {}
    texts = {key: str(body[name]) for name, key in _TEXTS.items() if body.get(name)}
    attributes = {name: str(body[name]) for name in ("usageLocation", "employeeType") if body.get(name)}
    person = Person(
        anchor=named(),
        kind=Kind.USER,
        primary=None,
        texts=texts | {_EXTRAS[name]: str(value) for name, value in extensions.items() if value},
        attributes=attributes | {"userPrincipalName": sign_in, "mailNickname": str(body["mailNickname"])},
        disabled=not body["accountEnabled"],
    )
    book.put(person)
    return person


def _bad(text: str) -> GraphRefusal:
    return GraphRefusal(400, "Request_BadRequest", text)
