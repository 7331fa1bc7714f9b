"""A report of a hub as text for the terminal, and as JSON with keys that stay."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from calsync.contents import title
from calsync.ledger.rows import RunKind
from calsync.plans.refusals import NOT_NOW
from calsync.reports.report import UNWRITTEN, HubReport
from calsync.spoke import Act
from calsync.steps import Step
from service.amounts import amount
from service.plain_line import one_line
from service.runs.states import HEADLINES

_NAMED: Final = 20
"""So many of each sort are named in a text; JSON has them all."""
_FEW: Final = 3
_KINDS: Final = {RunKind.SYNC: "Run", RunKind.PURGE: "Purge"}
_PLANNED: Final = {Act.CREATE: "to create", Act.UPDATE: "to change", Act.DELETE: "to delete"}
_DONE: Final = {Act.CREATE: "created", Act.UPDATE: "changed", Act.DELETE: "deleted"}


def text(report: HubReport, *, steps: bool = True) -> str:
    """The report as lines for people, with a newline at the end; without ``steps`` it counts what is to be done."""
    return "\n".join(_text(report, steps=steps)) + "\n"


def document(report: HubReport) -> dict[str, Any]:
    """The report for programs: the keys stay as they are, what is not known is null, instants are ISO 8601 in UTC."""
    outlook, tally = report.outlook, report.tally
    return {
        "hub": report.hub,
        "kind": outlook.kind.value,
        "run": report.run,
        "state": report.state.value if report.state else None,
        "words": report.words,
        "begun_at": _instant(report.begun_at),
        "ended_at": _instant(report.ended_at),
        "everything": outlook.everything,
        "read": dict(outlook.read),
        "whole": sorted(outlook.whole),
        "standing": [{"spoke": each.spoke, "why": each.words} for each in outlook.stays],
        "not_read": [{"spoke": each.spoke, "why": each.words} for each in outlook.troubles],
        "paused": dict(outlook.paused),
        "planned": _counts(report.planned.items()),
        "written": _counts(tally.written.items()),
        **_failures(report),
        **_concerned(report),
    }


def _failures(report: HubReport) -> dict[str, Any]:
    tally = report.tally
    return {
        "failed": tally.failed,
        "refused": tally.refused,
        "in_doubt": tally.doubt,
        "untried": tally.untried,
        "again": tally.again,
        "failures": [
            {"spoke": each.spoke, "act": each.act.value, "item": each.item, "title": each.title, "why": each.words}
            for each in tally.failures
        ],
        "given_up": dict(tally.given_up),
    }


def _concerned(report: HubReport) -> dict[str, Any]:
    outlook = report.outlook
    return {
        "stops": [{"guard": each.guard, "spoke": each.spoke, "why": each.words} for each in report.stops],
        "allowed": sorted(report.allowed),
        "loops": [{"spoke": each.spoke, "maker": each.maker, "keys": list(each.keys)} for each in outlook.plan.loops],
        "clashes": [
            {"item": each.item, "field": each.what, "winner": each.winner, "loser": each.loser}
            for each in report.clashes
        ],
        "left": [{"item": each.item, "spoke": each.spoke, "why": each.words} for each in report.left],
        "held_up": dict(outlook.held_up),
        "unread": [
            {"spoke": spoke, "key": key, "why": words}
            for spoke, some in outlook.unread.items()
            for key, words in some.items()
        ],
        "not_taken": [
            {"spoke": spoke, "why": why, "count": len(keys), "keys": keys} for spoke, why, keys in _aside(report)
        ],
        "steps": [
            {
                "act": each.act.value,
                "why": each.why.value,
                "item": each.item,
                "spoke": each.spoke,
                "title": called(each),
            }
            for each in report.steps
        ],
    }


def called(step: Step) -> str:
    """What people call the item of a step."""
    return title(step.fields or step.before or {})


def _counts(counts: Iterable[tuple[tuple[str, Act], int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (spoke, act), number in sorted(counts, key=lambda each: (each[0][0], each[0][1].value)):
        found.setdefault(spoke, {})[act.value] = number
    return found


def _text(report: HubReport, *, steps: bool) -> Iterator[str]:
    outlook, tally, names = report.outlook, report.tally, _names(report)
    number = f" {report.run}" if report.run is not None else ""
    without = f", without {' and '.join(each.spoke for each in outlook.troubles)}" if outlook.troubles else ""
    planned = without if report.state is None else ""
    yield f"{_KINDS[outlook.kind]}{number} of {report.hub}: {HEADLINES[report.state]}{planned}"
    if said := report.words.removeprefix(UNWRITTEN) if report.state is None else report.words:
        yield f"  {said}"
    for name, count in outlook.read.items():
        yield f"  {name}: {_read(count, whole=name in outlook.whole, purge=outlook.kind is RunKind.PURGE)}"
    counts, words = (tally.written, _DONE) if report.state is not None else (report.planned, _PLANNED)
    for (spoke, act), number_of in sorted(counts.items(), key=lambda each: (each[0][0], each[0][1].value)):
        yield f"  {spoke}: {number_of} {words[act]}"
    if report.state is None and steps:
        yield from _some("to be done", [_line(step) for step in report.steps])
    for what, troubles in (("could not be read", outlook.troubles), ("cannot be taken back", outlook.stays)):
        others = [each for each in troubles if each.words not in report.words]  # each is told once
        yield from _some(what, [f"{each.spoke}: {each.words}" for each in others])
    yield from _some("failed", [f"{each.spoke}: {each.title}: {each.words}" for each in tally.failures])
    yield from _some(
        "changed at two spokes",
        [f"{each.what} of {names[each.item]}: that of {each.winner or 'the hub'} stays" for each in report.clashes],
    )
    left = [f"{each.spoke}: {names[each.item]}: {each.words}" for each in report.left]
    waiting = [f"{spoke}: {amount(number, 'item')}: {NOT_NOW}" for spoke, number in outlook.held_up.items()]
    yield from _some("not done", waiting + left, number=len(left) + sum(outlook.held_up.values()))
    told = [(spoke, key, why) for spoke, some in outlook.unread.items() for key, why in some.items()]
    yield from _some("cannot be read", [f"{spoke}: {key}: {why}" for spoke, key, why in told])
    asides = [f"{spoke}: {amount(len(keys), 'item')}: {why}{_keyed(keys)}" for spoke, why, keys in _aside(report)]
    yield from _some("not taken", asides, number=sum(len(keys) for _, _, keys in _aside(report)))
    yield from _some("paused", [f"{name}: {why}" for name, why in outlook.paused.items()])


def _names(report: HubReport) -> dict[str, str]:
    """What people call the items; their ids where nothing tells."""
    found = {step.item: called(step) for step in report.steps}
    names = {
        each.item: title(each.agreed.fields) if each.agreed else found.get(each.item, each.item)
        for each in report.decisions
    }
    return {each.item: each.title for each in report.outlook.refused} | names


def _aside(report: HubReport) -> list[tuple[str, str, list[str]]]:
    """Why items are not taken, of which that was not known before, and their keys."""
    unread, found = report.outlook.unread, dict[tuple[str, str], list[str]]()
    for each in report.outlook.plan.asides:
        if each.key not in unread.get(each.spoke, {}):
            found.setdefault((each.spoke, each.why), []).append(each.key)
    return [(spoke, why, sorted(keys)) for (spoke, why), keys in sorted(found.items())]


def _keyed(keys: Sequence[str]) -> str:
    """The keys, by which `why` tells more of what has no title there, where they are few."""
    return f" ({', '.join(keys)})" if len(keys) <= _FEW else ""


def _read(count: int, *, whole: bool, purge: bool) -> str:
    if purge:
        return f"{amount(count, 'copy', 'copies')} of ours"
    if whole:
        return f"{amount(count, 'item')}, all read"
    return f"{amount(count, 'change')} told, our own writes among them" if count else "no change"


def _line(step: Step) -> str:
    return f"{step.spoke}: {step.act.value} {called(step)} ({step.why.value})"


def _some(what: str, lines: Sequence[str], *, number: int | None = None) -> Iterator[str]:
    if lines:
        yield f"  {len(lines) if number is None else number} {what}:"
        yield from (f"    {one_line(line)}" for line in islice(lines, _NAMED))
    if len(lines) > _NAMED:
        yield f"    … and {len(lines) - _NAMED} more (--json has them all)"


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
