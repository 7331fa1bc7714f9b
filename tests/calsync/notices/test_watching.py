"""Tests of calsync/notices/watching.py: promises are had, renewed in time and ended, by the real ledger."""

from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from calsync.ledger.ledger import Ledger
from calsync.notices.watching import LENGTH, MARGIN, Watching
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.state.database import Database
from tests.calsync.notices.promising import Promising, urls
from tests.service.runs.kept import NOON, Time

AWAY = PeerError(Reason.UNREACHABLE, "nobody answers")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def ledger(tmp_path: Path, time: Time) -> AsyncIterator[Ledger]:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        yield Ledger(database, clock=time.clock)


def watching(ledger: Ledger, time: Time, begun: list[str]) -> Watching:
    numbers = count(1)
    return Watching(
        hub="team",
        hooks=ledger,
        public_url="https://hooks.example.com/",
        clock=time.clock,
        random=lambda length: f"{next(numbers):0{2 * length}x}",
        begun=begun.append,
    )


def server(length: timedelta = LENGTH) -> Promising:
    return Promising(longest=NOON + length)


async def test_a_promise_is_had_once_and_renewed_before_its_end(ledger: Ledger, time: Time) -> None:
    begun: list[str] = []
    google, it = server(timedelta(days=30)), watching(ledger, time, begun)
    assert await it.kept({"google": google})
    assert await it.kept({"google": google})
    [first] = await ledger.hooks("team")
    assert (first.watch and first.watch.until, begun) == (NOON + LENGTH, ["google"])
    assert list(google.standing.values()) == urls([first])
    time.now += LENGTH - MARGIN
    assert await it.kept({"google": google})
    [second] = await ledger.hooks("team")
    assert second.name != first.name
    assert second.digest != first.digest
    assert (list(google.standing.values()), google.ended, begun) == (urls([second]), ["promise-1"], ["google"] * 2)


async def test_the_hook_stands_before_the_server_is_told_of_it(ledger: Ledger, time: Time) -> None:
    found: list[bool] = []

    async def asked(url: str, secret: str) -> None:
        hook = await ledger.hook(url.rpartition("/")[2])
        found.append(hook is not None and hook.proved(secret) and not hook.proved("another"))

    google = server()
    google.asked = asked
    await watching(ledger, time, []).kept({"google": google})
    assert found == [True]


async def test_one_that_promises_nothing_leaves_the_others_alone_and_is_tried_again(ledger: Ledger, time: Time) -> None:
    begun: list[str] = []
    google, graph, it = server(), server(), watching(ledger, time, begun)
    google.errors = deque([AWAY])
    with capture_logs() as logs:
        assert not await it.kept({"google": google, "graph": graph})
    assert [(line["event"], line["spoke"], line["reason"]) for line in logs] == [
        ("not_watched", "google", Reason.UNREACHABLE.value)
    ]
    assert [hook.spoke for hook in await ledger.hooks("team")] == ["graph"]
    assert await it.kept({"google": google, "graph": graph})
    assert (begun, len(graph.standing)) == (["graph", "google"], 1)


async def test_where_the_old_one_cannot_be_ended_the_new_one_stands(ledger: Ledger, time: Time) -> None:
    google, it = server(), watching(ledger, time, [])
    await it.kept({"google": google})
    google.errors = deque([None, AWAY])
    assert not await it.kept({"google": google}, anew=["google"])
    [hook] = await ledger.hooks("team")
    assert hook.watch is not None
    assert hook.watch.key == "promise-2"


async def test_what_is_not_watched_any_more_is_forgotten(ledger: Ledger, time: Time) -> None:
    google, graph, it = server(), server(), watching(ledger, time, [])
    await it.kept({"google": google, "graph": graph})
    await it.kept({"graph": graph})
    assert [hook.spoke for hook in await ledger.hooks("team")] == ["graph"]


async def test_all_are_ended(ledger: Ledger, time: Time) -> None:
    google, graph, it = server(), server(), watching(ledger, time, [])
    await it.kept({"google": google, "graph": graph})
    graph.errors = deque([AWAY])
    with capture_logs():
        await it.ended({"google": google, "graph": graph})
    await it.ended({})
    assert (google.standing, google.ended, await ledger.hooks("team")) == ({}, ["promise-1"], [])


async def test_one_that_has_run_out_is_not_ended_at_the_server(ledger: Ledger, time: Time) -> None:
    google, it = server(timedelta(hours=1)), watching(ledger, time, [])
    await it.kept({"google": google})
    time.now += timedelta(hours=2)
    await it.ended({"google": google})
    assert (google.ended, await ledger.hooks("team")) == ([], [])
