"""Tests of simulation/address_book.py: who is in it, and what it says has changed."""

from dataclasses import replace
from datetime import date

from protocols.model.person import Kind
from simulation.address_book import address_book
from simulation.estate import Estate
from simulation.people import FABRIKAM

BOOK_DAY = date(2026, 3, 2)


def test_a_company_has_its_people_its_rooms_and_its_groups_with_their_members() -> None:
    book = address_book(Estate(BOOK_DAY), FABRIKAM)
    kinds = [person.kind for person in book.people.values()]
    assert kinds.count(Kind.USER) == 19  # eighteen people and the mailbox that they share
    assert kinds.count(Kind.ROOM) == 2
    group = book.find("merger-team@fabrikam.example")
    assert group is not None
    assert "anna.schneider@contoso.example" in group.members


def test_what_changed_is_told_once_with_those_who_are_gone() -> None:
    book = address_book(Estate(BOOK_DAY), FABRIKAM)
    before = book.serial
    first, second, *_ = book.people.values()
    book.put(replace(first, disabled=True))
    book.put(first)
    book.remove(second.anchor)
    assert list(book.changed(before)) == [(first.anchor, first), (second.anchor, None)]
    assert list(book.changed(book.serial)) == []
