"""Tests of calsync/contents.py: one flat form for events and contacts, and its digests."""

from datetime import date

import pytest

from calsync.contents import content, digest, digests, fields, title
from protocols.model.card import Card, Phone
from protocols.model.event import Days, Event

DAY = Event(when=Days(date(2026, 11, 3), date(2026, 11, 4)), subject="Fair")
ANN = Card(given_name="Ann", surname="Lee")


@pytest.mark.parametrize("one", [DAY, ANN, Card()])
def test_a_content_comes_back_as_what_it_was(one: Event | Card) -> None:
    assert content(fields(one)) == one


def test_names_of_no_content_are_not_looked_at() -> None:
    assert content({**fields(DAY), "detail": "busy"}) == DAY


def test_digests_are_of_eight_bytes_and_tell_values_apart() -> None:
    told = digests(fields(DAY))
    assert {len(each) for each in told.values()} == {8}
    assert told["subject"] == digest("Fair") != digest("Fairs")
    assert digest(None) == b""
    assert len(digest("half a character \ud800")) == 8


@pytest.mark.parametrize(
    ("one", "called"),
    [
        (DAY, "Fair"),
        (Event(when=DAY.when), "(without a subject)"),
        (ANN, "Ann Lee"),
        (Card(display_name="A. Lee", surname="Lee"), "A. Lee"),
        (Card(company="Lee Ltd"), "Lee Ltd"),
        (Card(), "(without a subject)"),
    ],
)
def test_everything_has_a_title(one: Event | Card, called: str) -> None:
    assert title(fields(one)) == called


def test_what_has_no_subject_or_name_is_called_by_what_there_is() -> None:
    assert title(fields(Card(emails=("ann@x.example",), phones={Phone.MOBILE: "1"}))) == "ann@x.example"
    assert title(fields(Card(phones={Phone.MOBILE: "+49 1"}))) == "+49 1"
    assert title(fields(Card(birthday=date(2000, 1, 1)))) == "(without a name)"
    assert title({"when": "{}", "detail": "busy"}) == "(busy, without a subject)"
    assert title({}) == "(without a subject)"
