"""How a contact is made to fit."""

from datetime import date

import pytest
from hypothesis import given, settings

from calsync.spokes import contacts_fit as fit
from protocols.model.card import Address, Card, Phone, Place
from protocols.model.event import Event
from tests.contracts.spoke_cards import CARDS as TABLE
from tests.contracts.spoke_events import SINGLE
from tests.protocols.model.cards import CARDS


@pytest.mark.parametrize("card", TABLE.values(), ids=TABLE)
def test_what_fits_everywhere_stays_as_it_is(card: Card) -> None:
    for shape in (fit.graph, fit.exchange, fit.google):
        assert fit.fitting(shape)(card) == (card, "")


@settings(max_examples=40)
@given(CARDS)
def test_what_was_made_to_fit_fits(card: Card) -> None:
    for shape in (fit.graph, fit.exchange, fit.google):
        assert shape(shape(card)) == shape(card)


def test_what_outlook_cannot_hold_is_cut() -> None:
    long = Card(
        display_name="a" * 254 + " b", emails=tuple(f"{n}@b.example" for n in range(5)), phones={Phone.HOME: "1" * 300}
    )
    told = fit.outlook(long)
    assert (told.display_name, len(told.emails), len(told.phones[Phone.HOME])) == ("a" * 254, 3, 255)
    assert fit.google(long) == long


def test_a_birthday_that_outlook_cannot_tell_is_left_out_and_all_else_fits() -> None:
    for year in (1, 1600, 4500, 9999):
        assert fit.outlook(Card(display_name="Ann", birthday=date(year, 2, 1))) == Card(display_name="Ann")
    for year in (1601, 1604, 2026, 4499):
        card = Card(display_name="Ann", birthday=date(year, 2, 1))
        assert fit.outlook(card) == card


def test_the_second_telephone_moves_up_where_there_is_no_first() -> None:
    card = Card(phones={Phone.HOME_2: "1", Phone.BUSINESS: "2", Phone.BUSINESS_2: "3"}, places={Place.HOME: Address()})
    assert fit.graph(card) == Card(phones={Phone.BUSINESS: "2", Phone.BUSINESS_2: "3", Phone.HOME: "1"})
    assert fit.exchange(card).phones == card.phones


@pytest.mark.parametrize(
    ("page", "written"),
    [
        ("https://a.example/ü?x=1#y", "https://a.example/ü?x=1#y"),
        ("my page [1]", "my%20page%20%5B1%5D"),
        ("100%", "100%25"),
        ("a%20b", "a%20b"),
        ("1:2/3", "1%3A2/3"),
        ("a#b#c", "a#b%23c"),
        ("", ""),
    ],
)
def test_a_web_page_is_a_uri_on_exchange(page: str, written: str) -> None:
    assert fit.exchange(Card(web_page=page)).web_page == written


def test_an_empty_contact_and_an_appointment_fit_nowhere() -> None:
    event: Event = SINGLE["timed"]
    assert fit.fitting(fit.google)(Card()) == (None, fit.EMPTY)
    assert fit.fitting(fit.google)(event) == (None, fit.NOT_A_CONTACT)
