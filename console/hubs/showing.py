"""Draws what a run of a hub would do or did: each step with its reason, then the figures; or both as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from calsync.items import Fields
from calsync.plans.guards import GUARDS
from calsync.reports import telling
from calsync.reports.report import HubReport
from calsync.spoke import Act
from calsync.steps import Step
from console.gal.showing import MOST, STYLES
from console.hubs.said import said, when_said
from console.terminal import print_json, screen
from service.plain_line import one_line

SIGNS: Final = {Act.CREATE: "+", Act.UPDATE: "~", Act.DELETE: "x"}


def show(report: HubReport, *, most: int | None = MOST) -> None:
    """A plan for people: its steps, ``most`` of them, and what it counts."""
    out = screen()
    for sign, line in difference(report.steps, most=most):
        out.print(f"{sign} {line}", style=STYLES.get(sign, ""), soft_wrap=True)
    show_figures(report)


def show_figures(report: HubReport) -> None:
    """What was done or would be, without the steps, and how a guard is lifted that stops it."""
    out = screen()
    out.print(telling.text(report, steps=False).rstrip("\n"), soft_wrap=True)
    if report.clashes:
        words = f"  Both versions, and how to have the other one: busyline calendar why {report.hub} ITEM"
        out.print(words, soft_wrap=True)
    if guards := [guard for guard in GUARDS if guard in {stop.guard for stop in report.stops}]:
        lifted = " ".join(f"--allow {guard}" for guard in guards)
        out.print(f"  Where that is meant: busyline calendar sync {report.hub} {lifted}", soft_wrap=True)


def show_json(report: HubReport) -> None:
    """The report for programs, with every step and what it changes."""
    told = telling.document(report)
    steps = [
        line | {"changes": changes(step.before, step.fields, step.changes)}
        for line, step in zip(told["steps"], report.steps, strict=True)
    ]
    clashes = [
        line | {"kept": clash.kept, "lost": clash.lost}
        for line, clash in zip(told["clashes"], report.clashes, strict=True)
    ]
    print_json(told | {"steps": steps, "clashes": clashes})


def difference(steps: Sequence[Step], *, most: int | None = None) -> Iterator[tuple[str, str]]:
    """A sign and a line for each step, by spoke and time, its changes below it; after ``most`` steps, how many more
    there are.

    The lines name what is in calendars: they are for the operator, never for a log.
    """
    for step in sorted(steps, key=_in_order)[:most]:
        fields = step.fields or step.before or {}
        when = when_said(fields)
        title = f"{telling.called(step)}{f', {when}' if when else ''}"
        yield SIGNS[step.act], f"{step.act.value} at {step.spoke}: {one_line(title)}: {step.why.value}"
        if step.act is Act.UPDATE:
            yield from ((" ", f"    {line}") for line in changed(changes(step.before, step.fields, step.changes)))
    if most is not None and len(steps) > most:
        yield "#", f"and {len(steps) - most} more steps"


def _in_order(step: Step) -> tuple[str, str, str]:
    fields = step.fields or step.before or {}
    return step.spoke, when_said(fields), telling.called(step).casefold()


def changes(before: Fields | None, after: Fields, names: frozenset[str]) -> list[dict[str, Any]]:
    """What becomes of the fields of these names, in their order; None where one is not there, or was not looked at."""
    return [
        {"field": name, "before": (before or {}).get(name), "after": after.get(name)}
        for name in sorted(names)
        if (before or {}).get(name) != after.get(name)
    ]


def changed(told: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each of :func:`changes`; where nobody looked at what stood there before, what it becomes."""
    for each in told:
        name, after = each["field"], said(each["field"], each["after"])
        before = f"{said(name, each['before'])} ->" if each["before"] is not None else "becomes"
        yield f"{one_line(name)}: {before} {after}"
