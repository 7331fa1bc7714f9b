"""Contacts of any shape, in their one form, for the tests of codecs."""

from datetime import date
from typing import Final

from hypothesis import strategies as st

from protocols.model.card import Address, Card, Phone, Place

TEXTS: Final = (
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).map(str.strip).filter(bool)
)
_MAYBE: Final = st.just("") | TEXTS
_LINES: Final = st.lists(TEXTS, max_size=3).map("\n".join)
_ADDRESSES: Final = st.builds(
    Address, street=_LINES, city=_MAYBE, state=_MAYBE, postal_code=_MAYBE, country=_MAYBE
).filter(lambda each: each != Address())
_EMAILS: Final = st.lists(
    st.sampled_from(["Ann@contoso.example", "a@b.example", "c+d@e.example", "ü@ä.example"]), max_size=3, unique=True
).map(tuple)
_DAYS: Final = st.dates(date(1605, 1, 1), date(4499, 1, 1)) | st.just(date(1604, 2, 29))
PHONES: Final = st.dictionaries(st.sampled_from(list(Phone)), TEXTS, max_size=4)
CARDS: Final = st.builds(
    Card,
    display_name=TEXTS,
    given_name=_MAYBE,
    middle_name=_MAYBE,
    surname=_MAYBE,
    nickname=_MAYBE,
    prefix=_MAYBE,
    suffix=_MAYBE,
    company=_MAYBE,
    department=_MAYBE,
    title=_MAYBE,
    office=_MAYBE,
    emails=_EMAILS,
    phones=PHONES,
    places=st.dictionaries(st.sampled_from(list(Place)), _ADDRESSES, max_size=2),
    birthday=st.none() | _DAYS,
    web_page=_MAYBE,
    notes=_LINES,
    categories=st.lists(TEXTS, max_size=3, unique=True).map(lambda each: tuple(sorted(each))),
    private=st.booleans(),
)
PLAIN: Final = (
    *("display_name", "given_name", "middle_name", "surname", "nickname", "prefix", "suffix"),
    *("company", "department", "title", "office", "emails", "birthday", "web_page", "notes", "categories", "private"),
)
NAMES: Final = (*PLAIN, *(f"phone {each}" for each in Phone), *(f"place {each}" for each in Place))
"""The names of all fields (calsync.items.Fields)."""
CHANGES: Final = st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=6)


def mixed(there: Card, wanted: Card, changes: frozenset[str]) -> Card:
    """``there`` with the fields ``changes`` of ``wanted``."""
    plain = {name: getattr(wanted if name in changes else there, name) for name in PLAIN}
    phones = {one: (wanted if f"phone {one}" in changes else there).phones.get(one, "") for one in Phone}
    places = {one: (wanted if f"place {one}" in changes else there).places.get(one, Address()) for one in Place}
    return Card(
        **plain,
        phones={one: text for one, text in phones.items() if text},
        places={one: told for one, told in places.items() if told != Address()},
    )
