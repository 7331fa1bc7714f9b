"""A worker as its parent sees it: what it says when it cannot serve, what it counts, and how it ends."""

from pathlib import Path
from typing import Any

import pytest

from console.workers.child import Child, WorkerFailedError, started
from console.workers.plan import Plan
from console.workers.sockets import Sockets
from tests.console.workers.serving import SERVER, got, lives


async def child(folder: Path, text: str = SERVER) -> Child:
    path = folder / "busyline.toml"
    path.write_text(text, "utf-8")
    heard: list[Any] = []
    sockets = Sockets()
    plan = await sockets.opened(Plan.read(path, style="json", workers=2))
    try:
        return await started(plan, 1, sockets.given(plan, 1), heard.append)
    finally:
        sockets.close()  # the worker has inherited its own


async def test_it_tells_where_it_serves_and_what_it_has_counted(tmp_path: Path) -> None:
    worker = await child(tmp_path)
    await worker.listening()
    assert worker.ready
    address = f"127.0.0.1:{worker.given.own['listen'][0].port}"
    assert got(f"http://{address}/healthz") == b"ok\n"
    await worker.numbers(30)
    assert sum(v for (_, name, _), v in worker.last.samples.items() if name == "busyline_requests_total") == 1
    assert got(f"http://{address}/healthz") == b"ok\n"
    assert await worker.leave(30)
    assert await worker.ended() == "ended with exit code 0"
    assert sum(v for (_, name, _), v in worker.last.samples.items() if name == "busyline_requests_total") == 2
    await worker.numbers(30)  # of whoever is gone nothing more is asked
    assert not lives(worker.pid)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[ledger]\ndirectory = "/proc/ledger"\n', "ledger.directory: /proc/ledger"),
        ('[tokens]\ndirectory = "/proc/tokens"\n[[callers]]\nname="a"\nmay_ask=[]\nnever_via=[]\n'
         'oauth = { client_id = "a", secret = "env:NOT_THERE_AT_ALL" }\n', "NOT_THERE_AT_ALL"),
    ],
)  # fmt: skip
async def test_what_keeps_it_from_serving_it_says_in_words(tmp_path: Path, more: str, words: str) -> None:
    worker = await child(tmp_path, SERVER + more)
    with pytest.raises(WorkerFailedError, match=words):
        await worker.listening()
    assert words in await worker.ended()


async def test_one_that_is_killed_has_no_words_of_its_own(tmp_path: Path) -> None:
    worker = await child(tmp_path)
    await worker.kill()
    with pytest.raises(WorkerFailedError, match="was ended by SIGKILL before it served"):
        await worker.listening()
