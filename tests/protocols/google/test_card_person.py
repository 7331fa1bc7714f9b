"""A contact of Google's People API as a Card."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
from hypothesis import given, settings

from calsync.spokes.contacts_fit import google
from protocols.google.card_person import FIELDS, MASK, WRITTEN, card, changed, fresh, moment
from protocols.google.contact_person import stamp
from protocols.model.card import Address, Card, Phone, Place
from simulation.google.personal_contacts import PersonalContacts
from tests.protocols.model.cards import CARDS, CHANGES, NAMES, mixed


def held(wanted: Card) -> Card:
    """As Google can hold it."""
    return google(replace(wanted, categories=(), private=False))


def kept(person: dict[str, Any]) -> dict[str, Any]:
    """As Google tells it: with the name that it makes."""
    return PersonalContacts().put("ann", orjson.loads(orjson.dumps(person)))


@settings(max_examples=60)
@given(CARDS)
def test_a_contact_comes_back(wanted: Card) -> None:
    person = kept(fresh(held(wanted), stamp="busyline:merger/1", groups=["contactGroups/1"]))
    assert card(person) == (held(wanted), frozenset())
    assert stamp(person) == "busyline:merger/1"
    assert set(person) - {"resourceName", "etag"} <= set(MASK.split(","))


@settings(max_examples=100)
@given(CARDS, CARDS, CHANGES)
def test_a_change_changes_what_it_names_and_nothing_else(there: Card, wanted: Card, changes: frozenset[str]) -> None:
    before = kept(fresh(held(there), stamp="busyline:merger/1", groups=[]))
    person, touched = changed(before, held(wanted), changes)
    assert card(kept(person))[0] == google(mixed(held(there), held(wanted), changes))
    assert stamp(person) == "busyline:merger/1"
    lists = {name for name, fields in WRITTEN.items() if fields & {each.partition(" ")[0] for each in changes}}
    assert touched <= lists
    assert {name: told for name, told in person.items() if name not in touched and told} == {
        name: told for name, told in before.items() if name not in touched and told
    }


def test_every_field_that_it_can_hold_has_its_list() -> None:
    assert {name.partition(" ")[0] for name in NAMES} - {"categories", "private"} == FIELDS


def test_entries_of_other_types_are_left_alone() -> None:
    phones = [{"value": "1", "type": "main"}, {"value": "2", "type": "work"}, {"value": "3", "type": "iPhone"}]
    person = {"phoneNumbers": phones, "urls": [{"value": "https://a.example", "type": "blog"}]}
    read = card(person)[0]
    assert (dict(read.phones), read.web_page) == ({Phone.BUSINESS: "2", Phone.OTHER: "1"}, "https://a.example")
    wanted = Card(phones={Phone.HOME: "4"}, web_page="https://b.example")
    after, touched = changed(person, wanted, {"phone business", "phone home", "web_page"})
    assert after["phoneNumbers"] == [phones[0], phones[2], {"type": "home", "value": "4"}]
    assert after["urls"] == [{"value": "https://b.example", "type": "blog"}]
    assert touched == {"phoneNumbers", "urls"}


def test_where_somebody_works_is_the_entry_of_that_type() -> None:
    jobs = [{"type": "school", "name": "S"}, {"type": "work", "name": "W", "title": "T", "current": True}]
    assert card({"organizations": jobs})[0].company == "W"
    after, _ = changed({"organizations": jobs}, Card(title="U"), {"title", "company"})
    assert after["organizations"] == [jobs[0], {"type": "work", "current": True, "title": "U"}]
    assert changed({"organizations": jobs}, Card(), {"title", "company"})[0]["organizations"] == jobs[:1]
    assert card({"organizations": jobs[:1]})[0].company == "S"


def test_addresses_with_parts_of_their_own() -> None:
    home = {"type": "home", "poBox": "PO 1", "streetAddress": "Weg 1", "extendedAddress": "Hof", "countryCode": "DE"}
    assert card({"addresses": [home]})[0].places == {Place.HOME: Address(street="PO 1\nWeg 1\nHof")}
    whole = {"type": "work", "formattedValue": "Weg 1\nKöln"}
    assert card({"addresses": [whole]})[0].places == {Place.BUSINESS: Address(street="Weg 1\nKöln")}
    wanted = Card(places={Place.HOME: Address(street="Weg 2", country="Österreich")})
    after, _ = changed({"addresses": [home]}, wanted, {"place home"})
    assert after["addresses"] == [{"type": "home", "streetAddress": "Weg 2", "country": "Österreich"}]


def test_birthdays() -> None:
    assert card({"birthdays": [{"date": {"month": 2, "day": 29}}]})[0].birthday == date(1604, 2, 29)
    assert card({"birthdays": [{"date": {"year": 0, "month": 2, "day": 29}}]})[0].birthday == date(1604, 2, 29)
    late = {"date": {"year": 10**12, "month": 5, "day": 1}}
    wrong = {"date": {"month": "x", "day": 1}}
    for strange in ({"date": {"year": 1980}}, {"date": None}, {"text": "spring"}, wrong, late):
        assert card({"birthdays": [strange]}) == (Card(), frozenset({"birthday"}))


def test_notes_in_html_become_text() -> None:
    told = {"biographies": [{"value": "<p>One</p>Two", "contentType": "TEXT_HTML"}]}
    assert card(told)[0].notes == "One\nTwo"


def test_when_it_was_changed() -> None:
    sources = [
        {"type": "PROFILE", "updateTime": "2027-01-01T00:00:00Z"},
        {"type": "CONTACT", "updateTime": "2026-11-23T08:00:00.123456Z"},
    ]
    assert moment({"metadata": {"sources": sources}}) == datetime(2026, 11, 23, 8, 0, 0, 123456, UTC)
    assert moment({"metadata": {"sources": sources[:1]}}) is None
    assert moment({}) is None


def test_whatever_stands_there_is_read() -> None:
    strange: dict[str, Any] = {name: [None, {"value": 7, "type": []}] for name in MASK.split(",")}
    assert card(strange)[0] == Card()
