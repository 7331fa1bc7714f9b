"""Tests of calsync/plans/joining.py: what was there already becomes part of an item."""

from dataclasses import fields as dataclass_fields
from dataclasses import replace

import pytest

from calsync.agreed import ANEW, Agreed, Link
from calsync.contents import digests, fields
from calsync.items import Item
from calsync.plans.giving import Given
from calsync.plans.joining import equal, joined, relinked
from calsync.plans.situation import Situation
from calsync.rules import Detail, HubRules, Kind, Reminders, Treat
from calsync.steps import JOINED
from protocols.model.card import Address, Card, Place
from protocols.model.event import Event, Sensitivity
from tests.calsync.plans.model import ALL, NONE, NOW, World, event, giver, person, rules, whys

OPEN = rules(giver("a"), giver("b", replace(ALL, prefix="[A] ")))
AGREED = Agreed(
    id="x",
    origin="a",
    fields=fields(event(location="Room")),
    links={"a": Link(spoke="a", key="1", version="v"), "b": Link(spoke="b", key="0", version="", copies=2)},
)


def situation(hub: HubRules = OPEN) -> Situation:
    return Situation(rules=hub, now=NOW, seen={}, unread={}, abilities={}, everything=False)


def item(one: Event) -> Item:
    return Item(key="2", version="v2", content=one, uid="u", guarded="others are invited")


def test_a_copy_is_linked_again_with_its_next_token() -> None:
    found, clashes = relinked(situation(), AGREED, "b", item(event(location="Hall", subject="[A] Stand-up")))
    link = found.links["b"]
    assert (link.key, link.version, link.uid, link.made, link.copies) == ("2", "v2", "u", True, 3)
    assert link.guarded == "others are invited"
    assert set(link.asked.values()) == {ANEW}
    assert [(clash.what, clash.kept, clash.lost, clash.rule) for clash in clashes] == [
        ("location", "Room", "Hall", JOINED)
    ]


def test_somebodys_own_gives_what_the_item_lacks() -> None:
    theirs = event(location="Hall", body="Text")
    found, clashes = joined(situation(), AGREED, "b", item(theirs), Given(fields=fields(theirs)))
    assert found.fields == {**AGREED.fields, "body": "Text"}
    assert (found.links["b"].made, found.links["b"].stood) == (False, digests(fields(theirs)))
    assert [clash.what for clash in clashes] == ["location"]


def test_but_not_where_the_origin_may_not_be_written() -> None:
    hub = rules(giver("a", NONE), giver("b", replace(ALL, reminders=Reminders.NONE)))
    theirs = event(location="Room", body="Text")
    found, _ = joined(situation(hub), AGREED, "b", item(theirs), Given(fields=fields(theirs)))
    assert found.fields == AGREED.fields


def shared_by_uid() -> tuple[World, str]:
    """The same appointment in a and in b, which gives its times alone, and nothing private."""
    here = World(rules(giver("a"), giver("b", detail=Detail.BUSY, private=Treat.SKIP), giver("c")))
    here.put("a", event(), uid="u")
    return here, here.put("b", event(body="talk with Ann"), uid="u")


def secrets(here: World) -> list[str]:
    told = [text for spoke in "ac" for each in here.stands(spoke) for text in each.values()]
    told += [text for clash in here.clashes for text in (clash.kept, clash.lost)]
    return [text for text in told if "talk" in text or "Lawyer" in text]


def test_what_a_spoke_does_not_give_is_not_read_from_somebodys_own() -> None:
    here, key = shared_by_uid()
    here.run()
    here.quiet()
    assert (len(here.shelves["b"]), secrets(here)) == (1, [])
    here.change("b", key, subject="Lawyer")
    here.run()
    here.quiet()
    here.change("b", key, sensitivity=Sensitivity.PRIVATE, when=event(15).when)
    here.run()
    here.quiet()
    assert secrets(here) == []
    assert here.only("a").when == event().when
    assert (here.only("b").body, here.only("b").subject) == ("talk with Ann", "Lawyer")


def test_and_what_is_private_by_now_is_neither_written_nor_removed_until_it_is_given_again() -> None:
    here, key = shared_by_uid()
    here.quiet()
    here.change("b", key, sensitivity=Sensitivity.PRIVATE)
    here.quiet()
    here.change("a", here.key("a"), when=event(11).when)
    here.quiet()
    assert here.only("b").when == event().when
    here.change("b", key, sensitivity=Sensitivity.NORMAL)
    here.quiet()
    assert here.only("b").when == here.only("a").when == event(11).when
    here.change("b", key, sensitivity=Sensitivity.PRIVATE)
    here.quiet()
    here.remove("a", here.key("a"))
    here.quiet()
    assert (list(here.shelves["b"]), here.shelves["a"]) == ([key], {})


def test_somebodys_own_that_looks_the_same_is_removed_by_nobody_else() -> None:
    here = World(rules(giver("a"), giver("b")))
    key = here.put("a", event())
    here.put("b", event())
    here.quiet()
    here.remove("a", key)
    assert whys(here.run()) == []
    assert len(here.shelves["b"]) == 1


LINES = [each.name for each in dataclass_fields(Card) if each.type in (str, "str") and each.name != "notes"]
"""Whatever a contact says in a single line; the notes have several."""


@pytest.mark.parametrize("name", LINES)
def test_the_letters_and_spaces_of_each_line_of_a_contact_are_a_servers_way(name: str) -> None:
    one, two = (person(**{"company": "Contoso", name: text}) for text in ("Sales and  more", "SALES AND MORE"))
    agreed = replace(AGREED, fields=fields(one))
    hub = situation(rules(giver("a"), giver("b"), kind=Kind.CONTACTS))
    stands = Item(key="2", version="v2", content=two)
    assert equal(hub, agreed, "b", stands)
    assert not equal(hub, agreed, "b", replace(stands, content=person(**{"company": "Contoso", name: "Sales"})))


@pytest.mark.parametrize("part", [each.name for each in dataclass_fields(Address)])
def test_so_are_those_of_a_postal_address(part: str) -> None:
    one, two = (person(places={Place.HOME: Address(**{part: text})}) for text in ("New  Street", "NEW STREET"))
    hub = situation(rules(giver("a"), giver("b"), kind=Kind.CONTACTS))
    assert equal(hub, replace(AGREED, fields=fields(one)), "b", Item(key="2", version="v2", content=two))
