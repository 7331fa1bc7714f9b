"""Draws what a run would do or did: the difference step by step, then the figures; or both as JSON."""

from typing import Any, Final

from console.terminal import print_json, screen
from galsync.engine.tally import who
from galsync.reports import telling
from galsync.reports.difference import difference
from galsync.reports.report import RunReport
from galsync.steps import Plan, Step

MOST: Final = 200
"""Steps that are drawn where nobody asks for more."""
STYLES: Final = {
    "+": "green",
    "~": "yellow",
    "-": "red",
    "x": "bold red",
    "=": "dim",
    "!": "bold magenta",
    "#": "bold",
}
ONCE_WRITTEN: Final = "Once it is written, people see it {}."


def show(report: RunReport, *, most: int | None = MOST) -> None:
    """A plan for people: its steps, ``most`` of them, what it counts, and when people would see it."""
    out = screen()
    for line in difference(report.outlook.plans, most=most):
        out.print(str(line), style=STYLES.get(line.sign, ""), soft_wrap=True)
    show_figures(report)
    if report.state is None and any(plan.writes for plan in report.outlook.plans):
        out.print(ONCE_WRITTEN.format(report.visible.value), style="dim", soft_wrap=True)


def show_figures(report: RunReport) -> None:
    """What was done or would be, without the steps."""
    screen().print(telling.text(report).rstrip("\n"), soft_wrap=True)


def show_json(report: RunReport) -> None:
    """The report for programs, with every step."""
    steps = [_step(plan, step) for plan in report.outlook.plans for step in plan.steps]
    print_json(telling.document(report) | {"steps": steps})


def _step(plan: Plan, step: Step) -> dict[str, Any]:
    return {
        "place": plan.place,
        "act": step.act.value,
        "who": who(step),
        "anchor": step.anchor,
        "why": step.why.name.lower(),
        "changes": [{"field": each.field, "before": each.before, "after": each.after} for each in step.changes],
        "against": list(step.against),
        "note": step.note,
    }
