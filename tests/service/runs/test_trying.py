"""Tests of service/runs/trying.py: every reason why a run does not take place has its word, and nothing is raised."""

from pathlib import Path
from typing import Any

import pytest
from structlog import get_logger
from structlog.testing import capture_logs

from service.jobs.job import Ran
from service.runs.lease import BusyError, LeaseLostError
from service.runs.states import RunOverError
from service.runs.trying import SKIPPED, PausedError, Skipped, UnopenedError, beginning, tried
from service.secrets import SecretError
from service.state.errors import StateError

ERRORS: dict[str, tuple[Exception, Ran]] = {
    "busy": (BusyError("another"), Ran.BUSY),
    "paused": (PausedError("ann@a.example said so"), Ran.ENDED),
    "state": (StateError("the disk is full"), Ran.AGAIN),
    "unopened": (UnopenedError("contoso.pem: No such file"), Ran.ENDED),
    "mistake": (RuntimeError("ours"), Ran.ENDED),
}


async def _skipped(error: Exception) -> Skipped:
    async def run() -> int:
        raise error

    found = await tried(run, paused="resume it")
    assert isinstance(found, Skipped)
    return found


async def test_each_reason_has_its_word() -> None:
    assert set(ERRORS) == set(SKIPPED)
    for why, (error, ran) in ERRORS.items():
        found = await _skipped(error)
        assert (found.why, found.ran) == (why, ran)
    assert (await _skipped(PausedError("ann@a.example said so"))).note == "resume it"
    for error in (LeaseLostError("overtaken"), RunOverError(7)):
        assert (await _skipped(error)).why == "state"


async def test_what_goes_well_is_given() -> None:
    async def run() -> int:
        return 7

    assert await tried(run, paused="") == 7


@pytest.mark.parametrize(("why", "level"), [("state", "warning"), ("mistake", "error")])
async def test_a_mistake_is_told_with_where_it_broke(why: str, level: str) -> None:
    error, _ = ERRORS[why]
    skipped = await _skipped(error)
    with capture_logs() as found:
        skipped.tell(get_logger(), "sync_skipped", sync="staff")
    line: Any = found[0]
    assert (line["log_level"], line["sync"], line["why"]) == (level, "staff", why)
    assert line.get("exc_info") == (error if why == "mistake" else None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SecretError("GRAPH_SECRET is not set"), "GRAPH_SECRET is not set"),
        (FileNotFoundError(2, "No such file or directory", str(Path("ca.pem"))), "ca.pem: No such file or directory"),
        (OSError(), "OSError"),
    ],
)
def test_what_cannot_begin_says_why(error: Exception, words: str) -> None:
    with pytest.raises(UnopenedError) as caught, beginning():
        raise error
    assert str(caught.value) == words
