"""Tests of galsync/people/merging.py: no address twice, and nobody lost or decided about without a reason."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Entry, Form
from galsync.people.merging import Doubled, merge
from protocols.model.mailbox import Mailbox


def entry(anchor: str, address: str, *aliases: str) -> Entry:
    return Entry(
        anchor=anchor, form=Form.MAIL_CONTACT, address=Mailbox.parse(f"{address}@x.example"), aliases=tuple(aliases)
    )


ANN, ALSO_ANN, BOB = entry("ad:1", "ann"), entry("ad:2", "ann"), entry("ad:3", "bob")
OTHER_ANN = entry("hr:1", "ann")


def test_the_source_of_higher_priority_wins() -> None:
    merged = merge([[ANN, BOB], [OTHER_ANN, entry("hr:2", "cy")]])
    assert [*merged.entries] == ["ad:1", "ad:3", "hr:2"]
    assert merged.merged == (OTHER_ANN,)
    assert not merged.clashes


def test_two_of_one_source_are_left_to_somebody_who_knows() -> None:
    merged = merge([[ALSO_ANN, BOB, ANN], [OTHER_ANN]])
    assert [*merged.entries] == ["ad:3"]
    assert merged.clashes == ((ANN, ALSO_ANN),)
    assert merged.merged == (OTHER_ANN,)


@pytest.mark.parametrize("holder", ["ad:1", "ad:2"])
def test_whom_the_ledger_knows_there_keeps_the_address(holder: str) -> None:
    merged = merge([[ANN, ALSO_ANN]], agreed={"ann@x.example": holder})
    assert [*merged.entries] == [holder]
    assert merged.clashes == ((ANN, ALSO_ANN),)


@pytest.mark.parametrize("holder", ["ad:9", "hr:1"])
def test_a_holder_who_does_not_want_it_any_more_decides_nothing(holder: str) -> None:
    agreed = {"ann@x.example": holder}
    assert merge([[ANN, ALSO_ANN], [OTHER_ANN]], agreed=agreed).entries == {}
    assert [*merge([[ANN], [OTHER_ANN]], agreed=agreed).entries] == ["ad:1"]


@pytest.mark.parametrize(
    ("holder", "told", "has_it"),
    [("ad:9", {"ad:1"}, False), ("ad:9", {"ad:1", "ad:9"}, True), ("ad:1", {"ad:1"}, True), ("", {"ad:1"}, True)],
)
def test_among_changes_an_address_stays_with_whom_nobody_spoke_of(holder: str, told: set[str], has_it: bool) -> None:
    merged = merge([[ANN]], agreed={"ann@x.example": holder} if holder else {}, told=told)
    assert merged.entries == ({"ad:1": ANN} if has_it else {})
    assert merged.clashes == (() if has_it else ((ANN,),))


def test_an_alias_gives_way_to_an_address() -> None:
    bob = entry("ad:3", "bob", "X500:/cn=bob", "ann@x.example", "robert@x.example")
    merged = merge([[bob, ANN]])
    assert merged.entries["ad:3"].aliases == ("X500:/cn=bob", "robert@x.example")
    assert merged.doubled == (Doubled("ann@x.example", "ad:3", "ad:1"),)


def test_an_alias_gives_way_to_an_address_that_nobody_has_yet() -> None:
    merged = merge([[ANN, ALSO_ANN, entry("ad:3", "bob", "ann@x.example")]])
    assert merged.entries["ad:3"].aliases == ()


def test_an_alias_of_two_stays_with_the_first() -> None:
    cy, dee = entry("hr:1", "cy", "X500:/CN=Old"), entry("ad:5", "dee", "X500:/cn=old")
    eve = entry("ad:4", "eve", "X500:/cn=OLD")
    merged = merge([[dee, eve], [cy]])
    assert {anchor: len(each.aliases) for anchor, each in merged.entries.items()} == {"ad:4": 1, "ad:5": 0, "hr:1": 0}
    assert {(each.anchor, each.keeper) for each in merged.doubled} == {("ad:5", "ad:4"), ("hr:1", "ad:4")}


def test_an_entry_without_rivals_is_not_copied() -> None:
    bob = entry("ad:3", "bob", "X500:/cn=bob")
    assert merge([[bob]]).entries["ad:3"] is bob


NAMES = st.sampled_from(["ann", "bob", "cy", "dee"])
ALIASES = st.lists(NAMES.map("{}@x.example".format) | NAMES.map("X500:/cn={}".format), max_size=3, unique=True)


@st.composite
def sources(draw: st.DrawFn) -> list[list[Entry]]:
    made = []
    for name in ("ad", "hr"):
        rows = draw(st.lists(st.tuples(NAMES, ALIASES), max_size=6))
        made.append([entry(f"{name}:{n}", who, *aliases) for n, (who, aliases) in enumerate(rows)])
    return made


ANCHORS = st.sampled_from([f"{name}:{n}" for name in ("ad", "hr") for n in range(6)])
AGREED = st.dictionaries(NAMES.map("{}@x.example".format), ANCHORS)


@given(sources(), AGREED, st.none() | st.sets(ANCHORS))
def test_nobody_is_lost_and_nothing_is_wanted_twice(
    given_: list[list[Entry]], agreed: dict[str, str], told: set[str] | None
) -> None:
    merged = merge(given_, agreed=agreed, told=told)
    clashing = {each.anchor for clash in merged.clashes for each in clash}
    lost = {each.anchor for each in merged.merged}
    assert merged.entries.keys() | clashing | lost == {each.anchor for source in given_ for each in source}
    assert lost.isdisjoint(merged.entries.keys() | clashing)
    every = Counter(
        name
        for each in merged.entries.values()
        for name in {each.address.address, *(alias.lower() for alias in each.aliases)}
    )
    assert not every or max(every.values()) == 1
    for clash in merged.clashes:
        assert len({each.address for each in clash}) == 1
        assert sum(each.anchor in merged.entries for each in clash) <= 1


@given(sources(), AGREED, st.randoms(use_true_random=False))
def test_the_order_within_a_source_does_not_matter(
    given_: list[list[Entry]], agreed: dict[str, str], random: Random
) -> None:
    shuffled = [sorted(source, key=lambda _: random.random()) for source in given_]
    one, other = merge(given_, agreed=agreed), merge(shuffled, agreed=agreed)
    assert one.entries == other.entries
    assert one.clashes == other.clashes
    assert set(one.doubled) == set(other.doubled)
    assert {each.anchor for each in one.merged} == {each.anchor for each in other.merged}
