"""Draws the history of a hub: its runs, and of one run each step with what it changed."""

from typing import Any

from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Run, StepRow
from calsync.spoke import Act
from console.history import STYLES, draw_runs, run_json
from console.hubs.showing import SIGNS, changed, changes
from console.hubs.work import ChosenHub, memory
from console.terminal import WRONG_USAGE, EndingError, print_json, screen
from service.amounts import amount
from service.plain_line import one_line


async def show_runs(chosen: ChosenHub, *, most: int, as_json: bool) -> None:
    """The runs, newest first."""
    async with memory(chosen) as ledger:
        runs = await ledger.runs(chosen.name, most=most)
        paused = await ledger.paused(chosen.name)
        spokes = {name: await ledger.paused(chosen.name, name) for name in chosen.settings.spokes}
    spokes = {name: why for name, why in spokes.items() if why}
    if as_json:
        told = {"hub": chosen.name, "paused": paused, "paused_spokes": spokes}
        print_json(told | {"runs": [run_json(run) for run in runs]})
        return
    draw_runs(chosen.name, runs, paused=paused)
    for name, why in spokes.items():
        screen().print(f"{name} is paused: {one_line(why)}", style="yellow", soft_wrap=True)


async def show_steps(chosen: ChosenHub, number: int, *, as_json: bool) -> None:
    """The steps of one run, by spoke and title. Raises EndingError where this hub has no such run."""
    async with memory(chosen) as ledger:
        run = await _run(ledger, chosen, number)
        rows = sorted([row async for row in ledger.steps(number)], key=lambda row: (row.spoke, row.title.casefold()))
    if as_json:
        print_json(run_json(run) | {"steps": [step_json(row) for row in rows]})
        return
    out = screen()
    for row in rows:
        line = f"{SIGNS[row.act]} {step_line(row, row.title)}"
        out.print(line, style=STYLES.get(row.state.value, ""), soft_wrap=True)
        for words in changed(row_changes(row)) if row.act is Act.UPDATE else ():
            out.print(f"      {words}", soft_wrap=True)
        if row.words:
            out.print(f"      {one_line(row.words)}", soft_wrap=True)
    out.print(f"run {run.number}: {run.kind.value}, {run.state.value}, {amount(len(rows), 'step')}")


def step_line(row: StepRow, title: str = "") -> str:
    """One line of a step; of ``title``, where it is not about it anyhow."""
    named = f": {one_line(title)}" if title else ""
    return f"{row.act.value} at {row.spoke}{named}: {row.state.value}, {row.why.value}"


def row_changes(row: StepRow) -> list[dict[str, Any]]:
    """What an update changed; of what was made or removed, everything."""
    return changes(row.before, row.after, frozenset({*row.before, *row.after}))


def step_json(row: StepRow) -> dict[str, Any]:
    """A step for programs."""
    return {
        "run": row.run,
        "at": row.begun_at.isoformat(),
        "act": row.act.value,
        "state": row.state.value,
        "why": row.why.name.lower(),
        "spoke": row.spoke,
        "item": row.item,
        "key": row.key,
        "title": row.title,
        "changes": row_changes(row),
        "words": row.words,
    }


async def _run(ledger: Ledger, chosen: ChosenHub, number: int) -> Run:
    if (run := await ledger.run(number)) is not None and run.hub == chosen.name:
        return run
    raise EndingError(f"{chosen.name} has no run {number}: see `{chosen.command('history')}`", WRONG_USAGE)
