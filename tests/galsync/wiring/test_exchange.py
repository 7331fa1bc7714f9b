"""Tests of galsync/wiring/exchange.py: whose mailboxes get contacts, and who tells."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from galsync.settings.exchange import EwsDirectory
from galsync.side import Target
from galsync.wiring.exchange import ews
from galsync.wiring.opening import fingerprint
from protocols.errors import PeerError
from service.secrets import SecretError
from tests.galsync.settings.estate import settings
from tests.galsync.wiring.world import SECRETS, furnished, part

LISTED = {"list": "Contoso", "addresses": ["bob@fabrikam.example", "ann@fabrikam.example", "bob@fabrikam.example"]}
EVERYBODY = {"list": "Contoso", "everybody": True}
PHONES = {"list": "Contoso", "group": "phones@fabrikam.example"}
PEOPLE = """\
address,display_name,department,groups,disabled
ann@fabrikam.example,Ann,Sales,phones@fabrikam.example,
bob@fabrikam.example,Bob,Research,phones@fabrikam.example,
eve@fabrikam.example,Eve,Sales,phones@fabrikam.example,yes
cy@elsewhere.example,Cy,Sales,,
"""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, text in SECRETS.items():
        monkeypatch.setenv(variable, text)


async def target(directory: Path, stack: AsyncExitStack, mailboxes: dict[str, Any], **more: Any) -> Target:
    read, made = part(directory, stack, to="ews", mailboxes=mailboxes)
    section = read.directories["ews"]
    assert isinstance(section, EwsDirectory)
    return await ews("ews", section.model_copy(update=more), made)


@pytest.mark.parametrize(
    ("mailboxes", "domains", "places"),
    [
        (LISTED, (), "bob ann"),
        (EVERYBODY, (), "ann bob cy"),
        (EVERYBODY, ("fabrikam.example",), "ann bob"),
        (EVERYBODY | {"where": "department == 'Sales'"}, (), "ann cy"),
        (PHONES, (), "ann bob"),
        (PHONES | {"where": "department == 'Sales'"}, (), "ann"),
    ],
)
async def test_whose_mailboxes(
    mailboxes: dict[str, Any], domains: tuple[str, ...], places: str, tmp_path: Path
) -> None:
    (furnished(tmp_path) / "people.csv").write_text(PEOPLE)
    async with AsyncExitStack() as stack:
        made = await target(tmp_path, stack, mailboxes, domains=domains)
        assert [each.partition("@")[0] for each in await made.places()] == places.split()


async def test_a_directory_that_cannot_be_read_tells_of_nobody(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        made = await target(tmp_path, stack, PHONES)
        with pytest.raises(PeerError, match=r"csv: .*people\.csv is not there"):
            await made.places()


async def test_whoever_writes_addresses_needs_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secrets of the directory that tells who has a mailbox are read where it is asked, and nowhere else."""
    monkeypatch.delenv("CONTOSO_SECRET")
    async with AsyncExitStack() as stack:
        assert (await target(tmp_path, stack, LISTED, people="graph")).name == "ews"
        with pytest.raises(SecretError, match="CONTOSO_SECRET"):
            await target(tmp_path, stack, PHONES, people="graph")


def test_another_directory_that_tells_makes_everybody_be_read_again() -> None:
    read = settings(from_=["ad"], to="ews", mailboxes=PHONES)
    (sync,), usual = read.directory_syncs, fingerprint(read, read.directory_syncs[0])

    def mark(name: str, **changes: Any) -> str:
        other = read.directories[name].model_copy(update=changes)
        return fingerprint(read.model_copy(update={"directories": {**read.directories, name: other}}), sync)

    assert mark("ews", people="list") != usual
    assert mark("csv", path=Path("other.csv")) != usual
    assert mark("list", path=Path("other.csv")) == usual
