"""`busyline capture` against a server that runs: begun, followed, ended, and every refusal in words."""

import asyncio
import io
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from console.cli import run
from console.configuration import load
from console.serve import running
from proxy.capture import order as orders
from proxy.capture.journal import read
from proxy.capture.recorder import Recorder
from proxy.wiring import Proxy
from service import logs
from tests.proxy.served import EWS, XML, login, question

_LOGIN = login("u", "the caller's own password")


@pytest.fixture
def file(config: Path) -> Path:
    """A configuration with [capture]."""
    logs.configure("json", stream=io.BytesIO())
    config.write_text(config.read_text("utf-8") + '[capture]\ndirectory = "captures"\n', "utf-8")
    return config


@asynccontextmanager
async def _asking(file: Path) -> AsyncIterator[Proxy]:
    """The server, and a caller that asks once and again as soon as somebody captures."""

    async def ask(proxy: Proxy) -> None:
        async with aiohttp.ClientSession(headers={**_LOGIN, **XML}) as session:
            while True:
                await _recorder(proxy).look()
                if _recorder(proxy).listening:
                    async with session.post(proxy.url + EWS, data=question("ann@elsewhere.example")) as answer:
                        assert answer.status == 200

    async with running(load(file), file.parent) as proxy:
        task = asyncio.create_task(ask(proxy))
        try:
            yield proxy
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _recorder(proxy: Proxy) -> Recorder:
    assert proxy.recorder is not None
    return proxy.recorder


async def _begun(proxy: Proxy, file: Path) -> None:
    """Until something was kept."""
    while (state := orders.told(file.parent / "captures", "exchange")) is None or not state.kept:
        await _recorder(proxy).look()


async def _run(*arguments: str) -> int:
    return await asyncio.to_thread(run, arguments)


async def test_as_many_as_were_ordered_are_kept(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with _asking(file):
        assert await _run("capture", "exchange", "--requests", "3", "--json", "--config", str(file)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kept"], told["missed"], told["ended"]) == (3, 0, "as many requests were kept as were ordered")
    journal = read(Path(told["file"]))
    assert [entry.operation for entry in journal.entries] == ["GetUserAvailabilityRequest"] * 3
    assert await _run("replay", told["file"]) == 0
    assert "3 same" in capsys.readouterr().out


async def test_a_capture_without_requests_ends_by_itself_with_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(load(file), file.parent):
        assert await _run("capture", "exchange", "--for", "500ms", "--no-times", "--config", str(file)) == 1
    told = capsys.readouterr().out
    assert "0 requests kept: the time was over" in told


async def test_another_command_stops_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with _asking(file) as proxy:
        first = asyncio.create_task(_run("capture", "exchange", "--requests", "100000", "--config", str(file)))
        await _begun(proxy, file)
        assert await _run("capture", "exchange", "--stop", "--config", str(file)) == 0
        assert await first == 0
        assert capsys.readouterr().out.count("requests kept: it was stopped") == 2
        assert await _run("capture", "exchange", "--stop", "--config", str(file)) == 1
    assert 'no capture of "exchange" is running' in capsys.readouterr().err


async def test_interrupting_the_command_ends_the_capture(file: Path) -> None:
    async with _asking(file) as proxy:
        command = [
            sys.executable,
            "-m",
            "console",
            "capture",
            "exchange",
            "--requests",
            "100000",
            "--config",
            str(file),
        ]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        await _begun(proxy, file)
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert not _recorder(proxy).listening
    assert process.returncode == 0, err
    assert b"requests kept: it was stopped" in out


async def test_an_order_that_nobody_takes_up_is_taken_back(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.capture._PATIENCE", 0.1)
    captures = file.parent / "captures"
    orders.clear(captures)
    assert await _run("capture", "exchange", "--config", str(file)) == 1
    assert "no server has taken up the order" in capsys.readouterr().err
    assert list(orders.placed(captures)) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["exchnge"], 'there is no caller "exchnge": did you mean exchange?'),
        (["exchange", "--for", "soon"], '--for "soon": not a length of time'),
        (["exchange", "--for", "7d"], '--for "7d": a capture lasts a day at most'),
        (["exchange", "--requests", "0"], "requests"),
    ],
)
def test_wrong_usage_is_2(file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    orders.clear(file.parent / "captures")
    assert run(["capture", *arguments, "--config", str(file)]) == 2
    assert words in capsys.readouterr().err


def test_without_the_section_it_says_what_to_write(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["capture", "exchange", "--config", str(config)]) == 2
    assert '[capture]\ndirectory = "captures"' in capsys.readouterr().err


def test_without_a_server_there_is_no_directory(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["capture", "exchange", "--config", str(file)]) == 1
    assert "no server has made it: start one with this configuration" in capsys.readouterr().err


def test_an_order_that_cannot_be_written_says_who_can(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders.clear(file.parent / "captures")
    (file.parent / "captures" / "orders" / f"{orders.slug('exchange')}.order").mkdir()
    assert run(["capture", "exchange", "--config", str(file)]) == 1
    assert "run this as root or as the user that the server runs as" in capsys.readouterr().err
