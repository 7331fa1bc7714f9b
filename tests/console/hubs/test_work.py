"""Tests of console/hubs/work.py: whatever fails is a sentence."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.runs.holders import this_process
from tests.calsync.ledger.remembered import begin
from tests.console.gal.typing_it import main
from tests.console.hubs.merger import Merger, opened_ledger


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[state]\ndatabase = "sqlite:nowhere/b.db"\n', "the state cannot be kept in"),
        ('[state]\ndatabase = "env:BUSYLINE_NO_SUCH"\n', "BUSYLINE_NO_SUCH is not set"),
    ],
)
def test_a_state_that_cannot_be_used(here: Merger, more: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    here.configure(more=more)
    config = str(here.typing.folder / "busyline.toml")
    code, _, told = main(capsys, ["calendar", "plan", "merger", "--config", config])
    assert code == 1
    assert words in told
    assert "fault of Busyline" not in told


def test_a_secret_and_a_file_that_are_not_there(here: Merger, capsys: pytest.CaptureFixture[str]) -> None:
    config = ["--config", str(here.typing.folder / "busyline.toml")]
    here.configure(south='ca = "no.pem"\n')
    code, _, told = main(capsys, ["calendar", "plan", "merger", *config])
    assert code == 1
    assert told.endswith("no.pem: No such file or directory; mend the path or its permissions\n")
    (here.typing.folder / "google.json").unlink()
    code, _, told = main(capsys, ["calendar", "plan", "merger", *config])
    assert (code, "google.json" in told, "fault of Busyline" in told) == (1, True, False)


def test_a_hub_that_is_none(here: Merger) -> None:
    assert here.typing.types("plan", "murger") == 2
    assert 'there is no hub "murger"; did you mean merger?' in here.typing.err


@pytest.mark.parametrize("command", ["sync", "purge"])
def test_who_comes_second_is_told_who_was_first(here: Merger, command: str) -> None:
    async def first(folder: Path) -> None:
        async with opened_ledger(folder) as ledger:
            assert await ledger.hold("merger", this_process(), here.typing.now + timedelta(minutes=1))
            await begin(ledger, "merger")

    here.runs(first(here.typing.folder))
    assert here.typing.types(command, "merger", "--yes") == 1
    assert "sync 1 of merger goes on since " in here.typing.err
    assert "`busyline calendar history merger`" in here.typing.err
    assert here.standing("south") == []
