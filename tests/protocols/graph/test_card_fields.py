"""A contact of Microsoft 365 as a Card."""

from typing import Any

from hypothesis import given, settings

from calsync.spokes.contacts_fit import graph
from protocols.graph.card_fields import ASKED, after, card, changed, fresh
from protocols.graph.contact_fields import EXTENDED, STAMP
from protocols.model.card import Card, Phone
from simulation.graph.contact_objects import Item, put, shown
from tests.protocols.model.cards import CARDS, CHANGES, NAMES, mixed


def told(item: Item) -> dict[str, Any]:
    return shown(item, ASKED)


def made(wanted: Card) -> Item:
    item = Item({"id": "1"})
    put(item, fresh(wanted, stamp="busyline:merger/1"), new=True)
    return item


@settings(max_examples=60)
@given(CARDS)
def test_a_contact_comes_back(wanted: Card) -> None:
    assert card(told(made(graph(wanted)))) == (graph(wanted), frozenset())


@settings(max_examples=100)
@given(CARDS, CARDS, CHANGES)
def test_a_change_changes_what_it_names_and_nothing_else(there: Card, wanted: Card, changes: frozenset[str]) -> None:
    item = made(graph(there))
    body = changed(told(item), graph(wanted), changes)
    put(item, body, new=False)
    assert card(told(item))[0] == graph(mixed(graph(there), graph(wanted), changes))
    assert item.extended[STAMP.lower()] == "busyline:merger/1"


def test_every_field_is_written() -> None:
    empty = changed({}, Card(), NAMES)
    assert {name for name in ASKED["$select"].split(",") if name not in empty} == {
        *("id", "changeKey", "parentFolderId", "lastModifiedDateTime")
    }
    assert len(empty[EXTENDED]) == 5


def test_the_name_to_show_is_always_sent() -> None:
    body = changed({"displayName": "Ann", "fileAs": "Ann"}, Card(given_name="A"), {"given_name"})
    assert body == {"displayName": "Ann", "givenName": "A"}
    assert changed({"displayName": "Ann", "fileAs": "Ann"}, Card(display_name="B"), {"display_name"})["fileAs"] == "B"
    assert "fileAs" not in changed({"displayName": "A", "fileAs": "X"}, Card(display_name="B"), {"display_name"})


def test_further_numbers_of_a_list_stay() -> None:
    there = {"businessPhones": ["1", "2", "3"]}
    wanted = Card(phones={Phone.BUSINESS_2: "4"})
    assert changed(there, wanted, {"phone business_2"})["businessPhones"] == ["1", "4", "3"]
    assert changed(there, Card(), {"phone business"})["businessPhones"] == ["2", "3"]


def test_what_a_write_does_not_tell_is_known_from_before() -> None:
    before = {EXTENDED: [{"id": "String 0x3A21", "value": "1"}, {"id": STAMP, "value": "s"}]}
    sent = {EXTENDED: [{"id": "String 0x3a21", "value": "2"}]}
    entry = after({"id": "1"}, sent, before)
    assert card(entry)[0].phones == {Phone.PAGER: "2"}
    assert {"id": STAMP, "value": "s"} in entry[EXTENDED]


def test_whatever_stands_there_is_read() -> None:
    strange = {
        "id": "1",
        "emailAddresses": [None, {"address": 7}, {"address": "/o=x"}],
        "businessPhones": "1",
        "birthday": "never",
        "categories": None,
        "businessAddress": [],
        "personalNotes": "a" * 40_000,
        EXTENDED: [{"id": "Integer 0x36", "value": "3"}, {"id": None}],
    }
    read, cut = card(strange)
    assert (read.emails, read.phones, read.private, len(read.notes)) == ((), {}, True, 32_000)
    assert cut == {"emails", "notes"}
