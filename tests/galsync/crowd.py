"""People for the tests of this folder: one by hand, or any at all."""

from typing import Any

from hypothesis import strategies as st

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person


def person(address: str = "ann@fabrikam.example", *, anchor: str = "", **told: Any) -> Person:
    """A user with ``address`` ("" for none), whose anchor is the part before the @ where none is given."""
    primary = Mailbox.parse(address) if address else None
    texts = {Field(name): text for name, text in told.pop("texts", {}).items()}
    kind = told.pop("kind", Kind.USER)
    return Person(anchor=anchor or address.partition("@")[0], kind=kind, primary=primary, texts=texts, **told)


def named(text: str, **told: Any) -> Person:
    """A user with nothing but a display name and an address."""
    return person(texts={"display_name": text}, **told)


TEXT = st.text(st.characters(), max_size=40)  # surrogates and control characters too
CLEAN = st.text(min_size=1, max_size=40)
SOME = st.text(st.characters(), min_size=1, max_size=40)
ADDRESSES = st.builds(
    "{}@{}".format,
    st.sampled_from(["ann", "bob", "cy", "dee", "eve", "o'neil", "x" * 64]),
    st.sampled_from(["fabrikam.example", "contoso.example", "a.fabrikam.example"]),
)

PEOPLE = st.builds(
    Person,
    anchor=SOME,
    kind=st.sampled_from(Kind),
    primary=st.none() | ADDRESSES.map(Mailbox.parse),
    aliases=st.lists(ADDRESSES, max_size=3).map(tuple),
    x500=st.lists(SOME, max_size=2).map(tuple),
    sip=TEXT,
    texts=st.dictionaries(st.sampled_from(Field), SOME, max_size=6),
    unit=TEXT,
    groups=st.lists(TEXT, max_size=3).map(tuple),
    members=st.lists(ADDRESSES, max_size=3).map(tuple),
    attributes=st.dictionaries(st.sampled_from(["a", "employeeType"]), TEXT),
    photo=st.binary(max_size=4),
    disabled=st.booleans(),
    hidden=st.booleans(),
)
