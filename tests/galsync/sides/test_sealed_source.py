"""Tests of galsync/sides/sealed_source.py: the contract of a source, and files that are not what they seem."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from galsync.files.sealed import CLOSED
from galsync.side import Source
from galsync.sides.sealed_source import SealedSource
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind
from simulation.address_book import AddressBook
from tests.contracts.source import ANN, BOB, SourceContract, somebody
from tests.galsync.sides.sealing import NOW, keys, letter, sealed


def source(folder: Path, **more: object) -> SealedSource:
    """Company a, reading what b sends."""
    given: dict[str, object] = {
        "name": "partner",
        "path": folder / "people",
        "seen": folder / "seen",
        "clock": lambda: NOW,
        "keys": keys("a"),
        "sender": keys("b").public,
        "domains": frozenset({"b.example"}),
        "x500": ("/o=B",),
    }
    return SealedSource(**{**given, **more})  # type: ignore[arg-type]


class TestContract(SourceContract):
    """Each change of the book is a new file with the next serial."""

    kinds = frozenset({Kind.USER, Kind.GROUP})
    telling = frozenset(Field)
    part = False
    disabled = False  # whom the sender's selection lets through is not disabled
    leaves = frozenset({Left.OURS})

    @asynccontextmanager
    async def started(self, book: AddressBook, directory: Path) -> AsyncIterator[Source]:
        self.path, self.serial = directory / "people", 0
        await self.settle(book)
        yield source(directory)

    async def settle(self, book: AddressBook) -> None:
        self.serial += 1
        self.path.write_bytes(sealed(letter(book, serial=self.serial)))

    async def spoil(self) -> None:
        self.whole = self.path.read_bytes()
        self.path.write_bytes(self.whole[:-100])

    async def mend(self) -> None:
        self.path.write_bytes(self.whole)


@pytest.mark.parametrize("at", [0, 30, 100, 400, -1])
async def test_one_changed_byte_is_the_same_error_as_a_wrong_key(tmp_path: Path, at: int) -> None:
    data = bytearray(sealed(letter(AddressBook([ANN, BOB]))))
    (tmp_path / "people").write_bytes(data)
    assert len((await source(tmp_path).read()).people) == 2
    data[at] ^= 1
    (tmp_path / "people").write_bytes(data)
    await refused(source(tmp_path), CLOSED)


@pytest.mark.parametrize(("by", "to"), [("b", "c"), ("c", "a"), ("c", "c"), ("a", "a")])
async def test_what_is_for_somebody_else_or_by_somebody_else_is_not_opened(tmp_path: Path, by: str, to: str) -> None:
    (tmp_path / "people").write_bytes(sealed(letter(AddressBook([ANN])), by=by, to=to))
    await refused(source(tmp_path), CLOSED)


async def test_each_cut_off_file_is_refused(tmp_path: Path) -> None:
    data = sealed(letter(AddressBook([ANN, BOB])))
    for length in (0, 10, 25, 200, len(data) // 2, len(data) - 1):
        (tmp_path / "people").write_bytes(data[:length])
        await refused(source(tmp_path), CLOSED)


async def test_an_older_file_that_is_brought_again_is_refused_also_without_the_token(tmp_path: Path) -> None:
    older = sealed(letter(AddressBook([ANN, BOB]), serial=7))
    (tmp_path / "people").write_bytes(sealed(letter(AddressBook([ANN]), serial=8)))
    token = (await source(tmp_path).read()).token
    (tmp_path / "people").write_bytes(older)
    for since in (token, None):
        await refused(source(tmp_path), "serial 7, and 8 was read before", since=since)
    (tmp_path / "seen").unlink()
    await refused(source(tmp_path), "serial 7, and 8 was read before", since=token)


async def test_a_file_that_is_too_old_or_of_the_future_is_refused(tmp_path: Path) -> None:
    (tmp_path / "people").write_bytes(sealed(letter(AddressBook([ANN]))))
    await refused(source(tmp_path, clock=lambda: NOW + timedelta(days=8)), "8.0 days old")
    await refused(source(tmp_path, clock=lambda: NOW - timedelta(hours=1)), "in the future")


async def test_the_sender_speaks_for_its_own_domains_alone(tmp_path: Path) -> None:
    boss = somebody("boss", primary=Mailbox.parse("boss@a.example"))
    ann = replace(ANN, aliases=("ann.alias@b.example", "boss@a.example"))
    (tmp_path / "people").write_bytes(sealed(letter(AddressBook([ann, boss]))))
    reading = await source(tmp_path).read()
    assert [(str(each.primary), each.aliases) for each in reading.people] == [
        ("ann@b.example", ("ann.alias@b.example",))
    ]
    assert reading.named == (("boss@a.example", Left.NOT_SELECTED),)
    said = letter(AddressBook([ann]), serial=2, domains=("b.example", "a.example"))
    (tmp_path / "people").write_bytes(sealed(said))
    await refused(source(tmp_path), "speaks for 'a.example', which is not agreed")


@pytest.mark.parametrize(
    ("agreed", "taken"),
    [
        ((), ()),
        (("/o=B",), ("/o=B/ou=EAG/cn=Recipients/cn=ann", "/O=b/cn=old", "/o=B/cn=a@b.example", "/o=b")),
        (("/o=b/ou=eag/",), ("/o=B/ou=EAG/cn=Recipients/cn=ann",)),
        (("/o=B/ou=EAG/cn=Recipients/cn=an", "/o=C"), ()),
    ],
)
async def test_x500_names_are_believed_where_that_is_agreed(
    tmp_path: Path, agreed: tuple[str, ...], taken: tuple[str, ...]
) -> None:
    names = ("/o=B/ou=EAG/cn=Recipients/cn=ann", "/O=b/cn=old", "/o=B/cn=a@b.example", "/o=b", "/o=Boss/cn=ceo", "")
    said = letter(AddressBook([ANN]))
    aliases = (*(f"{'X500' if name else 'x500'}:{name}" for name in names), "x500:/o=A/cn=ceo", "x500:/o=Boss")
    said = replace(said, records=[replace(said.records[0], aliases=aliases)])
    (tmp_path / "people").write_bytes(sealed(said))
    (person,) = (await source(tmp_path, x500=agreed).read()).people
    assert (person.x500, person.aliases) == (taken, ())


async def test_aliases_are_addresses_or_nothing(tmp_path: Path) -> None:
    odd = ("X500:/o=B/cn=x@b.example", "x500:/o=B/cn=y@b.example", "sip:ann@b.example", "a b<>@b.example", "@b.example")
    said = letter(AddressBook([ANN]))
    said = replace(
        said, records=[replace(said.records[0], aliases=(*odd, "smtp:Old.Ann@B.example", "old.ann@b.example"))]
    )
    (tmp_path / "people").write_bytes(sealed(said))
    (person,) = (await source(tmp_path, x500=()).read()).people
    assert (person.x500, person.aliases) == ((), ("old.ann@b.example",))


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    await refused(source(tmp_path), "people is not there")


def test_no_key_is_shown(tmp_path: Path) -> None:
    shown = repr(source(tmp_path))
    assert str(keys("a").identity) not in shown
    assert "AGE-SECRET" not in shown


async def refused(source: Source, words: str, since: str | None = None) -> None:
    with pytest.raises(PeerError) as error:
        await source.read(since)
    assert words in error.value.detail
    assert (error.value.reason is Reason.UNAUTHORIZED) is (words == CLOSED)
