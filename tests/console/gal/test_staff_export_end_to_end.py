"""A shared mailbox of Microsoft 365, filled by one company's `busyline gal` and read by the other's, as a person."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from certs import first_run, pem
from simulation.estate import Estate
from simulation.graph.contacts import ContactsDesk
from simulation.graph.server import TENANT, GraphServer
from simulation.graph.tokens import Application
from tests.console.gal.aside import aside
from tests.console.gal.typing_it import CONFIGURATION, Operator, main, operator

EXPORT: Final = "export@contoso.example"
SECTION: Final = """\
[directories.partner]
protocol = "staff-export"
tenant = "{tenant}"
client_id = "{client_id}"
mailbox = "{mailbox}"
folder = "Staff"
takes = ["outward"]
person = true
ca = "{ca}"
login_url = "{url}"
graph_url = "{url}"
"""
OUTWARD: Final = '[[directory_syncs]]\nname = "outward"\nfrom = "hr"\nto = "partner"\n'
INWARD: Final = '[[directory_syncs]]\nname = "inward"\nfrom = "partner"\nto = "list"\n'


@dataclass(frozen=True, slots=True)
class Tenant:
    """The server with the shared mailbox, and the CA that it is trusted by."""

    server: GraphServer
    desk: ContactsDesk
    ca: Path

    def names(self) -> dict[str, list[str]]:
        """The names in each folder of the mailbox."""
        folders = self.desk.mailboxes[EXPORT].folders.values()
        return {
            str(folder.properties["displayName"]): sorted(
                str(item.properties["displayName"]) for item in folder.contacts.values()
            )
            for folder in folders
        }


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Tenant]:
    files = first_run.issue(folder / "tls", ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    desk = ContactsDesk((EXPORT,))
    async with GraphServer(Estate(date(2026, 11, 20)), ssl=tls, contacts=desk) as server:
        server.tokens.people.at_hand = EXPORT
        yield Tenant(server, desk, files.ca)


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Tenant]:
    with aside(served(tmp_path)) as there:
        yield there


def _configured(typing: Operator, tenant: Tenant, *syncs: str) -> None:
    client_id, url = Application().client_id, tenant.server.url
    section = SECTION.format(tenant=TENANT, client_id=client_id, mailbox=EXPORT, ca=tenant.ca, url=url)
    head = CONFIGURATION.partition("[[directory_syncs]]")[0]
    (typing.folder / "busyline.toml").write_text(head + section + "".join(syncs))


def _connect(typing: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = main(capsys, ["connect", "partner", "--config", str(typing.folder / "busyline.toml")])
    assert code == 0, told


def test_what_one_side_writes_the_other_reads(
    tmp_path: Path, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    typing = operator(tmp_path)
    _configured(typing, tenant, OUTWARD, INWARD)
    _connect(typing, capsys)
    assert typing.types("apply", "outward", "--yes") == 0, typing.err + typing.out
    assert tenant.names() == {"Contacts": [], "Staff": ["Ann", "Bob", "Cy"]}
    assert typing.types("apply", "inward", "--yes") == 0, typing.err + typing.out
    assert {name for name, _ in typing.standing().values()} == {"Ann", "Bob", "Cy"}
    assert typing.types("purge", "outward", "--yes") == 0, typing.err + typing.out
    assert tenant.names() == {"Contacts": [], "Staff": []}


def test_whoever_agreed_to_reading_signs_in_again_before_anything_is_written(
    tmp_path: Path, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    typing = operator(tmp_path)
    _configured(typing, tenant, INWARD)
    _connect(typing, capsys)
    _configured(typing, tenant, OUTWARD, INWARD)
    assert typing.types("apply", "outward", "--yes") == 1
    assert "run: busyline connect partner" in typing.out + typing.err
    assert tenant.names() == {"Contacts": []}
    _connect(typing, capsys)
    assert typing.types("apply", "outward", "--yes") == 0, typing.err + typing.out
