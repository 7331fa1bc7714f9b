"""Draws the history of a sync: its runs, and of one run each step."""

from typing import Any, Final

from console.gal.work import Chosen, memory
from console.terminal import WRONG_USAGE, EndingError, print_json, screen
from galsync.engine.tally import who
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Run, StepRow
from galsync.reports.difference import SIGNS, one_line
from galsync.steps import Step

_STYLES: Final = {"done": "", "failed": "red", "doubt": "red", "begun": "yellow", "stopped": "yellow"}


async def show_runs(chosen: Chosen, *, most: int, as_json: bool) -> None:
    """The runs, newest first."""
    async with memory(chosen) as ledger:
        runs = await ledger.runs(chosen.settings.name, most=most)
        paused = await ledger.paused(chosen.settings.name)
    if as_json:
        print_json({"sync": chosen.settings.name, "paused": paused, "runs": [run_json(run) for run in runs]})
        return
    out = screen()
    if not runs:
        out.print(f"{chosen.settings.name} has not run yet")
    for run in runs:
        figures = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in run.counts.items())
        line = (
            f"{run.number:>6}  {run.begun_at:%Y-%m-%d %H:%M} UTC  {run.kind.value:<6} {run.state.value:<9}  {figures}"
        )
        out.print(line.rstrip(), style=_STYLES.get(run.state.value, ""), soft_wrap=True)
        if run.words:
            out.print(f"        {one_line(run.words)}", soft_wrap=True)
    if paused:
        out.print(f"paused: {one_line(paused)}", style="yellow", soft_wrap=True)


async def show_steps(chosen: Chosen, number: int, *, as_json: bool) -> None:
    """The steps of one run, in their order. Raises EndingError where this sync has no such run."""
    async with memory(chosen) as ledger:
        run = await _run(ledger, chosen.settings.name, number)
        rows = [row async for row in ledger.steps(number)]
    if as_json:
        print_json(run_json(run) | {"steps": [_step_json(row) for row in rows]})
        return
    out = screen()
    for row in rows:
        place = f" at {row.done.place}" if row.done.place else ""
        line = f"{SIGNS[row.done.act]} {row.done.act.value} {one_line(_who(row))}{place}: {row.state.value}"
        out.print(f"{line}, {row.why.value}", style=_STYLES.get(row.state.value, ""), soft_wrap=True)
        for change in row.done.changes:
            before, after = (one_line(text) or "(nothing)" for text in (change.before, change.after))
            out.print(f"      {change.field}: {before} -> {after}", soft_wrap=True)
        if row.words:
            out.print(f"      {one_line(row.words)}", soft_wrap=True)
    out.print(f"run {run.number}: {run.kind.value}, {run.state.value}, {len(rows)} steps")


def run_json(run: Run) -> dict[str, Any]:
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


async def _run(ledger: Ledger, sync: str, number: int) -> Run:
    if (run := await ledger.run(number)) is not None and run.sync == sync:
        return run
    raise EndingError(f"{sync} has no run {number}: see `busyline gal history {sync}`", WRONG_USAGE)


def _who(row: StepRow) -> str:
    done = row.done
    step = Step(act=done.act, anchor=done.anchor, why=row.why, entry=done.entry, held=done.before)
    return who(step)


def _step_json(row: StepRow) -> dict[str, Any]:
    done = row.done
    return {
        "act": done.act.value,
        "state": row.state.value,
        "place": done.place,
        "who": _who(row),
        "anchor": done.anchor,
        "why": row.why.name.lower(),
        "changes": [{"field": each.field, "before": each.before, "after": each.after} for each in done.changes],
        "note": row.note,
        "words": row.words,
    }
