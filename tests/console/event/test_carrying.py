"""Tests of console/event/carrying.py: killed in the middle of it, the same command goes on from there."""

import asyncio
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from galsync.ledger.ledger import Ledger
from proxy.moves import batches
from routing.stages import NO_PLAN
from service.state.database import Database
from simulation.google.mail_forwarding import MailForwarding
from tests.console.event.moving_day import EMILY, EMRE, JACK, MovingDay, moving_day
from tests.galsync.powershell.pretended_forwarders import Mailboxes

JACK_NEW, EMRE_NEW = (each.replace("northwind", "contoso") for each in (JACK, EMRE))
EVE = "eve@contoso.example"
_PATIENCE = 60.0


class Halting(MailForwarding):
    """Stands still at one write: ``reached`` tells so, ``released`` lets it go on."""

    def __init__(self, user: str, *, after: bool) -> None:
        super().__init__()
        self.user, self.after = user, after
        self.reached, self.released = threading.Event(), threading.Event()

    def _auto(self, user: str, wanted: dict[str, Any]) -> dict[str, Any]:
        told = super()._auto(user, wanted) if self.after else {}
        if user == self.user and not self.reached.is_set():
            self.reached.set()
            assert self.released.wait(_PATIENCE)
        return told or super()._auto(user, wanted)


def killed(day: MovingDay, halting: Halting, *arguments: str) -> None:
    """``busyline moves …`` is killed while that write is under way."""
    day.server.forwarding = halting
    command = [sys.executable, "-m", "console", "moves", *arguments, "--config", str(day.folder / "busyline.toml")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert halting.reached.wait(_PATIENCE)
    finally:
        process.kill()
        process.wait(_PATIENCE)
        halting.released.set()


@pytest.mark.parametrize(("user", "after"), [(JACK, True), (EMRE, False)])
def test_killed_while_a_forwarder_is_written(tmp_path: Path, user: str, after: bool) -> None:
    with moving_day(tmp_path, now=datetime.now(UTC) - timedelta(minutes=1)) as day:
        killed(day, Halting(user, after=after), "apply", "merger", "wave-1", "--yes")
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE})  # those that come wait
        day.now = datetime.now(UTC) + timedelta(minutes=1)
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err
        assert day.forwarded == {JACK: JACK_NEW, EMRE: EMRE_NEW}
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE, JACK_NEW, EMRE_NEW})
        assert day.json("moves", "plan", "merger", "wave-1")["nothing"] is True
        day.later(minutes=1)
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 0, day.err
        assert day.forwarded == {}
        assert (day.book("contoso"), day.book("northwind")) == ({JACK, EMRE, EMILY}, {EVE})


