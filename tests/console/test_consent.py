"""Tests of console/consent.py."""

import asyncio
import os
import signal

import pytest

from console.consent import able_to_ask, agreed_to, ended_by_signals
from console.terminal import WRONG_USAGE, EndingError


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
