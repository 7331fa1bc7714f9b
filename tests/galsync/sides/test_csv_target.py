"""Tests of galsync/sides/csv_target.py: the contract of a target, the file's rights, and what somebody else wrote."""

import csv
import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from galsync.entries import Form, Stamp
from galsync.files.columns import WRITTEN
from galsync.files.delimited import encoded, rows
from galsync.side import Failed, Target, Written
from galsync.sides.csv_target import csv_target
from protocols.model.person import Field
from tests.contracts.target import TargetContract, create, remove


class TestContract(TargetContract):
    """Over a file that is not there yet."""

    form = Form.CONTACT
    telling = frozenset(Field)
    throttles = False  # nobody is asked
    guard = True
    path: Path

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        self.path = directory / "contacts.csv"
        yield csv_target(name="list", sync=self.sync, path=self.path, guard=self.guard)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        table = [list(row.cells) for row in rows(self.path.read_bytes())] if self.path.exists() else [list(WRITTEN)]
        told = {"address": address, Field.DISPLAY_NAME: name, "stamp": stamp.text if stamp else ""}
        self.path.write_bytes(encoded([*table, [told.get(column, "") for column in table[0]]]))

    async def meddle(self, key: str) -> None:
        data = self.path.read_bytes()
        assert b",Ann," in data
        self.path.write_bytes(data.replace(b",Ann,", b",Anne,"))

    async def spoil(self) -> None:
        self.path.write_bytes(self.path.read_bytes()[:-30])


class TestWithoutTheGuard(TestContract):
    """The same where texts stand as they are."""

    guard = False


async def test_nothing_in_the_file_is_a_formula(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        await contract.created(target, contract.entry(display_name="=1+1", phone="+49 30", title="@x", notes="a;=b"))
    [_, line] = csv.reader(io.StringIO(contract.path.read_text(encoding="utf-8-sig")))
    assert {"'=1+1", "'+49 30", "'@x", "a;'=b"} <= set(line)


async def test_the_file_is_for_us_alone_and_keeps_the_rights_it_was_given(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        await contract.created(target, contract.entry())
        assert contract.path.stat().st_mode & 0o777 == 0o600
        contract.path.chmod(0o640)
        await contract.created(target, contract.entry("bob"))
    assert contract.path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["contacts.csv"]  # noqa: PTH208 - nothing half is left


async def test_columns_and_lines_of_somebody_else_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    theirs = ["Boss@B.example ", "The Boss", "true", "", "40"]
    path.write_bytes(encoded([["E-mail Address", "Name", "hidden", "stamp", "Shoe size"], theirs]))
    contract = TestContract()
    target = csv_target(name="list", sync="fabrikam", path=path)
    await contract.created(target, contract.entry())
    header, boss, ann = (list(row.cells) for row in rows(path.read_bytes()))
    assert header[:5] == ["E-mail Address", "Name", "hidden", "stamp", "Shoe size"]
    assert boss[:5] == theirs
    assert ann[:4] == ["ann@b.example", "Ann", "", "busyline:fabrikam/ad:ann"]


@pytest.mark.parametrize(
    "line", ["busyline:fabrikam/ad:x,contact,no address", "busyline:fabrikam/ad:x,moon,a@b.example"]
)
async def test_a_line_of_ours_that_was_spoilt_stops_everything(tmp_path: Path, line: str) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(f"stamp,form,address\n{line}\n", encoding="utf-8")
    [outcome] = await csv_target(name="list", sync="fabrikam", path=path).write("", [create(TestContract().entry())])
    assert isinstance(outcome, Failed)
    assert "line 2 cannot be read" in outcome.words
    assert path.read_text(encoding="utf-8").endswith(f"{line}\n")


async def test_where_the_file_cannot_be_written_every_step_says_so(tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_text("")
    target = csv_target(name="list", sync="fabrikam", path=tmp_path / "no-folder" / "contacts.csv")
    outcomes = await target.write("", [create(TestContract().entry(name)) for name in ("ann", "bob")])
    assert all(isinstance(each, Failed) and "list: " in each.words for each in outcomes)
    assert len(outcomes) == 2


async def test_a_form_that_a_list_does_not_know_is_refused(tmp_path: Path) -> None:
    contract = TestContract()
    contract.form = Form.GUEST
    [outcome] = await csv_target(name="list", sync="x", path=tmp_path / "a").write("", [create(contract.entry())])
    assert isinstance(outcome, Failed)
    assert "guest" in outcome.words


async def test_what_others_wrote_survives_our_writing_cell_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    theirs = "f@x.example;Foreign;left;right;=SUM(A1:A2);-5"
    path.write_bytes(f"sep=;\nE-mail Address;Name;;;formula;change\n{theirs}\n".encode())
    contract = TestContract()
    target = csv_target(name="list", sync="fabrikam", path=path)
    [held] = await contract.created(target, contract.entry(phone="+49 30"))
    first, header, boss, ann = path.read_text("ascii").splitlines()
    assert (first, header[:39]) == ("sep=;", "E-mail Address;Name;;;formula;change;st")
    assert boss.rstrip(";") == theirs
    assert ann.startswith("ann@b.example;Ann;;;;;busyline:fabrikam/ad:ann;contact;")
    assert ";'+49 30;" in ann
    assert isinstance((await target.write("", [remove(held, "ad:ann")]))[0], Written)
    assert path.read_text("ascii").splitlines() == [first, header, boss]