def test_nothing_flips_while_another_run_has_one_of_the_syncs(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        (path,) = tmp_path.glob("*.db")

        async def taken(holder: str | None) -> None:
            async with Database.open(f"sqlite:{path}") as database:
                ledger = Ledger(database, clock=lambda: day.now)
                if holder:
                    assert await ledger.hold("to-northwind", holder, day.now + timedelta(minutes=5))
                else:
                    await ledger.release("to-northwind", "other-node")

        asyncio.run(taken("other-node"))
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert "nothing was done: " in day.err
        assert (day.book("contoso"), day.forwarded) == ({JACK, EMRE, EMILY}, {})
        assert batches.read(tmp_path / "batches.csv")["wave-1"] == NO_PLAN
        asyncio.run(taken(None))
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err
        assert day.book("northwind") == {EVE, JACK_NEW, EMRE_NEW}


def test_two_syncs_into_one_address_book_follow_each_other(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        config = tmp_path / "busyline.toml"
        text = (
            config.read_text()
            .replace('rewrite = "{local}@contoso.example"\n', "")
            .replace("contoso.csv", "arrived.csv")
        )
        text = text.replace('to = "northwind-book"', 'to = "contoso-book"')
        config.write_text(
            text.replace("[[move_forwarders]]\n", '[[move_forwarders]]\nto = "{local}@contoso.example"\n')
        )
        day.write("arrived.csv", "anchor,address,display_name", f"new-jack,{JACK},Jack", f"new-emre,{EMRE},Emre")
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err + day.out
        assert day.book("contoso") == {JACK, EMRE, EMILY}
        assert "to-northwind: create 2" in day.out
        assert day.json("moves", "plan", "merger", "wave-1")["nothing"] is True


def by_script(day: MovingDay) -> tuple[Path, Mailboxes]:
    """The side that is left is an Exchange organisation, whose administrator runs scripts; and where they are laid."""
    config = day.folder / "busyline.toml"
    text = config.read_text().partition("[directories.northwind-mail]")[0]
    script = '[directories.northwind-mail]\nprotocol = "powershell"\nfolder = "scripts"\n'
    config.write_text(text + script + '[[move_forwarders]]\nmove = "merger"\nat = "northwind-mail"\n')
    exchange = Mailboxes()
    exchange.put(JACK, to="smtp:jack@home.example")
    exchange.put(EMRE)
    exchange.put(EMILY)
    return day.folder / "scripts" / "merger" / "northwind-mail.forwarders.ps1", exchange


def test_forwarders_by_a_script_that_somebody_runs(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        script, exchange = by_script(day)
        assert day.types("moves", "plan", "merger", "wave-1") == 1
        assert f"there is no export yet: run {script}" in day.out
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert batches.read(tmp_path / "batches.csv")["wave-1"] == NO_PLAN
        exchange.run(script, now=day.now)
        assert day.types("moves", "plan", "merger", "wave-1") == 0
        assert "by a script that has to be run" in day.out

        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert f"wait for a script (2 of them): run {script}" in day.err
        assert "mail goes its new way only then" in day.err
        assert exchange.forwards == {JACK: ("smtp:jack@home.example", False)}
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE})  # those that come wait
        day.later(minutes=5)
        told = day.json("moves", "apply", "merger", "wave-1", "--yes", code=1)  # nothing was run: nothing is done
        assert told["done"]["forwarders"] == {"northwind-mail": {"handed": 2, "scripts": [str(script)]}}
        assert (told["nothing"], day.book("northwind")) == (False, {EVE})

        assert exchange.run(script, now=day.now) == ["done", "done"]
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err
        assert "remember 2" in day.out
        assert exchange.forwards == {each: (f"smtp:{new}", True) for each, new in ((JACK, JACK_NEW), (EMRE, EMRE_NEW))}
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE, JACK_NEW, EMRE_NEW})
        assert day.json("moves", "plan", "merger", "wave-1")["nothing"] is True

        day.later(minutes=5)
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 1
        assert f"run {script}" in day.err
        assert exchange.forwards[EMRE] == (f"smtp:{EMRE_NEW}", True)
        exchange.run(script, now=day.now)
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 0, day.err
        assert exchange.forwards == {JACK: ("smtp:jack@home.example", False)}
        assert (day.book("contoso"), day.book("northwind")) == ({JACK, EMRE, EMILY}, {EVE})
        assert day.json("moves", "plan", "merger", "wave-1", "--back")["nothing"] is True


def test_rolled_back_before_anybody_ran_the_script(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        script, exchange = by_script(day)
        assert day.types("moves", "plan", "merger", "wave-1") == 1
        exchange.run(script, now=day.now)
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        day.later(minutes=5)
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 1
        assert batches.read(tmp_path / "batches.csv")["wave-1"].rolled_back_at is not None  # the route waits for nobody
        assert exchange.run(script, now=day.now) == ["unchanged", "unchanged"]
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 0, day.err
        assert exchange.forwards == {JACK: ("smtp:jack@home.example", False)}
        assert (day.book("contoso"), day.book("northwind")) == ({JACK, EMRE, EMILY}, {EVE})
