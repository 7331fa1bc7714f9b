"""A run that is killed after every single write, one after the other: nothing is lost, doubled, or left by an undo."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from simulation.faults import Call, Trouble
from tests.console.gal.aside import aside
from tests.console.pair.tenants import ACCOUNTS, IDS, Typing, two_tenants

MOST = 20


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typing]:
    """Two tenants, an old relationship at one of them, and no contacts wanted."""
    monkeypatch.setenv("CONTOSO_SECRET", "contoso-secret")
    with aside(two_tenants(tmp_path)) as made:
        made.sides["fabrikam"].book.remove("fabrikam-bob")
        made.writes(f"contacts = false\nroutes = true\n{ACCOUNTS}")
        fields = {"DomainNames": ["fabrikam.example"], "FreeBusyAccessEnabled": True}
        made.sides["contoso"].exchange.sharing.put("OrganizationRelationship", "Old", **fields)
        yield made


class Sniper:
    """Kills the command once its next write was done and before it hears of that."""

    def __init__(self, typing: Typing) -> None:
        self._typing, self._struck, self._never = typing, Event(), Event()

    def shoots(self, *arguments: str) -> bool:
        """Whether the command was killed; False where it had nothing left to write and ended well."""
        before = self._typing.world
        command = [sys.executable, "-m", "console", "pair", *arguments, "--yes", "--config", str(self._typing.path)]
        self._armed()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ) as process:
            while not self._struck.wait(0.01) and process.poll() is None:
                continue
            until = monotonic() + 30
            while self._typing.world == before and process.poll() is None and monotonic() < until:
                self._never.wait(0.02)
            alive = process.poll() is None
            process.kill()
            self._ten_minutes_pass(process)
            told, _ = process.communicate(timeout=60)
            assert alive or process.returncode == 0, told.decode()
        self._disarmed()
        return alive

    def _ten_minutes_pass(self, process: "subprocess.Popen[bytes]") -> None:
        """What a run that was killed holds is free then."""
        process.wait(60)
        with closing(sqlite3.connect(self._typing.folder / "busyline.db")) as database, database:
            database.execute("UPDATE gal_leases SET until = 0")

    def _armed(self) -> None:
        self._struck.clear()
        for side in self._typing.sides.values():
            for server in (side.graph, side.exchange):
                server.faults.only, server.faults.times, server.faults.trouble = self._writes, 1, Trouble.TRICKLE

    def _disarmed(self) -> None:
        for side in self._typing.sides.values():
            side.graph.faults.clear()
            side.exchange.faults.clear()

    def _writes(self, call: Call) -> bool:
        found = call.method != "GET" and b'"CmdletName":"Get-' not in call.body and "/token" not in call.path
        if found:
            self._struck.set()
        return found


def test_killed_after_every_write_and_gone_on_with(typing: Typing) -> None:
    before = typing.world
    sniper = Sniper(typing)
    killed = 0
    while sniper.shoots("apply", "merger"):
        killed += 1
        assert killed < MOST
    assert killed >= 7  # an account with a licence, two partners with capabilities, one relationship
    contoso = typing.sides["contoso"]
    made = [each for each in contoso.book.people.values() if each.attributes.get("mailNickname")]
    assert sorted(each.attributes["mailNickname"] for each in made) == ["ann"]
    assert len(contoso.desk.licences.state) == 1
    assert set(contoso.organisation.policies.partners) == {IDS["fabrikam"]}
    assert typing.json("plan", "merger")["writes"] == 0
    assert sniper.shoots("undo", "merger")
    assert sniper.shoots("undo", "merger")
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.world == before


def test_a_signal_ends_a_run_after_the_step_that_goes_on(typing: Typing) -> None:
    steps = len(typing.json("plan", "merger")["steps"])
    command = [sys.executable, "-m", "console", "pair", "apply", "merger", "--yes", "--config", str(typing.path)]
    faults = typing.sides["contoso"].graph.faults
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:

        def ends(call: Call) -> bool:
            if call.method == "POST" and call.path.endswith("/users"):
                os.kill(process.pid, signal.SIGTERM)
            return False

        faults.trouble, faults.only = Trouble.BROKEN, ends
        told, _ = process.communicate(timeout=60)
    faults.clear()
    assert process.returncode == 1
    assert "ending after what is under way" in told
    assert "the next run goes on from there" in told
    assert "Traceback" not in told
    assert len(typing.json("plan", "merger")["steps"]) == steps - 1
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
