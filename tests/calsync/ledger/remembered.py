"""Items, links and steps of all kinds for the tests of what hubs remember."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from calsync.agreed import Agreed, Aside, Link
from calsync.contents import digests, fields
from calsync.items import Item
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.spoke import Act
from calsync.steps import Step, Why
from protocols.model.card import Card
from tests.service.runs.kept import NOON

HUB = "merger"
NAMES = st.sampled_from(["when", "subject", "body", "at 2026-11-03T10:00:00Z", "phone business", "größe"])
ANYTHING = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
FIELDS = st.dictionaries(NAMES, ANYTHING, max_size=4)
DIGESTS = st.dictionaries(NAMES, st.binary(min_size=8, max_size=8), max_size=4)
INSTANTS = st.none() | st.integers(0, 10**15).map(lambda number: NOON + timedelta(microseconds=number))
LINKS = st.lists(
    st.builds(
        Link,
        spoke=st.sampled_from(["left", "right", "third"]),
        key=ANYTHING,
        version=ANYTHING,
        uid=ANYTHING,
        asked=DIGESTS,
        stood=DIGESTS,
        made=st.booleans(),
        guarded=ANYTHING,
        copies=st.integers(0, 2**31 - 1),
        left=ANYTHING,
    ),
    max_size=3,
).map(lambda links: {link.spoke: link for link in links})
AGREED = st.builds(
    Agreed,
    id=st.sampled_from(["one", "two", "three"]),
    origin=st.sampled_from(["left", "right"]),
    fields=FIELDS,
    links=LINKS,
    cut=st.frozensets(NAMES, max_size=2),
    ended=st.booleans(),
    print=st.binary(max_size=8),
    shadow=st.binary(max_size=8),
    by=ANYTHING,
    changed_at=INSTANTS,
    pending=st.booleans(),
)


def link(spoke: str, key: str, **others: Any) -> Link:
    """Of an item that stands as it was asked."""
    stands = digests(told("Ann"))
    given: dict[str, Any] = {"spoke": spoke, "key": key, "version": "1", "asked": stands, "stood": stands}
    return Link(**given | others)


def told(name: str) -> dict[str, str]:
    """The fields of somebody's card."""
    return fields(Card(display_name=name))


def item(name: str, *links: Link, **others: Any) -> Agreed:
    """An item of that id, which came from the left."""
    given: dict[str, Any] = {"id": name, "origin": "left", "fields": told(name)}
    return Agreed(**given | {"links": {each.spoke: each for each in links}} | others)


def aside(spoke: str, key: str, **others: Any) -> Aside:
    """Something that is not taken."""
    given: dict[str, Any] = {"spoke": spoke, "key": key, "version": "1", "why": "is private"}
    return Aside(**given | others)


def step(name: str, act: Act = Act.CREATE, spoke: str = "right", **others: Any) -> Step:
    """About an item of that id."""
    given: dict[str, Any] = {"act": act, "why": Why.NEW, "item": name, "spoke": spoke}
    return Step(**given | {"fields": {} if act is Act.DELETE else told(name)} | others)


def stands(key: str) -> Item:
    """What a spoke tells of what was written."""
    return Item(key=key, version="2", content=Card(display_name=key))


async def begin(ledger: Ledger, hub: str = HUB) -> int:
    """A run that goes on."""
    return await ledger.begin(hub, RunKind.SYNC)
