"""Makes a contact fit into a system: what the system cannot hold is cut or moved in the way its users would do it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from calsync.items import Content
from calsync.spoke import Fit
from protocols.model.card import Address, Card, Phone, Place

_PAIRS: Final = ((Phone.BUSINESS, Phone.BUSINESS_2), (Phone.HOME, Phone.HOME_2))
_LINES: Final = (
    *("display_name", "given_name", "middle_name", "surname", "nickname", "prefix", "suffix"),
    *("company", "department", "title", "office"),
)
OUTLOOK_EMAILS: Final = 3
"""EmailAddress1 to EmailAddress3 of a contact [MS-OXOCNTC]."""
OUTLOOK_LINE: Final = 255
"""Characters of one line; what Exchange takes of a property that it indexes."""
OUTLOOK_YEARS: Final = range(1601, 4500)
"""Of a birthday: its times count from 1601 on [MS-DTYP 2.3.3], and Outlook has 4501 for none."""
_NO_URI: Final = re.compile(r'[\x00-\x20"<>\\^`{|}\[\]\x7f]|%(?![0-9A-Fa-f]{2})')
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^:]")
NOT_A_CONTACT: Final = "it is no contact"
EMPTY: Final = "there is nothing in it that a contact could show: no name, no company, no address"


def fitting(shape: Callable[[Card], Card]) -> Fit:
    """A ``fit`` (calsync.spoke.Ability) that has contacts go through ``shape``. One that says nothing at all fits
    nowhere, since nobody could find it."""

    def fit(content: Content) -> tuple[Content | None, str]:
        if not isinstance(content, Card):
            return None, NOT_A_CONTACT
        card = shape(content)
        return (card, "") if card != Card() else (None, EMPTY)

    return fit


def outlook(card: Card) -> Card:
    """As a contact of Exchange can hold it."""
    texts = {name: getattr(card, name)[:OUTLOOK_LINE].rstrip() for name in _LINES}
    phones = {kind: number[:OUTLOOK_LINE].rstrip() for kind, number in card.phones.items()}
    born = card.birthday if card.birthday and card.birthday.year in OUTLOOK_YEARS else None
    return replace(card, **texts, phones=phones, emails=card.emails[:OUTLOOK_EMAILS], birthday=born)


def graph(card: Card) -> Card:
    """As a contact of Graph can hold it: its lists of telephones have no gaps."""
    return _without_gaps(outlook(card))


def exchange(card: Card) -> Card:
    """As a contact of EWS can hold it: a web page is an xs:anyURI, or the whole contact is refused."""
    return replace(outlook(card), web_page=_as_uri(card.web_page))


def google(card: Card) -> Card:
    """As a contact of Google can hold it: of one type the first telephone comes first."""
    return _without_gaps(card)


def _as_uri(text: str) -> str:
    """``text`` with what RFC 3986 does not allow there in per cent; letters of other scripts stay (RFC 3987)."""
    start, hash_, rest = text.partition("#")
    whole = start + hash_ + rest.replace("#", "%23")
    whole = _NO_URI.sub(lambda match: f"%{ord(match[0]):02X}", "%20".join(whole.split()))
    first = whole.partition("/")[0]
    return whole if ":" not in first or _SCHEME.match(whole) else first.replace(":", "%3A") + whole[len(first) :]


def _without_gaps(card: Card) -> Card:
    phones: dict[Phone, str] = dict(card.phones)
    for first, second in _PAIRS:
        if second in phones and first not in phones:
            phones[first] = phones.pop(second)
    places: Mapping[Place, Address] = {place: told for place, told in card.places.items() if told != Address()}
    return replace(card, phones={kind: phones[kind] for kind in Phone if kind in phones}, places=places)
