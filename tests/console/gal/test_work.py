"""Tests of console/gal/work.py: whatever fails is a sentence."""

import asyncio
import sys
from pathlib import Path

import pytest

from simulation.address_book import address_book
from simulation.estate import Estate
from simulation.graph import Application, GraphServer
from simulation.graph.people import PeopleDesk
from simulation.people import CONTOSO
from tests.clients.tls import authority
from tests.console.gal.typing_it import CONFIGURATION, main, operator
from tests.galsync.sides.microsoft_world import NOW, READER

GRAPH = """
[directories.contoso]
protocol = "graph"
tenant = "{tenant}"
client_id = "{client_id}"
secret = "file:secret"
login_url = "{url}"
graph_url = "{url}"
ca = "{ca}"
[directories.ldif]
protocol = "ldif"
path = "contacts.ldif"
unit = "OU=Partners,DC=fabrikam,DC=example"
[[directory_syncs]]
name = "partners"
from = "contoso"
to = "ldif"
"""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[state]\ndatabase = "sqlite:nowhere/b.db"\n', "the state cannot be kept in"),
        ('[state]\ndatabase = "env:BUSYLINE_NO_SUCH"\n', "BUSYLINE_NO_SUCH is not set"),
    ],
)
def test_a_state_that_cannot_be_used(more: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operator(tmp_path, configuration=CONFIGURATION + more)
    code, _, told = main(capsys, ["gal", "plan", "staff", "--config", str(tmp_path / "busyline.toml")])
    assert code == 1
    assert words in told
    assert "fault of Busyline" not in told


def test_a_directory_that_cannot_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AD", "secret")
    directory = '[directories.ad]\nprotocol = "active-directory"\nhost = "127.0.0.1"\nport = 1\nunit = "OU=x"\n'
    directory += 'auth = { kind = "password", user = "a", password = "env:AD" }\n'
    operator(tmp_path, configuration=CONFIGURATION.replace('to = "list"', 'to = "ad"') + directory)
    code, _, told = main(capsys, ["gal", "plan", "staff", "--config", str(tmp_path / "busyline.toml")])
    assert code == 1
    assert told.startswith("ad cannot be opened: ")


def test_a_key_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed = '[directories.sealed]\nprotocol = "sealed"\npath = "x"\nkey = "no.key"\npartner = "no.pub"\n'
    sealed += 'domains = ["fabrikam.example"]\n'
    written = CONFIGURATION.replace('to = "list"\nas = "mail-contact"', 'to = "sealed"') + sealed
    operator(tmp_path, configuration=written)
    code, _, told = main(capsys, ["gal", "plan", "staff", "--config", str(tmp_path / "busyline.toml")])
    assert code == 1
    assert "no.key is not there" in told


async def test_from_a_tenant_into_ldif_by_a_process_of_its_own(tmp_path: Path) -> None:
    application = Application(roles=READER)
    tls = authority(tmp_path)
    estate = Estate(NOW.date())
    desk = PeopleDesk(address_book(estate, CONTOSO), clock=lambda: 0.0)
    async with GraphServer(estate, ssl=tls.server, applications=(application,), people=desk) as server:
        words = {"tenant": server.tenant, "client_id": application.client_id, "url": server.url, "ca": tls.ca}
        (tmp_path / "secret").write_text(application.secret)
        (tmp_path / "busyline.toml").write_text(CONFIGURATION + GRAPH.format(**words))
        command = ["-m", "console", "gal", "apply", "partners", "--yes", "--config", str(tmp_path / "busyline.toml")]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, ""), out.decode()
    assert "created" in out.decode()
    assert "objectClass: contact" in (tmp_path / "contacts.ldif").read_text()
