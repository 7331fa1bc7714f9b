"""Draws what a pair's plan would do, step by step with its reasons, and what became of it; or both as JSON."""

from typing import Any, Final

from console.gal.showing import MOST, show_figures
from console.terminal import print_json, screen
from galsync.engine.tally import who
from galsync.pairs.carrying import Carried, Outcome
from galsync.pairs.record import State
from galsync.pairs.steps import PairPlan, PairStep, SyncStep
from galsync.reports.difference import difference
from galsync.steps import Act
from service.plain_line import one_line

_SIGNS: Final = {"+": "green", "~": "yellow", "-": "red", "x": "bold red", "!": "bold magenta", "#": "bold"}
_STATES: Final = {
    State.DONE: "done",
    State.UNDONE: "taken back",
    State.LEFT: "left",
    State.HANDED: "handed over",
    State.FAILED: "FAILED",
}
NOTHING: Final = "nothing to do: everything stands as this pair wants it"
NOTHING_BACK: Final = "nothing to take back: nothing of this pair's stands any more"
LEFT: Final = "nothing to take back but what is left as it is, as told above"


def show(plan: PairPlan, *, most: int | None = MOST) -> None:
    """The plan for people: what forbids it, its syncs, its steps in their order, and what should be known."""
    out = screen()
    for step in plan.syncs if not plan.back else ():
        _sync(step, most)
    for number, each in enumerate(plan.steps, 1):
        _step(number, each)
    for step in plan.syncs if plan.back else ():
        _sync(step, most)
    for part, (wanted, free) in plan.licences.items():
        out.print(f"licences of {part}: {wanted} wanted, {free} free", soft_wrap=True)
    for note in plan.notes:
        out.print(f"note: {note}", style="dim", soft_wrap=True)
    for words in plan.refusals:
        out.print(f"refused: {words}", style="bold red", soft_wrap=True)
    if plan.refusals:
        out.print("nothing of this plan is done while that is so", style="bold red")
    elif not plan.writes and not any(step.stopped for step in plan.syncs):
        out.print((LEFT if plan.steps else NOTHING_BACK) if plan.back else NOTHING)


def show_carried(carried: Carried) -> None:
    """What became of each step."""
    out = screen()
    for report in carried.syncs:
        show_figures(report)
    for outcome in carried.outcomes:
        show_outcome(outcome)
    if carried.stopped:
        out.print(carried.stopped, style="yellow", soft_wrap=True)


def show_outcome(outcome: Outcome) -> None:
    """One step."""
    words = f": {outcome.words}" if outcome.words else ""
    style = "red" if outcome.state is State.FAILED else ""
    screen().print(f"{_STATES[outcome.state]}  {outcome.title}{words}", style=style, soft_wrap=True)


def plan_json(plan: PairPlan) -> dict[str, Any]:
    """The plan for programs; instants are ISO 8601 in UTC."""
    return {
        "pair": plan.pair,
        "made_at": plan.made_at.isoformat(),
        "back": plan.back,
        "writes": plan.writes,
        "refusals": list(plan.refusals),
        "notes": list(plan.notes),
        "licences": {part: {"wanted": wanted, "free": free} for part, (wanted, free) in plan.licences.items()},
        "syncs": [_sync_json(step) for step in plan.syncs],
        "steps": [_step_json(step) for step in plan.steps],
    }


def show_json(plan: PairPlan, carried: Carried | None = None) -> None:
    """The plan, and what became of it, for programs."""
    told = plan_json(plan)
    if carried is not None:
        told["outcomes"] = [
            {"title": each.title, "part": each.part.value, "state": each.state.value, "words": each.words}
            for each in carried.outcomes
        ]
        told["runs"] = [
            {
                "sync": each.sync,
                "run": each.run,
                "state": each.state.value if each.state else None,
                "words": each.words,
                "counts": each.tally.figures(),
            }
            for each in carried.syncs
        ]
        told["stopped"] = carried.stopped
    print_json(told)


def _sync(step: SyncStep, most: int | None) -> None:
    out = screen()
    counts = {act: number for act, number in step.report.planned.items() if number}
    told = ", ".join(f"{counts[act]} {act.value}" for act in Act if act in counts) or "nothing to write"
    out.print(f"{step.part.value}: {step.name} -> {step.report.target}: {told}", style="bold", soft_wrap=True)
    for line in difference(step.outlook.plans, most=most):
        out.print(f"  {line}", style=_SIGNS.get(line.sign, ""), soft_wrap=True)
    if step.stopped:
        out.print(f"  {step.stopped}", style="red", soft_wrap=True)


def _step(number: int, step: PairStep) -> None:
    out = screen()
    sign = "=" if step.was == step.shall else "~"
    out.print(f"{number}. {sign} {step.part.value}: {step.title}", style=_SIGNS.get(sign, ""), soft_wrap=True)
    out.print(f"      why: {step.why}", style="dim", soft_wrap=True)
    for change in step.changes:
        before, after = (one_line(text) or "(nothing)" for text in (change.before, change.after))
        out.print(f"      {change.field}: {before} -> {after}", soft_wrap=True)
    for note in step.notes:
        for line in note.splitlines():
            out.print(f"      {line}", style="magenta", soft_wrap=True)


def _sync_json(step: SyncStep) -> dict[str, Any]:
    steps = [(plan.place, each) for plan in step.outlook.plans for each in plan.steps]
    return {
        "part": step.part.value,
        "sync": step.name,
        "to": step.report.target,
        "stopped": step.stopped,
        "writes": step.writes,
        "steps": [
            {"place": place, "act": each.act.value, "who": who(each), "why": each.why.name.lower()}
            for place, each in steps
        ],
    }


def _step_json(step: PairStep) -> dict[str, Any]:
    return {
        "part": step.part.value,
        "key": step.key,
        "title": step.title,
        "why": step.why,
        "changes": [{"field": each.field, "before": each.before, "after": each.after} for each in step.changes],
        "notes": list(step.notes),
        "left": step.stays,
    }
