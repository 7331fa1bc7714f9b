"""The directories of the demo: everybody of the estate, and a spreadsheet that a sync reads whole."""

from datetime import date
from pathlib import Path

from console.demo.people import People
from galsync.sides.csv_source import CsvSource
from protocols.model.person import Field, Kind
from simulation.estate import Estate

PEOPLE = People.of(Estate(date(2026, 11, 23)))


def test_each_company_has_its_own_people() -> None:
    for book, domain in ((PEOPLE.contoso, "contoso.example"), (PEOPLE.fabrikam, "fabrikam.example")):
        users = [each for each in book.people.values() if each.kind is Kind.USER]
        assert len(users) > 15
        assert {each.primary.domain for each in users if each.primary} == {domain}


def test_every_user_of_contoso_has_a_mailbox() -> None:
    users = [each.primary.address for each in PEOPLE.contoso.people.values() if each.kind is Kind.USER and each.primary]
    assert sorted(PEOPLE.mailboxes().mailboxes) == sorted(users)


async def test_the_spreadsheet_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "fabrikam.csv"
    PEOPLE.export(path)
    reading = await CsvSource(name="fabrikam", path=path).read()
    users = {anchor: each for anchor, each in PEOPLE.fabrikam.people.items() if each.kind is Kind.USER}
    assert {each.anchor: each.primary for each in reading.people} == {key: each.primary for key, each in users.items()}
    assert all(each.texts[Field.PHONE] == users[each.anchor].texts[Field.PHONE] for each in reading.people)
