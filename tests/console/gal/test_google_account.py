"""The contacts of one Google account: its owner signs in with a browser, and from then on they are filled."""

import ssl
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from certs import first_run, pem
from console.cli import run
from service.connections import Connection, Connections
from service.secrets import Secret
from simulation.estate import Estate
from simulation.google.browser_sign_in import CLIENT_ID, CLIENT_SECRET, PAGE
from simulation.google.server import GoogleServer
from tests.console.gal.aside import aside
from tests.console.gal.typing_it import Operator

JACK, OTHER = "jack.thompson@northwind.example", "olivia.brown@northwind.example"
ANN, BOB, CY = (f"{local}@fabrikam.example" for local in ("ann", "bob", "cy"))
_CONFIGURATION: Final = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[directories.hr]
protocol = "csv"
path = "hr.csv"
[directories.jack]
protocol = "google-account"
account = "{account}"
application = {{ client_id = "{client_id}", secret = "env:GOOGLE_SECRET" }}
list = "Fabrikam"
ca = "{ca}"
people_url = "{url}"
sign_in_url = "{url}{page}"
renewal_url = "{url}/token"
[[directory_syncs]]
name = "staff"
from = "hr"
to = "jack"
grace = "0d"
guards.deletions = {{ share = 1.0 }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Google:
    """A server over TLS, and a configuration in ``folder`` that names it."""

    folder: Path
    ca: Path
    server: GoogleServer

    def configured(self, *, account: str = JACK, client_id: str = CLIENT_ID) -> list[str]:
        """The options that name the configuration."""
        text = _CONFIGURATION.format(account=account, client_id=client_id, ca=self.ca, url=self.server.url, page=PAGE)
        (self.folder / "busyline.toml").write_text(text)
        return ["--config", str(self.folder / "busyline.toml")]

    def connects(self, options: list[str], *, opens: bool = True) -> tuple[int, str, str]:
        """`busyline connect jack` with somebody who opens the page that is printed: exit code, output, errors."""
        command = [sys.executable, "-m", "console", "connect", "jack", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            lines = []
            for line in running.stdout:
                lines.append(line)
                if line.startswith("https://") and opens:
                    trusting = ssl.create_default_context(cafile=str(self.ca))
                    urllib.request.urlopen(line.strip(), context=trusting).close()
            errors = running.stderr.read() if running.stderr else ""
        return running.returncode, "".join(lines), errors

    def contacts(self) -> dict[str, str]:
        """The name of each contact of Jack's, by address."""
        people = self.server.personal.people.get(JACK, {}).values()
        return {each["emailAddresses"][0]["value"]: each["names"][0]["displayName"] for each in people}


@asynccontextmanager
async def _google(folder: Path) -> AsyncIterator[Google]:
    files = first_run.issue(folder / "tls", ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    async with GoogleServer(Estate(date(2026, 11, 20)), ssl=tls) as server:
        server.tokens.browser.person = JACK
        yield Google(folder=folder, ca=files.ca, server=server)


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """Jack is at the browser, and has no contacts."""
    monkeypatch.setenv("GOOGLE_SECRET", CLIENT_SECRET)
    with aside(_google(tmp_path)) as there:
        yield there


def _typing(folder: Path) -> Operator:
    made = Operator(folder, tick=timedelta(seconds=0.6))
    made.people(("ann", "Ann", "1"), ("bob", "Bob", "2"), ("cy", "Cy", "3"))
    return made


def test_somebody_signs_in_and_their_contacts_are_filled(tmp_path: Path, google: Google) -> None:
    options, typing = google.configured(), _typing(tmp_path)
    assert typing.types("plan", "staff") == 1
    assert "nobody has signed in for jack; run: busyline connect jack" in typing.out + typing.err
    code, shown, errors = google.connects(options)
    assert (code, errors) == (0, "")
    assert "on this very machine" in shown
    assert "jack is connected" in shown
    kept = Connections.at(tmp_path).load("jack")
    assert (kept.account, kept.client_id) == (JACK, CLIENT_ID)
    assert not any(secret in shown for secret in (CLIENT_SECRET, kept.refresh.reveal()))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert google.contacts() == {ANN: "Ann", BOB: "Bob", CY: "Cy"}
    assert list(google.server.personal.groups[JACK].values()) == ["Fabrikam"]
    typing.people(("ann", "Anna", "1"), ("bob", "Bob", "2"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert google.contacts() == {ANN: "Anna", BOB: "Bob"}
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert google.contacts() == {ANN: "Ann", BOB: "Bob", CY: "Cy"}
    eve = {"names": [{"unstructuredName": "Eve"}], "emailAddresses": [{"value": "eve@x.example"}]}
    google.server.personal.put(JACK, eve)
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert google.contacts() == {"eve@x.example": "Eve"}


def test_another_account_is_refused_in_words(tmp_path: Path, google: Google) -> None:
    google.server.tokens.browser.person = OTHER
    code, _, errors = google.connects(google.configured())
    assert code == 1
    assert f"{OTHER} signed in, and the account is {JACK}; nothing was kept" in " ".join(errors.split())
    assert not (tmp_path / "connections").exists()


def test_who_declines_is_told(google: Google) -> None:
    google.server.tokens.browser.person = ""
    code, _, errors = google.connects(google.configured())
    assert code == 1
    assert "jack: the sign-in was declined (access_denied)" in " ".join(errors.split())


def test_the_secret_of_the_application_is_missed_before_anybody_signs_in(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_SECRET")
    code, shown, errors = google.connects(google.configured())
    assert (code, shown) == (1, "")
    assert "GOOGLE_SECRET" in errors


def test_what_was_taken_back_stops_a_run_and_says_what_to_do(tmp_path: Path, google: Google) -> None:
    options, typing = google.configured(), _typing(tmp_path)
    assert google.connects(options)[0] == 0
    assert typing.types("apply", "staff", "--yes") == 0
    google.server.tokens.revoke_refresh()
    typing.people(("ann", "Ann", "1"))
    assert typing.types("apply", "staff", "--yes") == 1
    assert "run: busyline connect jack" in typing.out + typing.err
    assert len(google.contacts()) == 3


def _checked(options: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(["check", *options])
    return code, " ".join(capsys.readouterr().out.split())


def test_check_tells_who_has_not_signed_in(tmp_path: Path, google: Google, capsys: pytest.CaptureFixture[str]) -> None:
    options, connections = google.configured(), Connections.at(tmp_path)
    code, told = _checked(options, capsys)
    assert code == 1
    assert "nobody has signed in for jack" in told
    assert "run: busyline connect jack" in told
    kept = Connection(client_id=CLIENT_ID, account=JACK, refresh=Secret("r"))
    connections.save("jack", kept)
    assert "busyline connect" not in _checked(options, capsys)[1]
    connections.save("jack", replace(kept, client_id="another"))
    assert "through another application" in _checked(options, capsys)[1]
    connections.save("jack", replace(kept, account=OTHER))
    code, told = _checked(options, capsys)
    assert (code, f"{OTHER} has signed in for jack, and the account is {JACK}" in told) == (1, True)
