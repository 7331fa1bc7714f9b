"""Tests of galsync/sides/sealed_target.py: the contract of a target, and that the other side reads what was written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from galsync.entries import Form, Stamp
from galsync.files.records import Record
from galsync.files.sealed import Letter, unseal
from galsync.side import Failed, Target
from galsync.sides.sealed_source import SealedSource
from galsync.sides.sealed_target import sealed_target
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.target import TargetContract, create
from tests.galsync.sides.sealing import NOW, keys, sealed


class TestContract(TargetContract):
    """From b to a. Whoever changes the file must have the keys of b."""

    form = Form.CONTACT
    telling = frozenset(Field)
    throttles = False
    path: Path

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        self.path = directory / "people"
        yield sealed_target(
            name="partner",
            sync=self.sync,
            path=self.path,
            keys=keys("b"),
            to=keys("a").public,
            domains=["b.example"],
            clock=lambda: NOW,
        )

    def letter(self) -> Letter:
        if not self.path.exists():
            return Letter(domains=("b.example",), made=NOW, serial=1, records=())
        return unseal(self.path.read_bytes(), keys=keys("b"), sender=keys("b").public)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        said, texts = self.letter(), {Field.DISPLAY_NAME: name}
        record = Record(stamp=stamp, address=Mailbox.parse(address), texts=texts)
        self.path.write_bytes(sealed(replace(said, records=(*said.records, record))))

    async def meddle(self, key: str) -> None:
        said = self.letter()
        records = [replace(each, texts={**each.texts, Field.TITLE: "Lady"}) for each in said.records]
        self.path.write_bytes(sealed(replace(said, records=records)))

    async def spoil(self) -> None:
        self.path.write_bytes(self.path.read_bytes()[:-30])


async def test_the_other_side_reads_what_was_written_and_nobody_else(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        await contract.created(target, contract.full())
    data = contract.path.read_bytes()
    assert not any(word in data for word in (b"ann", b"Ann", b"b.example", b"Research"))
    theirs = SealedSource(
        name="b",
        path=contract.path,
        keys=keys("a"),
        sender=keys("b").public,
        domains=frozenset({"b.example"}),
        seen=tmp_path / "seen",
        clock=lambda: NOW + timedelta(hours=1),
    )
    [person] = (await theirs.read()).people
    assert (person.anchor, person.texts) == ("ad:ann", contract.full().texts)
    assert contract.path.stat().st_mode & 0o777 == 0o600


async def test_serials_grow_also_where_the_file_was_lost(tmp_path: Path) -> None:
    contract = TestContract()
    serials = []
    async with contract.started(tmp_path) as target:
        for name in ("ann", "bob"):
            await contract.created(target, contract.entry(name))
            serials.append(contract.letter().serial)
    assert serials == [int(NOW.timestamp()), int(NOW.timestamp()) + 1]


async def test_a_file_of_another_sender_is_not_written_over(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        contract.path.write_bytes(sealed(Letter(domains=(), made=NOW, serial=1, records=()), by="c"))
        before = contract.path.read_bytes()
        [outcome] = await target.write("", [create(contract.entry())])
    assert isinstance(outcome, Failed)
    assert "cannot be opened" in outcome.words
    assert contract.path.read_bytes() == before
