"""A contact of Google's People API as a Card, and what of its lists has to be written to make it so."""

import copy
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar

from protocols.google.card_names import NAME_FIELDS, put_names, read_names
from protocols.google.contact_person import Json, blank, entries, first, put_stamp
from protocols.model import card_words as words
from protocols.model.card import Address, Card, Phone, Place
from protocols.plain_text import of_html

K = TypeVar("K")
_PHONES: Final[Mapping[str, tuple[Phone, ...]]] = {
    "work": (Phone.BUSINESS, Phone.BUSINESS_2),
    "home": (Phone.HOME, Phone.HOME_2),
    "mobile": (Phone.MOBILE,),
    "workFax": (Phone.BUSINESS_FAX,),
    "homeFax": (Phone.HOME_FAX,),
    "pager": (Phone.PAGER,),
    "other": (Phone.OTHER,),
}
_PHONE_TYPES: Final = {phone: word for word, phones in _PHONES.items() for phone in phones}
_PLACES: Final = {"work": Place.BUSINESS, "home": Place.HOME, "other": Place.OTHER}
_PLACE_TYPES: Final = {place: word for word, place in _PLACES.items()}
_WORK: Final = {"company": "name", "department": "department", "title": "title", "office": "location"}
_MADE: Final = frozenset({"metadata", "formattedType", "formattedValue", "canonicalForm"})
"""What Google makes of the rest, or says about it."""
WRITTEN: Final[Mapping[str, frozenset[str]]] = {
    "names": NAME_FIELDS,
    "fileAses": NAME_FIELDS,
    "clientData": NAME_FIELDS,
    "nicknames": frozenset({"nickname"}),
    "organizations": frozenset(_WORK),
    "emailAddresses": frozenset({"emails"}),
    "phoneNumbers": frozenset({"phone"}),
    "addresses": frozenset({"place"}),
    "birthdays": frozenset({"birthday"}),
    "urls": frozenset({"web_page"}),
    "biographies": frozenset({"notes"}),
}
"""By list of a person (people/v1, REST resource people), the fields of a Card in it, before their first space."""
MASK: Final = ",".join((*WRITTEN, "memberships", "metadata"))
"""All that is read of a person."""
FIELDS: Final = frozenset().union(*WRITTEN.values())
"""What of a Card a contact of Google can hold: it has no categories, and nothing in it is private."""


def card(person: Mapping[str, Any]) -> tuple[Card, frozenset[str]]:
    """The contact, and the fields of it that are not told whole."""
    emails, others = words.emails(one.get("value") for one in entries(person, "emailAddresses"))
    notes, is_cut = words.cut(_notes(first(person, "biographies")))
    work, phones, places = _work(person), _phones(person), _places(person)
    born = first(person, "birthdays")
    texts: dict[str, Any] = {field: words.line(work.get(name)) for field, name in _WORK.items()}
    found = Card(
        **{**read_names(person), **texts},
        nickname=words.line(first(person, "nicknames").get("value")),
        emails=emails,
        phones={kind: words.line(phones[kind].get("value")) for kind in Phone if kind in phones},
        places={place: _address(places[place]) for place in Place if place in places},
        birthday=_day(born.get("date")),
        web_page=words.line(_page(person).get("value")),
        notes=notes,
    )
    untold = bool(born) and found.birthday is None
    told = (("emails", others), ("notes", is_cut), ("birthday", untold))
    return found, frozenset(name for name, is_so in told if is_so)


def fresh(wanted: Card, *, stamp: str, groups: Collection[str]) -> Json:
    """A new contact with this stamp in these contact groups."""
    person = blank(groups)
    _put(person, wanted, _ALL)
    put_stamp(person, stamp)
    return {name: told for name, told in person.items() if told}


def changed(there: Mapping[str, Any], wanted: Card, changes: Collection[str]) -> tuple[Json, frozenset[str]]:
    """The contact ``there`` with the fields ``changes`` (calsync.items.Fields) as in ``wanted`` and all else as it is;
    and the lists in which anything changed."""
    person: Json = copy.deepcopy(dict(there))
    _put(person, wanted, changes)
    return person, frozenset(name for name in WRITTEN if (person.get(name) or []) != (there.get(name) or []))


def moment(person: Mapping[str, Any]) -> datetime | None:
    """When the contact was last changed, as its source says."""
    metadata = person.get("metadata")
    sources = entries(metadata, "sources") if isinstance(metadata, dict) else []
    told = [words.moment(one.get("updateTime")) for one in sources if one.get("type") == "CONTACT"]
    return max((one for one in told if one is not None), default=None)


_ALL: Final = FIELDS | {*(f"phone {one}" for one in Phone), *(f"place {one}" for one in Place)}


