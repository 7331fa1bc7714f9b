"""What tests of sealed files stand on: two companies with their keys, and a file from one to the other."""

from datetime import UTC, datetime
from functools import lru_cache

from galsync.entries import Form, Stamp
from galsync.files.records import Record
from galsync.files.sealed import Letter, seal
from galsync.files.sealed_keys import SealKeys, generate
from protocols.model.person import Kind, Person
from simulation.address_book import AddressBook

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@lru_cache
def keys(name: str) -> SealKeys:
    """The keys of a company."""
    return generate()


def letter(book: AddressBook, *, serial: int = 1, made: datetime = NOW, domains: tuple[str, ...] = ()) -> Letter:
    """Everybody in the book."""
    records = tuple(map(record, book.people.values()))
    return Letter(domains=domains or ("b.example",), made=made, serial=serial, records=records)


def sealed(said: Letter, *, by: str = "b", to: str = "a") -> bytes:
    """The file."""
    return seal(said, keys=keys(by), to=keys(to).public)


def record(person: Person) -> Record:
    """As the sender's target has it."""
    return Record(
        stamp=Stamp("to-a", person.anchor),
        form=Form.GROUP if person.kind is Kind.GROUP else Form.CONTACT,
        address=person.primary,
        aliases=(*person.aliases, *(f"X500:{name}" for name in person.x500)),
        texts=person.texts,
        hidden=person.hidden,
        members=person.members,
    )
