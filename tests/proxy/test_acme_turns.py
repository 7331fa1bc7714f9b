"""One of several processes renews: the others show what it was issued, and one of them goes on when it is gone."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from certs.live import Live
from certs.pair import CertificateError, Pair
from proxy.acme_turns import LOOK, AcmeInTurn
from proxy.keepers import AcmeKeeper, Orders
from service.turns import Turn
from tests.certs.authority import NOW, Authority

NAME = "busy.example.com"
CA = Authority()


class Process:
    """One of those who share ``folder``; each wait of its keeper is one round, which a test lets pass."""

    def __init__(self, folder: Path, store: list[Pair | CertificateError]) -> None:
        self.store = store
        self.live = Live(CA.leaf(NAME, begins=NOW - timedelta(days=80)), clock=lambda: NOW, host=NAME)
        self.rounds = asyncio.Queue[None]()
        self.waits: list[timedelta] = []
        self.at_rest = asyncio.Event()
        self.orders = 0
        self.keeper = AcmeInTurn(
            self.live, Turn(folder), kept=self._kept, renewing=self._renewing, issued=False, pause=self._pause
        )
        self.task = asyncio.create_task(self.keeper.run())

    async def round(self) -> None:
        await self.at_rest.wait()
        self.at_rest.clear()
        self.rounds.put_nowait(None)
        await self.at_rest.wait()

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})

    def _kept(self) -> Pair | None:
        found = self.store[-1] if self.store else None
        if isinstance(found, CertificateError):
            raise found
        return found

    def _renewing(self) -> AcmeKeeper:
        return AcmeKeeper(
            self.live,
            Orders(issue=self._issue, keep=self.store.append),
            issued=bool(self.store),
            clock=lambda: NOW,
            pause=self._pause,
        )

    def _issue(self) -> Pair:
        self.orders += 1
        return CA.leaf(NAME, begins=NOW)

    async def _pause(self, length: timedelta) -> bool:
        self.waits.append(length)
        self.at_rest.set()
        await self.rounds.get()
        return False


async def test_one_renews_and_the_other_shows_what_it_was_issued(tmp_path: Path) -> None:
    store: list[Pair | CertificateError] = []
    first = Process(tmp_path, store)
    await first.at_rest.wait()
    second = Process(tmp_path, store)
    await second.at_rest.wait()
    assert (first.orders, second.orders, len(store)) == (1, 0, 1)
    assert first.keeper.issued
    await second.round()
    assert second.live.pair == first.live.pair
    assert second.keeper.issued
    assert set(second.waits) == {LOOK}
    await first.end()
    await second.round()
    assert second.orders == 0  # what is there holds for long; but it is its turn now
    assert second.waits[-1] > LOOK
    await second.end()
    assert Turn(tmp_path).taken()


async def test_before_the_first_is_issued_the_other_has_none(tmp_path: Path) -> None:
    held = Turn(tmp_path)
    assert held.taken()
    process = Process(tmp_path, [])
    await process.round()
    assert (process.keeper.issued, process.keeper.failures, process.orders) == (False, 0, 0)
    await process.end()
    held.end()


async def test_what_cannot_be_shown_is_told_once(tmp_path: Path) -> None:
    held = Turn(tmp_path)
    assert held.taken()
    with capture_logs() as logs:
        process = Process(tmp_path, [CertificateError("half a file")])
        await process.round()
        await process.round()
    assert [each["what"] for each in logs] == ["half a file"]
    assert (process.keeper.trouble, process.keeper.failures) == ("half a file", 1)
    process.store.append(CA.leaf(NAME, begins=NOW))
    await process.round()
    assert (process.keeper.trouble, process.keeper.issued) == ("", True)
    await process.end()
    held.end()


@pytest.mark.parametrize("name", ["trouble", "failures", "issued"])
async def test_once_it_renews_its_keeper_says_how_that_goes(tmp_path: Path, name: str) -> None:
    process = Process(tmp_path, [])
    await process.at_rest.wait()
    assert getattr(process.keeper, name) == {"trouble": "", "failures": 0, "issued": True}[name]
    await process.end()
