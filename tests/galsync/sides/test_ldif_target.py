"""Tests of galsync/sides/ldif_target.py: the contract of a target, over a file of directory entries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from galsync.entries import Form, Stamp
from galsync.files.ldif import decoded, encoded
from galsync.side import Failed, Target
from galsync.sides.ldif_target import ldif_target
from protocols.model.person import Field
from tests.contracts.target import TargetContract, create

UNIT = "OU=Partners,DC=a,DC=example"


class TestContract(TargetContract):
    """Mail contacts below one organisational unit."""

    telling = frozenset(Field) - {Field.MANAGER}
    form = Form.MAIL_CONTACT
    throttles = False
    path: Path

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        self.path = directory / "contacts.ldif"
        yield ldif_target(name="ad", sync=self.sync, path=self.path, unit=UNIT)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        entry = [("dn", f"CN={name},{UNIT}"), ("objectClass", "contact"), ("mail", address), ("displayName", name)]
        entry += [("adminDescription", stamp.text)] if stamp else []
        there = list(decoded(self.path.read_bytes())) if self.path.exists() else []
        self.path.write_bytes(encoded([*there, entry]))

    async def meddle(self, key: str) -> None:
        self.path.write_bytes(self.path.read_bytes().replace(b"displayName: Ann\n", b"displayName: Anne\n"))

    async def spoil(self) -> None:
        self.path.write_bytes(self.path.read_bytes()[:-5])


async def test_entries_of_somebody_else_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "contacts.ldif"
    theirs = b"dn: OU=Partners,DC=a,DC=example\nobjectClass: top\nobjectClass: organizationalUnit\nou: Partners\n"
    path.write_bytes(b"version: 1\n\n" + theirs)
    contract = TestContract()
    target = ldif_target(name="ad", sync="fabrikam", path=path, unit=UNIT)
    await contract.created(target, contract.entry())
    data = path.read_bytes()
    assert theirs in data
    assert b"dn: CN=ann@b.example,OU=Partners,DC=a,DC=example\nobjectClass: top\n" in data
    assert b"targetAddress: SMTP:ann@b.example\n" in data


async def test_a_file_of_changes_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "contacts.ldif"
    path.write_bytes(b"dn: CN=x,DC=a\nchangetype: delete\n")
    target = ldif_target(name="ad", sync="fabrikam", path=path, unit=UNIT)
    [outcome] = await target.write("", [create(TestContract().entry())])
    assert isinstance(outcome, Failed)
    assert "holds changes" in outcome.words
