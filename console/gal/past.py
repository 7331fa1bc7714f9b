"""Draws the history of a sync: its runs, and of one run each step."""

from typing import Any

from console.gal.work import Chosen, memory
from console.history import STYLES, draw_runs, run_json
from console.terminal import WRONG_USAGE, EndingError, print_json, screen
from galsync.engine.tally import who
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Run, StepRow
from galsync.reports.difference import SIGNS
from galsync.steps import Step
from service.plain_line import one_line


async def show_runs(chosen: Chosen, *, most: int, as_json: bool) -> None:
    """The runs, newest first."""
    async with memory(chosen) as ledger:
        runs = await ledger.runs(chosen.settings.name, most=most)
        paused = await ledger.paused(chosen.settings.name)
    if as_json:
        print_json({"sync": chosen.settings.name, "paused": paused, "runs": [run_json(run) for run in runs]})
        return
    draw_runs(chosen.settings.name, runs, paused=paused)


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
        out.print(f"{line}, {row.why.value}", style=STYLES.get(row.state.value, ""), soft_wrap=True)
        for change in row.done.changes:
            before, after = (one_line(text) or "(nothing)" for text in (change.before, change.after))
            out.print(f"      {change.field}: {before} -> {after}", soft_wrap=True)
        if row.words:
            out.print(f"      {one_line(row.words)}", soft_wrap=True)
    out.print(f"run {run.number}: {run.kind.value}, {run.state.value}, {len(rows)} steps")


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
