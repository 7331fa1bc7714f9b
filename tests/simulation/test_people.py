"""Sixty people in three companies and four zones."""

from collections import Counter

from protocols.model.mailbox import Mailbox
from simulation.people import COMPANIES, ZONES, Kind, Sharing, everybody

EVERYBODY = list(everybody())


def test_there_are_sixty_people_in_three_companies() -> None:
    people = [p for p in EVERYBODY if p.kind is Kind.PERSON]
    assert Counter(p.company.name for p in people) == {"Contoso": 22, "Northwind": 20, "Fabrikam": 18}
    assert {(p.company.name, p.zone) for p in people} == {(c.name, z) for c in COMPANIES for z in ZONES}


def test_every_address_is_canonical_and_nobody_elses() -> None:
    assert all(Mailbox.parse(p.address).address == p.address for p in EVERYBODY)
    assert len({p.address for p in EVERYBODY}) == len(EVERYBODY)
    names = {p.name: p.address for p in EVERYBODY}
    assert names["Jürgen Groß"] == "juergen.gross@contoso.example"
    assert names["Daniel O'Connor"] == "daniel.oconnor@contoso.example"


def test_googles_rooms_are_where_google_keeps_them_and_one_person_shares_nothing() -> None:
    rooms = [p for p in EVERYBODY if p.kind is Kind.ROOM and p.company.system == "google"]
    assert {Mailbox.parse(room.address).domain for room in rooms} == {"resource.calendar.google.com"}
    assert [p.address for p in EVERYBODY if p.sharing is Sharing.NOTHING] == ["victor.reyes@northwind.example"]
