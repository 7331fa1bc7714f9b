"""Somebody signs in once, and the source reads in their name from then on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from certs import first_run, pem
from console.cli import run
from console.configuration import load
from galsync.settings.clouds import StaffExportDirectory
from galsync.sides.staff_export_source import PERMISSIONS, StaffExportSource
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from service.clouds import at_graph_as_person
from service.connections import Connections
from service.outgoing import Outgoing
from simulation.estate import Estate
from simulation.graph.contacts import ContactsDesk
from simulation.graph.server import TENANT, GraphServer
from simulation.graph.tokens import Application

EXPORT, BOSS = "export@contoso.example", "boss@contoso.example"


@asynccontextmanager
async def world(
    directory: Path,
    *,
    who: str = EXPORT,
    more: str = "person = true",
    client_id: str = Application().client_id,
    nameless: bool = False,
) -> AsyncIterator[list[str]]:
    """The options that name a configuration, and a tenant where ``who`` is at hand; ``nameless``: it does not say who
    that is."""
    files = first_run.issue(directory / "tls", ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    async with GraphServer(Estate(date(2026, 11, 20)), ssl=tls, contacts=ContactsDesk((EXPORT, BOSS))) as server:
        server.tokens.people.at_hand, server.tokens.people.nameless = who, nameless
        path = directory / "busyline.toml"
        path.write_text(
            '[server]\npublic_url = "http://127.0.0.1:8080"\ncertificate.kind = "none"\n'
            f'[directories.partner]\nprotocol = "staff-export"\ntenant = "{TENANT}"\nmailbox = "{EXPORT}"\n'
            f'client_id = "{client_id}"\nca = "{files.ca}"\nlogin_url = "{server.url}"\n'
            f'graph_url = "{server.url}"\n{more}\n\n[directories.file]\nprotocol = "csv"\npath = "people.csv"\n'
        )
        yield ["--config", str(path)]


async def _run(*arguments: str) -> int:
    return await asyncio.to_thread(run, arguments)


async def test_somebody_signs_in_and_it_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with world(tmp_path) as options:
        assert await _run("connect", "partner", *options) == 0
    connection = Connections.at(tmp_path).load("partner")
    shown = capsys.readouterr().out
    assert connection.account == EXPORT
    assert "/device in a browser, on any machine, and type the code " in shown
    assert "partner is connected" in shown
    assert connection.refresh.reveal() not in shown


async def test_another_account_than_the_mailbox_is_not_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with world(tmp_path, who=BOSS) as options:
        assert await _run("connect", "partner", *options) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert f"{BOSS} signed in, and the mailbox is {EXPORT}; nothing was kept: sign in as the mailbox, or, " in told
    assert f'write account = "{BOSS}"' in told
    assert not (tmp_path / "connections").exists()


async def test_who_does_not_say_who_they_are_is_not_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with world(tmp_path, nameless=True) as options:
        assert await _run("connect", "partner", *options) == 1
    assert "partner: Microsoft does not say who signed in: nothing was kept" in capsys.readouterr().err
    assert not (tmp_path / "connections").exists()


@pytest.mark.parametrize(("who", "code"), [("Boss@Contoso.example", 0), (EXPORT, 1)])
async def test_a_mailbox_that_signs_in_with_another_name_than_its_address(tmp_path: Path, who: str, code: int) -> None:
    async with world(tmp_path, who=who, more=f'person = true\naccount = "{BOSS}"') as options:
        assert await _run("connect", "partner", *options) == code
        assert await _run("check", *options) == code


async def test_a_refusal_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with world(tmp_path, client_id="nobody") as options:
        assert await _run("connect", "partner", *options) == 1
    assert "partner: the tenant does not know the application" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["file", "nobody"])
async def test_for_whom_nobody_has_to_sign_in(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    async with world(tmp_path) as options:
        assert await _run("connect", name, *options) == 2
    assert f"nobody has to sign in for {name}: it is for partner" in capsys.readouterr().err


@pytest.mark.parametrize("more", ["", 'person = true\nsecret = "env:SECRET"'])
async def test_one_proof_and_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str) -> None:
    async with world(tmp_path, more=more) as options:
        assert await _run("connect", "partner", *options) == 1
    assert "person = " in capsys.readouterr().err


async def test_what_was_agreed_to_reads_that_mailbox_and_no_other(tmp_path: Path) -> None:
    async with world(tmp_path) as options, AsyncExitStack() as stack:
        assert await _run("connect", "partner", *options) == 0
        settings = load(Path(options[1])).directories["partner"]
        assert isinstance(settings, StaffExportDirectory)
        outgoing = Outgoing(settings, tmp_path, stack)
        send, api_url = await at_graph_as_person(settings, outgoing, name="partner", scopes=PERMISSIONS)
        own, other = (
            StaffExportSource(
                "partner",
                send,
                mailbox=Mailbox.parse(address),
                folder="",
                api_url=api_url,
                clock=lambda: datetime.now(UTC),
                sleep=asyncio.sleep,
            )
            for address in (EXPORT, BOSS)
        )
        assert (await own.read()).people == []
        with pytest.raises(PeerError) as raised:
            await other.read()
    assert raised.value.reason is Reason.NO_ACCESS


async def test_check_tells_who_has_to_sign_in_until_they_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with world(tmp_path) as options:
        assert await _run("check", *options) == 1
        told = " ".join(capsys.readouterr().out.split())
        assert "directories.partner: nobody has signed in for partner; run: busyline connect partner" in told
        assert await _run("connect", "partner", *options) == 0
        assert await _run("check", *options) == 0
        assert "busyline connect" not in capsys.readouterr().out.partition("is connected")[2]


HUB = """\
[[hubs]]
name = "merger"
[hubs.spokes.export]
protocol = "graph-account"
tenant = "{tenant}"
client_id = "{client_id}"
mailbox = "{mailbox}"
ca = "{ca}"
login_url = "{url}"
graph_url = "{url}"
get = {{ create = true }}
[hubs.spokes.holidays]
protocol = "ical"
url = "https://calendars.example.net/holidays.ics"
"""


def _with_a_hub(path: Path) -> None:
    settings = load(path).directories["partner"]
    assert isinstance(settings, StaffExportDirectory)
    words = {"tenant": TENANT, "client_id": settings.client_id, "ca": settings.ca, "url": settings.login_url}
    path.write_text(path.read_text() + HUB.format(mailbox=EXPORT, **words))


async def test_for_a_spoke_of_a_hub_somebody_signs_in_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with world(tmp_path) as options:
        _with_a_hub(Path(options[1]))
        assert await _run("check", *options) == 1
        told = " ".join(capsys.readouterr().out.split())
        assert 'hubs[1].spokes.export ("merger"): nobody has signed in for merger-export; run: busyline connect' in told
        assert await _run("connect", "merger-export", *options) == 0
    assert Connections.at(tmp_path).load("merger-export").account == EXPORT
