"""The names of a contact of Google's People API: the one that is shown, and its parts."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from protocols.google.contact_person import SHOWN, STAND_IN, Json, client_data, first, put_client_data
from protocols.model.card import Card
from protocols.model.card_words import line

_PARTS: Final = {
    "given_name": "givenName",
    "middle_name": "middleName",
    "surname": "familyName",
    "prefix": "honorificPrefix",
    "suffix": "honorificSuffix",
}
NAME_FIELDS: Final = frozenset({"display_name", *_PARTS})
_MADE: Final = frozenset({"displayName", "displayNameLastFirst", "unstructuredName", "metadata", *_PARTS.values()})


def read_names(person: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Card that are names, as texts. The one to show is the name to file under, where there is one."""
    name, filed = first(person, "names"), line(first(person, "fileAses").get("value"))
    shown = filed or line(name.get("unstructuredName")) or line(name.get("displayName"))
    parts = {field: line(name.get(key)) for field, key in _PARTS.items()}
    if client_data(person, STAND_IN) and parts["given_name"] == shown:  # else somebody gave it a name of its own
        parts["given_name"] = ""
    return {"display_name": shown, **parts}


def put_names(person: Json, wanted: Card, changes: Collection[str]) -> None:
    """Those names of ``person`` that ``changes`` names become as in ``wanted``, and the others stay.

    Google makes the name that it shows of the parts, in the manner of whoever looks at it. Where that is not the one
    wanted, it is written as the name to file under; where there are no parts, it stands for the given name as well,
    which a key of clientData tells from a real one.
    """
    if NAME_FIELDS.isdisjoint(changes):
        return
    told = {
        field: getattr(wanted, field) if field in changes else text for field, text in read_names(person).items()
    }  # fmt: skip
    shown = told.pop("display_name")
    stands_in = bool(shown) and not any(told.values())
    given = {"givenName": shown} if stands_in else {_PARTS[field]: text for field, text in told.items() if text}
    kept = {key: value for key, value in first(person, "names").items() if key not in _MADE}
    person["names"] = [{**kept, **given}] if given else []
    person["fileAses"] = [{"value": shown}] if shown and (stands_in or shown != _made_of(told)) else []
    put_client_data(person, STAND_IN, [SHOWN] if stands_in else [])


def _made_of(parts: Mapping[str, str]) -> str:
    """What Google makes of the parts everywhere; "" where that is not sure."""
    if parts["prefix"] or parts["suffix"]:
        return ""
    return " ".join(filter(None, (parts["given_name"], parts["middle_name"], parts["surname"])))
