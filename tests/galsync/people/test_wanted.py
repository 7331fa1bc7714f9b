"""Tests of galsync/people/wanted.py: from readings to entries, everybody in one place or counted."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Form
from galsync.people.mapping import FIELDS, FORMS, Mapping, Rule
from galsync.people.merging import NAMED
from galsync.people.selection import Selection, Sieve
from galsync.people.wanted import changes_suffice, in_question, wanted
from galsync.side import Reading
from galsync.steps import Left, Why
from protocols.model.person import Field, Kind, Person
from tests.galsync.crowd import PEOPLE, person

AD, HR = Mapping(source="ad"), Mapping(source="hr")
ALL = Selection()
ANN, BOB, CY = person("ann@x.example"), person("bob@x.example"), person("cy@x.example")
MOVED = Mapping(source="ad", domains={"x.example": "y.example"}, forms={**FORMS, Kind.GROUP: Form.GROUP})


def test_sources_in_the_order_of_their_priority() -> None:
    found = wanted([(AD, ALL, Reading(people=[ANN, BOB])), (HR, ALL, Reading(people=[ANN, CY]))])
    assert [*found.entries] == ["ad:ann", "ad:bob", "hr:cy"]
    assert found.left == {Left.MERGED: 1}
    assert found.named == (("ann@x.example", Left.MERGED),)
    assert found.read == {"ad": 2, "hr": 2}
    assert found.gone is None


def test_who_is_left_out_is_counted_and_named_with_those_the_source_left_out() -> None:
    reading = Reading(
        people=[
            person(anchor="1", disabled=True),
            person("", anchor="2", texts={"display_name": "Nobody"}),
            person("", anchor="3"),
            BOB,
        ],
        left={Left.CONTACT: 7, Left.DISABLED: 1},
        named=(("guest@x.example", Left.CONTACT),),
    )
    found = wanted([(AD, ALL, reading)])
    assert found.left == {Left.CONTACT: 7, Left.DISABLED: 2, Left.NO_ADDRESS: 2}
    assert set(found.named) == {
        ("guest@x.example", Left.CONTACT),
        ("ann@fabrikam.example", Left.DISABLED),
        ("Nobody", Left.NO_ADDRESS),
        ("3", Left.NO_ADDRESS),
    }


def test_the_names_are_bounded() -> None:
    people = [person("", anchor=str(n)) for n in range(NAMED + 5)]
    found = wanted([(AD, ALL, Reading(people=people))])
    assert found.left == {Left.NO_ADDRESS: NAMED + 5}
    assert len(found.named) == NAMED


def test_texts_that_were_cut_are_counted() -> None:
    people = [person(f"p{n}@x.example", texts={"title": "x" * 200}) for n in range(3)]
    assert wanted([(AD, ALL, Reading(people=people))]).cut == {"title": 3}


def test_two_with_one_address_clash() -> None:
    people = [person("ann@x.example", anchor="1"), person("ann@x.example", anchor="2"), BOB]
    found = wanted([(AD, ALL, Reading(people=people))])
    assert [*found.entries] == ["ad:bob"]
    assert [[each.anchor for each in clash] for clash in found.clashes] == [["ad:1", "ad:2"]]
    assert not found.left
    known = wanted([(AD, ALL, Reading(people=people))], agreed={"ann@x.example": "ad:2"})
    assert [*known.entries] == ["ad:2", "ad:bob"]


def test_doubled_aliases_are_told() -> None:
    people = [person("ann@x.example", aliases=("bob@x.example",)), BOB]
    found = wanted([(Mapping(source="ad", proxies=True), ALL, Reading(people=people))])
    assert [each.alias for each in found.doubled] == ["bob@x.example"]
    assert found.doubles == 1


def test_of_changes_it_is_said_who_goes_and_why() -> None:
    reading = Reading(people=[ANN, person("bob@x.example", disabled=True)], whole=False, gone=("cy",))
    found = wanted([(AD, ALL, reading)])
    assert [*found.entries] == ["ad:ann"]
    assert found.gone == {"ad:cy": Why.GONE, "ad:bob": Why.NOT_SELECTED}


def test_who_went_and_is_back_does_not_go() -> None:
    found = wanted([(AD, ALL, Reading(people=[ANN], whole=False, gone=("ann",)))])
    assert [*found.entries] == ["ad:ann"]
    assert found.gone == {}


def test_of_changes_an_address_that_somebody_else_has_is_a_clash() -> None:
    reading = Reading(people=[ANN], whole=False, gone=("zoe",))
    clash = wanted([(AD, ALL, reading)], agreed={"ann@x.example": "ad:old"})
    assert clash.entries == {}
    assert clash.gone == {"ad:zoe": Why.GONE}
    assert [[each.anchor for each in group] for group in clash.clashes] == [["ad:ann"]]
    free = wanted([(AD, ALL, reading)], agreed={"ann@x.example": "ad:zoe"})
    assert [*free.entries] == ["ad:ann"]


def test_somebody_told_twice_is_what_was_told_last() -> None:
    hidden = person("ann@x.example", hidden=True)
    found = wanted([(AD, ALL, Reading(people=[hidden, ANN, person("bob@x.example", anchor="b"), BOB]))])
    assert found.left == {}
    assert "ad:ann" in found.entries
    gone = wanted([(AD, ALL, Reading(people=[ANN, hidden]))])
    assert gone.entries == {}
    assert gone.left == {Left.HIDDEN: 1}


def test_members_are_followed_to_where_they_are_now() -> None:
    group = person("all@x.example", kind=Kind.GROUP, members=("bob@x.example", "eve@z.example", "svc@x.example"))
    out = person("svc@x.example", disabled=True)
    found = wanted([(MOVED, ALL, Reading(people=[group, BOB, out]))])
    assert found.entries["ad:all"].members == ("bob@y.example", "eve@z.example", "svc@y.example")


def test_a_manager_is_followed() -> None:
    fields = {**FIELDS, Field.MANAGER: Rule()}
    mapping = Mapping(source="ad", domains={"x.example": "y.example"}, fields=fields)
    people = [person("ann@x.example", texts={"manager": "bob@x.example"}), BOB]
    found = wanted([(mapping, ALL, Reading(people=people))])
    assert found.entries["ad:ann"].texts[Field.MANAGER] == "bob@y.example"


def test_the_people_are_given_back_on_the_way_where_that_is_asked_for() -> None:
    people = [ANN, BOB]
    kept = wanted([(AD, ALL, Reading(people=people))])
    assert people == [ANN, BOB]
    assert wanted([(AD, ALL, Reading(people=people))], spend=True).entries == kept.entries
    assert people == []
    frozen = Reading(people=(ANN, BOB))
    assert wanted([(AD, ALL, frozen)], spend=True).entries == kept.entries
    assert frozen.people == (ANN, BOB)


BY_GROUP = Selection(include=Sieve.of(groups=["g@x.example"]))


@pytest.mark.parametrize(
    ("feeds", "suffice"),
    [
        ([(AD, ALL)], True),
        ([(AD, ALL), (HR, ALL)], False),
        ([(AD, BY_GROUP)], False),
        ([(MOVED, ALL)], False),
        ([], False),
    ],
)
def test_when_changes_suffice(feeds: list[tuple[Mapping, Selection]], suffice: bool) -> None:
    assert changes_suffice(feeds) is suffice


def test_two_sources_have_two_names() -> None:
    with pytest.raises(ValueError, match="two sources of the same name"):
        wanted([(AD, ALL, Reading(people=[])), (AD, ALL, Reading(people=[]))])


def test_changes_are_refused_where_they_do_not_suffice() -> None:
    with pytest.raises(ValueError, match="read every source whole"):
        wanted([(AD, BY_GROUP, Reading(people=[ANN], whole=False))])


NAMES = ["ann", "bob", "cy", "dee", "eve"]


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Person]:
    """Some people of one source, no two with one address; who has which differs from world to world."""
    anchors = draw(st.lists(st.sampled_from("12345"), unique=True))
    names = draw(st.permutations(NAMES))
    flags = st.booleans()
    return {
        anchor: person(
            f"{name}@x.example", anchor=anchor, disabled=draw(flags), texts={"title": draw(st.sampled_from("ab"))}
        )
        for anchor, name in zip(anchors, names, strict=False)
    }


@given(worlds(), worlds())
def test_the_changes_lead_where_a_whole_reading_leads(before: dict[str, Person], after: dict[str, Person]) -> None:
    first = wanted([(AD, ALL, Reading(people=[*before.values()]))])
    agreed = {entry.address.address: anchor for anchor, entry in first.entries.items()}
    changed = [somebody for anchor, somebody in after.items() if before.get(anchor) != somebody]
    gone = tuple(before.keys() - after.keys())
    change = wanted([(AD, ALL, Reading(people=changed, whole=False, gone=gone))], agreed=agreed)
    assert change.gone is not None
    left = {anchor: entry for anchor, entry in first.entries.items() if anchor not in change.gone}
    assert not change.clashes
    assert left | change.entries == wanted([(AD, ALL, Reading(people=[*after.values()]))]).entries


@given(st.lists(PEOPLE, max_size=8), st.lists(PEOPLE, max_size=4))
def test_everybody_is_an_entry_or_a_clash_or_counted(some: list[Person], others: list[Person]) -> None:
    found = wanted([(AD, ALL, Reading(people=some)), (HR, ALL, Reading(people=others))])
    clashing = {each.anchor for clash in found.clashes for each in clash} - found.entries.keys()
    everybody = {f"ad:{each.anchor}" for each in some} | {f"hr:{each.anchor}" for each in others}
    assert len(found.entries) + len(clashing) + found.left.total() == len(everybody)
    assert found.entries.keys() | clashing <= everybody
    assert Counter(why for _, why in found.named) == found.left


def test_of_whom_the_ledger_has_to_be_asked() -> None:
    twin, nobody = person("ann@x.example", anchor="twin"), person("", anchor="nobody")
    assert in_question([(AD, ALL, Reading(people=[ANN, BOB, twin, nobody])), (HR, ALL, Reading(people=[BOB]))]) == [
        "ann@x.example"
    ]
    assert in_question([(MOVED, ALL, Reading(people=[BOB, ANN], whole=False))]) == ["ann@y.example", "bob@y.example"]


@given(st.lists(PEOPLE, max_size=8), st.sampled_from([True, False]), st.data())
def test_nothing_else_that_the_ledger_knows_matters(some: list[Person], whole: bool, data: st.DataObject) -> None:
    given_ = [(AD, ALL, Reading(people=some, whole=whole))]
    addresses = sorted({str(each.primary) for each in some if each.primary})
    anchors = st.sampled_from([*(f"ad:{each.anchor}" for each in some), "ad:else"])
    known = data.draw(st.dictionaries(st.sampled_from(addresses), anchors)) if addresses else {}
    asked = {address: known[address] for address in in_question(given_) if address in known}
    assert wanted(given_, agreed=asked) == wanted(given_, agreed=known)


def test_whose_photo_is_too_large_is_named_and_has_an_entry_all_the_same() -> None:
    mapping = replace(AD, photos=True)
    big, out = person("big@x.example", photo=b"x" * 102_401), person("", anchor="out", photo=b"x" * 102_401)
    found = wanted([(mapping, ALL, Reading(people=[ANN, big, out]))])
    assert (found.large, found.cut) == (("big@x.example",), {"photo": 1})
    assert found.entries["ad:big"].photo == b""
    assert wanted([(AD, ALL, Reading(people=[big]))]).large == ()


def test_of_who_is_there_and_could_not_be_read_nothing_is_wanted_and_nothing_goes() -> None:
    whole = wanted([(AD, ALL, Reading(people=[ANN], unsure=("bob",)))])
    assert ([*whole.entries], whole.unsure, whole.gone) == (["ad:ann"], frozenset({"ad:bob"}), None)
    part = wanted([(AD, ALL, Reading(people=[ANN], whole=False, gone=("bob", "cy"), unsure=("bob",)))])
    assert (part.unsure, part.gone) == (frozenset({"ad:bob"}), {"ad:cy": Why.GONE})
    told = wanted([(AD, ALL, Reading(people=[ANN], unsure=("ann",)))])
    assert ([*told.entries], told.unsure) == (["ad:ann"], frozenset())
