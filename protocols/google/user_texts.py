"""What a user of Google's Directory API tells in words: its lists of phones, organisations and places as fields."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from protocols.model.person import Field

_PHONES: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.PHONE: ("work", "main", "company_main"),
    Field.MOBILE: ("work_mobile", "mobile"),
    Field.FAX: ("work_fax",),
    Field.PAGER: ("work_pager", "pager"),
    Field.HOME_PHONE: ("home",),
}
"""By field, the types of UserPhone that count, the first the most (directory_v1, users)."""
_ORGANISATION: Final = {
    "name": Field.COMPANY,
    "department": Field.DEPARTMENT,
    "title": Field.TITLE,
    "location": Field.OFFICE,
}
_ADDRESS: Final = {
    "locality": Field.CITY,
    "region": Field.STATE,
    "postalCode": Field.POSTAL_CODE,
    "country": Field.COUNTRY,
    "countryCode": Field.COUNTRY,
}
_PLACE: Final = ("buildingId", "floorName", "floorSection", "deskCode")
_SHARED: Final = frozenset(
    {Field.COMPANY, Field.DEPARTMENT, Field.TITLE, Field.OFFICE, *_ADDRESS.values(), Field.MANAGER, Field.SURNAME}
)
"""Fields that many people have alike: each text of theirs is kept once."""


def texts(user: Mapping[str, Any]) -> dict[Field, str]:
    """The fields of ``user``, none of them empty. What has another shape than the API's is not told."""
    found: dict[Field, str] = {}
    name = user.get("name")
    if isinstance(name, dict):
        _put(found, Field.DISPLAY_NAME, name.get("displayName") or name.get("fullName"))
        _put(found, Field.GIVEN_NAME, name.get("givenName"))
        _put(found, Field.SURNAME, name.get("familyName"))
    for key, field in _ORGANISATION.items():
        _put(found, field, _first(parts(user, "organizations")).get(key))
    for field, kinds in _PHONES.items():
        _put(found, field, _of_kinds(parts(user, "phones"), kinds).get("value"))
    _put_address(found, _of_kinds(parts(user, "addresses"), ("work", "")))
    if Field.OFFICE not in found:
        desk = _of_kinds(parts(user, "locations"), ("desk", "default"))
        _put(found, Field.OFFICE, " ".join(str(desk[key]) for key in _PLACE if desk.get(key)) or desk.get("area"))
    _put(found, Field.MANAGER, _of_kinds(parts(user, "relations"), ("manager",)).get("value"))
    _put(found, Field.WEB_PAGE, _of_kinds(parts(user, "websites"), ("work", "")).get("value"))
    notes = user.get("notes")
    if isinstance(notes, dict) and notes.get("contentType") != "text_html":
        _put(found, Field.NOTES, notes.get("value"))
    return found


def parts(user: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The entries of one of the lists of ``user``; none where it is missing."""
    entries = user.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _first(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The primary one, or the first."""
    return next((one for one in entries if one.get("primary") is True), entries[0] if entries else {})


def _of_kinds(entries: Sequence[dict[str, Any]], kinds: Sequence[str]) -> dict[str, Any]:
    """The first of the first kind that there is; the primary one of several."""
    for kind in kinds:
        of_kind = [one for one in entries if str(one.get("type") or "") == kind]
        if of_kind:
            return _first(of_kind)
    return {}


def _put(found: dict[Field, str], field: Field, text: Any) -> None:
    if isinstance(text, str) and text.strip():
        found[field] = sys.intern(text.strip()) if field in _SHARED else text.strip()


def _put_address(found: dict[Field, str], address: Mapping[str, Any]) -> None:
    street = [str(address[key]) for key in ("streetAddress", "extendedAddress") if address.get(key)]
    _put(found, Field.STREET, ", ".join(street))
    for key, field in _ADDRESS.items():
        if field not in found:
            _put(found, field, address.get(key))
