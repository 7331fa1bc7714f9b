"""Draws the runs of a sync or a hub, newest first, and tells them to programs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from console.busy import AnyRun
from console.terminal import screen
from service.plain_line import one_line

STYLES: Final = {"done": "", "failed": "red", "doubt": "red", "begun": "yellow", "stopped": "yellow"}

_FIGURES: Final = {
    "written_create": "created",
    "written_update": "changed",
    "written_delete": "deleted",
    "untried": "not tried",
    "again": "planned again",
    "unread": "unreadable",
    "clashes": "changed at two spokes",
    "left": "not done",
    "asides": "not taken",
}
"""What people call a figure of the history, where it is not its name; JSON has the names."""


class EndedRun(AnyRun, Protocol):
    """A run with its figures."""

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, UTC; None where it goes on, or was killed."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Its figures by name."""
        ...

    @property
    def words(self) -> str:
        """What was said at its end."""
        ...


def draw_runs(name: str, runs: Sequence[EndedRun], *, paused: str) -> None:
    """A line for each run, and why ``name`` is paused; "" where it is not."""
    out = screen()
    if not runs:
        out.print(f"{name} has not run yet")
    for run in runs:
        figures = ", ".join(f"{number} {_FIGURES.get(name, name)}" for name, number in run.counts.items())
        figures = figures.replace("_", " ")
        line = (
            f"{run.number:>6}  {run.begun_at:%Y-%m-%d %H:%M} UTC  {run.kind.value:<6} {run.state.value:<9}  {figures}"
        )
        out.print(line.rstrip(), style=STYLES.get(run.state.value, ""), soft_wrap=True)
        if run.words:
            out.print(f"        {one_line(run.words)}", soft_wrap=True)
    if paused:
        out.print(f"paused: {one_line(paused)}", style="yellow", soft_wrap=True)


def run_json(run: EndedRun) -> dict[str, Any]:
    """A run for programs; instants are ISO 8601 in UTC."""
    return {
        "run": run.number,
        "kind": run.kind.value,
        "state": run.state.value,
        "begun_at": run.begun_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "counts": dict(run.counts),
        "words": run.words,
    }


def last_words(last: Mapping[str, Any] | None) -> str:
    """How the last run went, of what :func:`run_json` says, in a few words."""
    if last is None:
        return "never ran"
    return f"run {last['run']} {last['state']} {last['begun_at'][:16].replace('T', ' ')} UTC"
