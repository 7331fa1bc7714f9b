"""Tests of console/history.py."""

from datetime import UTC, datetime

import pytest

from calsync.ledger.rows import Run, RunKind
from console.history import draw_runs, last_words, run_json
from service.runs.states import RunState

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
RUN = Run(
    number=7,
    hub="merger",
    kind=RunKind.SYNC,
    state=RunState.FAILED,
    begun_at=AT,
    counts={"written_create": 3},
    words="south:\ndown",
)


def test_a_line_for_each_run(capsys: pytest.CaptureFixture[str]) -> None:
    draw_runs("merger", [RUN], paused="by hand")
    assert capsys.readouterr().out.splitlines() == [
        "     7  2026-11-23 08:00 UTC  sync   failed     3 created",
        "        south:\N{REPLACEMENT CHARACTER}down",
        "paused: by hand",
    ]
    draw_runs("merger", [], paused="")
    assert capsys.readouterr().out == "merger has not run yet\n"


def test_the_same_for_programs() -> None:
    told = run_json(RUN)
    assert (told["run"], told["state"], told["ended_at"]) == (7, "failed", None)
    assert last_words(told) == "run 7 failed 2026-11-23 08:00 UTC"
    assert last_words(None) == "never ran"