def _put(person: Json, wanted: Card, changes: Collection[str]) -> None:
    put_names(person, wanted, changes)
    if not WRITTEN["organizations"].isdisjoint(changes):
        texts = {name: getattr(wanted, field) for field, name in _WORK.items() if field in changes}
        _replace(person, "organizations", _work(person), {"type": "work"}, texts)
    for kind in Phone:
        if f"phone {kind}" in changes:
            texts = {"value": wanted.phones.get(kind, "")}
            _replace(person, "phoneNumbers", _phones(person).get(kind, {}), {"type": _PHONE_TYPES[kind]}, texts)
    for place in Place:
        if f"place {place}" in changes:
            texts = _said(wanted.places.get(place, Address()))
            _replace(person, "addresses", _places(person).get(place, {}), {"type": _PLACE_TYPES[place]}, texts)
    if "web_page" in changes:
        _replace(person, "urls", _page(person), {"type": "work"}, {"value": wanted.web_page})
    told = {
        "nickname": ("nicknames", _one(first(person, "nicknames"), value=wanted.nickname)),
        "emails": ("emailAddresses", _mailboxes(person, wanted)),
        "birthday": ("birthdays", [{"date": _date(wanted.birthday)}] if wanted.birthday else []),
        "notes": ("biographies", _one({}, value=wanted.notes, contentType="TEXT_PLAIN") if wanted.notes else []),
    }
    person.update(pair for field, pair in told.items() if field in changes)


def _mailboxes(person: Mapping[str, Any], wanted: Card) -> list[Json]:
    """The addresses; what else stands with one that stays is kept."""
    before = {words.line(one.get("value")).lower(): one for one in entries(person, "emailAddresses")}
    return [before.get(one.lower()) or {"value": one, "type": "work"} for one in wanted.emails]


def _one(before: Json, **texts: str) -> list[Json]:
    """The only entry of a list, none where it says nothing."""
    kept = {key: value for key, value in before.items() if key not in _MADE and key not in texts}
    return [kept | texts] if any(texts.values()) else []


def _replace(person: Json, key: str, old: Json, kind: Mapping[str, str], texts: Mapping[str, str]) -> None:
    """In the list ``key`` the entry ``old`` says ``texts`` from now on; a new one of ``kind`` where there was none, and
    none where it says nothing."""
    new = {name: value for name, value in old.items() if name not in _MADE and name not in texts} or dict(kind)
    new |= {name: text for name, text in texts.items() if text}
    says = new.keys() - kind.keys() - {"current", "countryCode", "contentType"}
    before = entries(person, key)
    if old not in before:
        person[key] = [*before, *([new] if says else [])]
        return
    at = before.index(old)
    person[key] = [*before[:at], *([new] if says else []), *before[at + 1 :]]


def _work(person: Mapping[str, Any]) -> Json:
    """The entry that tells where somebody works: of type work, else one of no type, else the first."""
    told = entries(person, "organizations")
    for kind in ("work", None):
        for one in told:
            if one.get("type") == kind:
                return one
    return told[0] if told else {}


def _page(person: Mapping[str, Any]) -> Json:
    told = entries(person, "urls")
    return next((one for one in told if one.get("type") == "work"), told[0] if told else {})


def _phones(person: Mapping[str, Any]) -> dict[Phone, Json]:
    """Which entry is which telephone. One of a type that Outlook has not stands for another one, while there is
    none; what finds no place is left alone."""
    return _by_kind(
        [one for one in entries(person, "phoneNumbers") if words.line(one.get("value"))], _PHONES, Phone.OTHER
    )


def _places(person: Mapping[str, Any]) -> dict[Place, Json]:
    kinds = {word: (place,) for word, place in _PLACES.items()}
    said = [one for one in entries(person, "addresses") if words.said(_address(one))]
    return _by_kind(said, kinds, Place.OTHER)


def _by_kind(told: Sequence[Json], kinds: Mapping[str, tuple[K, ...]], other: K) -> dict[K, Json]:
    found: dict[K, Json] = {}
    for one in told:
        for kind in kinds.get(str(one.get("type")), ()):
            if kind not in found:
                found[kind] = one
                break
    for one in told:
        if str(one.get("type")) not in kinds:
            found.setdefault(other, one)
    return found


def _address(one: Mapping[str, Any]) -> Address:
    street = [words.lines(one.get(name)) for name in ("poBox", "streetAddress", "extendedAddress")]
    found = Address(
        street="\n".join(filter(None, street)),
        city=words.line(one.get("city")),
        state=words.line(one.get("region")),
        postal_code=words.line(one.get("postalCode")),
        country=words.line(one.get("country")),
    )
    return found if words.said(found) else Address(street=words.lines(one.get("formattedValue")))


def _said(address: Address) -> dict[str, str]:
    return {
        "poBox": "",
        "streetAddress": address.street,
        "extendedAddress": "",
        "city": address.city,
        "region": address.state,
        "postalCode": address.postal_code,
        "country": address.country,
        "countryCode": "",
    }


def _notes(one: Mapping[str, Any]) -> str:
    told = words.lines(one.get("value"))
    return of_html(told, longest=words.LONGEST) if one.get("contentType") == "TEXT_HTML" else told


def _day(told: Any) -> date | None:
    """A google.type.Date: without its year that is 0 or left out."""
    if not isinstance(told, dict):
        return None
    try:
        return date(told.get("year") or words.NO_YEAR, told.get("month") or 0, told.get("day") or 0)
    except (TypeError, ValueError, OverflowError):
        return None


def _date(day: date) -> dict[str, int]:
    return {**({} if day.year == words.NO_YEAR else {"year": day.year}), "month": day.month, "day": day.day}
