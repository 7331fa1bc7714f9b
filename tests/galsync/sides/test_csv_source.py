"""Tests of galsync/sides/csv_source.py: the contract of a source, and what becomes of files that are not in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from galsync.files.columns import OWN
from galsync.files.delimited import encoded
from galsync.files.formulas import guarded
from galsync.side import Source
from galsync.sides.csv_source import CsvSource
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Field, Person
from simulation.address_book import AddressBook
from tests.contracts.source import SourceContract


def cells(person: Person) -> list[str]:
    """The line of ``person`` in our own columns."""
    told = {
        "anchor": person.anchor,
        "kind": person.kind.value,
        "address": str(person.primary or ""),
        "aliases": ";".join(person.aliases),
        "x500": ";".join(person.x500),
        "members": ";".join(person.members),
        "disabled": "yes" if person.disabled else "",
        "hidden": "yes" if person.hidden else "no",
        **{key.value: text for key, text in person.texts.items()},
    }
    return [guarded(told.get(name, "")) for name in OWN]


class TestContract(SourceContract):
    """Over a file that is written anew whenever the book changes."""

    part = False  # a changed file is read whole
    telling = frozenset(Field)
    path: Path

    @asynccontextmanager
    async def started(self, book: AddressBook, directory: Path) -> AsyncIterator[Source]:
        self.path = directory / "people.csv"
        await self.settle(book)
        yield CsvSource(name="staff", path=self.path)

    async def settle(self, book: AddressBook) -> None:
        self.path.write_bytes(encoded([list(OWN), *map(cells, book.people.values())]))

    async def spoil(self) -> None:
        self.whole = self.path.read_bytes()
        self.path.write_bytes(self.whole[:-40])

    async def mend(self) -> None:
        self.path.write_bytes(self.whole)


def over(path: Path, text: str | bytes, **more: object) -> Source:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvSource(name="staff", path=path, **more)  # type: ignore[arg-type]


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"staff: .*people.csv is not there") as error:
        await CsvSource(name="staff", path=tmp_path / "people.csv").read()
    assert error.value.reason is Reason.UNREACHABLE


async def test_a_folder_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="cannot be read"):
        await CsvSource(name="staff", path=tmp_path).read()


async def test_a_file_above_the_bound_is_refused(tmp_path: Path) -> None:
    source = over(tmp_path / "a.csv", "address\nann@b.example\n", most=10)
    with pytest.raises(PeerError, match="10 are read at most") as error:
        await source.read()
    assert error.value.reason is Reason.TOO_MANY_ENTRIES


async def test_without_an_anchor_the_address_is_it(tmp_path: Path) -> None:
    source = over(tmp_path / "a.csv", "E-mail Address;First Name\nAnn@B.example;Ann\n")
    [person] = (await source.read()).people
    assert (person.anchor, person.texts) == ("ann@b.example", {Field.GIVEN_NAME: "Ann"})


async def test_who_cannot_be_read_is_named_by_the_line_and_spoils_nobody(tmp_path: Path) -> None:
    text = "kind,address,hidden\n,ann@b.example,\n,not an address,\nmoon,bob@b.example,\n,carl@b.example,maybe\n,,no\n"
    reading = await over(tmp_path / "a.csv", text).read()
    assert [person.anchor for person in reading.people] == ["ann@b.example"]
    assert [(words.partition(":")[0], why) for words, why in reading.named] == [
        ("line 3", Left.BAD_ADDRESS),
        ("line 4", Left.GARBLED),
        ("line 5", Left.GARBLED),
        ("line 6", Left.NO_ADDRESS),
    ]
    assert reading.left == {Left.BAD_ADDRESS: 1, Left.GARBLED: 2, Left.NO_ADDRESS: 1}
    assert reading.unsure == ("bob@b.example", "carl@b.example")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not even a header"),
        (b"name,telephone\nAnn,1\n", "no column of addresses"),
        (b"address,name\nann@b.example\n", "line 2 has 1 cells and the header 2"),
        (b"address,name\nann@b.example,a,b\n", "line 2 has 3 cells"),
        (b'address,name\nann@b.example,"Ann\n', "line 2 cannot be read"),
        (b"address,name\nann@b.example,Ann\xff\n", "line 2 is not UTF-8"),
        ("address\nann@b.example\n".encode("utf-16-le"), "another encoding"),
        (b"address\nann@b.example\nANN@b.example\n", "lines 2 and 3 have the same"),
        (b"address,address\na@b.example,b@b.example\n", "is there twice"),
    ],
)
async def test_a_broken_file_is_refused_whole(tmp_path: Path, data: bytes, words: str) -> None:
    source = over(tmp_path / "a.csv", data)
    with pytest.raises(PeerError, match=words):
        await source.read()


async def test_further_columns_are_taken_over_where_they_are_asked_for(tmp_path: Path) -> None:
    text = "address,Cost centre,Shoe size\nann@b.example,4711,38\n"
    [person] = (await over(tmp_path / "a.csv", text, attributes=frozenset({"Cost centre"})).read()).people
    assert person.attributes == {"Cost centre": "4711"}
