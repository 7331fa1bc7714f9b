"""The hub of the demo: what it shows is what happened in both calendars, and a lie is noticed."""

from io import StringIO

import pytest
from rich.console import Console

from console.demo.calendars import OURS, THEIRS, draw_hub
from console.demo.merger import Merger
from console.demo.questions import now


async def test_both_calendars_say_the_same(running: Merger, capsys: pytest.CaptureFixture[str]) -> None:
    out = StringIO()
    assert await draw_hub(Console(file=out, width=200), running, now)
    assert "both calendars say the same" in out.getvalue()
    assert running.desks.exchange_subjects() == set(running.desks.google_times()) == {OURS, THEIRS}
    told = capsys.readouterr().out
    assert "+ create at fabrikam: Kick-off" in told
    assert "Run 3 of project: done" in told


async def test_a_run_that_does_anything_else_is_wrong(running: Merger) -> None:
    running.desks.at_google("What the demo knows nothing of", now())
    out = StringIO()
    assert not await draw_hub(Console(file=out, width=200), running, now)
    assert "WRONG" in out.getvalue()
