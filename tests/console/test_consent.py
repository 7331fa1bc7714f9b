"""Tests of console/consent.py."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest
import typer

from console.consent import able_to_ask, agreed_to, ended_by_signals, interrupted, typed
from console.start import INTERRUPTED
from console.terminal import FOUND_WRONG, WRONG_USAGE, EndingError


@pytest.fixture
def ignored() -> Iterator[None]:
    """As `nohup` starts programs."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("asks", "yes", "as_json", "able"),
    [(True, False, False, True), (False, False, False, False), (True, False, True, False), (False, True, True, True)],
)
def test_where_nobody_can_be_asked_a_yes_is_wanted(asks: bool, yes: bool, as_json: bool, able: bool) -> None:
    if able:
        able_to_ask(asks=asks, yes=yes, as_json=as_json)
        return
    with pytest.raises(EndingError, match="look at the plan, then write --yes") as error:
        able_to_ask(asks=asks, yes=yes, as_json=as_json)
    assert error.value.code == WRONG_USAGE


def test_a_no_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.confirm", lambda question: question == "Really?")
    agreed_to("Really?")
    with pytest.raises(EndingError, match="nothing was written"):
        agreed_to("Sure?")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_it_kindly(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    stopped = asyncio.Event()
    with ended_by_signals(stopped.set):
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await stopped.wait()
    assert "ending after what is under way" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_who_asked_for_the_end_is_told_and_the_handler_before_is_back(number: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGINT)
    stopped = asyncio.Event()
    with ended_by_signals(stopped.set) as came:
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await stopped.wait()
    assert came == [number]
    assert signal.getsignal(signal.SIGINT) is before
    if number is signal.SIGINT:
        with pytest.raises(typer.Exit) as ending:
            interrupted(came)
        assert ending.value.exit_code == INTERRUPTED
    else:
        interrupted(came)


async def test_a_ctrl_c_that_is_ignored_stays_so(ignored: None) -> None:
    stopped = asyncio.Event()
    with ended_by_signals(stopped.set) as came:
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(10):
            await stopped.wait()
    assert came == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_and_while_somebody_is_asked(ignored: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def asks(question: str) -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return signal.getsignal(signal.SIGINT) is signal.SIG_IGN

    monkeypatch.setattr("typer.confirm", asks)
    agreed_to("Sure?")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, INTERRUPTED), (EOFError, FOUND_WRONG)])
def test_a_question_that_nobody_answers(error: type[BaseException], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def readline(self, size: int = -1) -> str:
            raise error

    monkeypatch.setattr("sys.stdin", Gone())
    for ask in (agreed_to, typed):
        with pytest.raises(EndingError, match="nothing was written") as ending:
            ask("Sure?")
        assert ending.value.code == code
