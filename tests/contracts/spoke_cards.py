"""A table of contacts of every shape that a spoke has to carry there and back."""

from datetime import date
from typing import Final

from protocols.model.card import Address, Card, Phone, Place

CARDS: Final[dict[str, Card]] = {
    "a name": Card(display_name="Ann Example", given_name="Ann", surname="Example"),
    "names": Card(
        display_name="Dr. Ann B. Example Jr.",
        given_name="Ann",
        middle_name="B.",
        surname="Example",
        nickname="Annie",
        prefix="Dr.",
        suffix="Jr.",
    ),
    "work": Card(
        display_name="Ann Example",
        given_name="Ann",
        surname="Example",
        company="Contoso",
        department="R&D <x>",
        title="Head; of, all",
        office="1.23",
        web_page="https://contoso.example/ann",
    ),
    "e-mail": Card(
        display_name="Ann Example",
        given_name="Ann",
        surname="Example",
        emails=("Ann@contoso.example", "ann@home.example", "a3@contoso.example"),
    ),
    "telephones": Card(
        display_name="Ann Example",
        given_name="Ann",
        surname="Example",
        phones={Phone.BUSINESS: "+49 30 1", Phone.MOBILE: "+49 170 2", Phone.HOME: "+49 30 3"},
    ),
    "addresses": Card(
        display_name="Ann Example",
        given_name="Ann",
        surname="Example",
        places={
            Place.BUSINESS: Address(
                street="Straße 1\nHinterhaus", city="Berlin", state="BE", postal_code="10115", country="Germany"
            ),
            Place.HOME: Address(street="Weg 2", city="Köln", postal_code="50667"),
        },
    ),
    "a birthday": Card(display_name="Ann Example", given_name="Ann", surname="Example", birthday=date(1980, 2, 29)),
    "a birthday without its year": Card(
        display_name="Ann Example", given_name="Ann", surname="Example", birthday=date(1604, 5, 17)
    ),
    "notes": Card(display_name="Ann Example", given_name="Ann", surname="Example", notes="Two\nlines 🦉\n\nEnd"),
    "categories": Card(
        display_name="Ann Example", given_name="Ann", surname="Example", categories=("Blue", "Customers")
    ),
    "scripts": Card(display_name="王 小明", given_name="小明", surname="王", company="Ωλ & Söhne"),
    "a company": Card(display_name="Contoso", company="Contoso"),
}
