"""A report as text, as an e-mail and as JSON with keys that stay."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from galsync.engine.outlook import SourceRead, Trouble
from galsync.engine.tally import Failure, who
from galsync.ledger.runs import RunKind
from galsync.reports.difference import difference
from galsync.reports.report import RunReport, in_words
from galsync.side import Visible
from galsync.steps import Act, Step
from service.plain_line import one_line
from service.runs.states import HEADLINES

_NAMED: Final = 20
"""So many of each sort are named in a text; JSON has them all."""

_ACTS: Final = {
    Act.CREATE: "to create",
    Act.UPDATE: "to update",
    Act.RETIRE: "to retire (hidden, removed when the grace period is over)",
    Act.REMOVE: "to remove",
    Act.REMEMBER: "to remember (they stand there already)",
    Act.CONFLICT: "conflicts",
}
_DONE: Final = {
    Act.CREATE: "created",
    Act.UPDATE: "updated",
    Act.RETIRE: "retired",
    Act.REMOVE: "removed",
    Act.REMEMBER: "remembered",
    Act.CONFLICT: "conflicts",
}
_SEEN_ON: Final = "to retire (nothing can be hidden there: seen until the grace period is over, then removed)"
_KINDS: Final = {RunKind.APPLY: "Run", RunKind.UNDO: "Undo", RunKind.PURGE: "Purge"}


def text(report: RunReport) -> str:
    """The report as lines for people, with a newline at the end."""
    return "\n".join(_text(report)) + "\n"


def email(report: RunReport) -> tuple[str, str]:
    """Subject and body of an e-mail in plain text: the report, and below it the first steps as a difference."""
    outcome = "all is well" if report.well else HEADLINES[report.state]
    subject = f"Busyline {report.sync}: {outcome} ({_figures(report)})"
    steps = [str(line) for line in difference(report.outlook.plans, most=100)]
    return one_line(subject), text(report) + ("\n" + "\n".join(steps) + "\n" if steps else "")


def document(report: RunReport) -> dict[str, Any]:
    """The report for programs: the keys stay as they are, what is not known is null, instants are ISO 8601 in UTC."""
    outlook, tally = report.outlook, report.tally
    return {
        "sync": report.sync,
        "target": report.target,
        "kind": outlook.kind.value,
        "run": report.run,
        "state": report.state.value if report.state else None,
        "words": report.words,
        "begun_at": _instant(report.begun_at),
        "ended_at": _instant(report.ended_at),
        "whole": outlook.whole,
        "sources": [_source(source) for source in outlook.sources],
        "left": {left.name.lower(): number for left, number in outlook.left.items() if number},
        "left_named": [{"who": name, "why": left.name.lower()} for name, left in outlook.named],
        "cut": dict(outlook.cut),
        "photos_too_large": list(outlook.large),
        "doubled_aliases": outlook.doubles,
        "absent": [{"who": each, "without": list(names)} for each, names in report.absent.items()],
        "unsure": list(report.unsure),
        "equal": report.equal,
        "planned": {act.value: report.planned[act] for act in Act},
        "guests": report.guests,
        "written": {act.value: tally.written[act] for act in Act},
        "handed": {act.value: number for act, number in tally.handed.items()},
        "remembered": tally.remembered,
        "failed": tally.failed,
        "in_doubt": tally.doubt,
        "untried": tally.untried,
        "failures": [_failure(failure) for failure in tally.failures],
        "given_up": list(tally.given_up),
        "conflicts": [_conflict(place, step) for place, step in report.conflicts()],
        "ignored": dict(report.ignored),
        "stops": [{"guard": stop.guard, "words": stop.words} for stop in report.stops],
        "allowed": sorted(report.allowed),
        "unread": [_trouble(trouble) for trouble in outlook.unread],
        "skipped": [_trouble(trouble) for trouble in outlook.skipped],
        "visible": report.visible.value,
        "script": report.script or None,
    }


def _text(report: RunReport) -> Iterator[str]:
    outlook, run = report.outlook, f" {report.run}" if report.run else ""
    yield f"{_KINDS[outlook.kind]}{run} of {report.sync} into {report.target}: {HEADLINES[report.state]}"
    if report.words:
        yield f"  {_printable(report.words)}"
    yield from _section("Could not be read", map(in_words, outlook.unread))
    yield from _section("Read", _read(report))
    yield from _section("Without an entry", _left(report))
    yield from _section("Planned", _planned(report))
    yield from _section("Written", _written(report))
    yield from _section("Failed", (_failure_line(each) for each in report.tally.failures))
    yield from _section("Places left out", map(in_words, outlook.skipped))
    yield from _section("Conflicts, for you to decide", (_conflict_line(*each) for each in report.conflicts()))
    yield from _section("Without members or a manager who are not in the target", _absent(report))
    yield from _section("Left as they are, since their person could not be read now", map(one_line, report.unsure))
    typed = (f"{name}: {number}" for name, number in sorted(report.ignored.items()))
    yield from _section("Left as somebody typed it", typed)
    if report.allowed:
        yield from _section("Guards overruled", sorted(report.allowed))


def _read(report: RunReport) -> Iterator[str]:
    for source in report.outlook.sources:
        if not (source.whole or source.people or source.gone):
            yield f"{source.name}: nothing has changed there since the last run (the target was not looked at)"
            continue
        gone = f", {source.gone} gone" if source.gone else ""
        told = f"{source.people} {'person' if source.people == 1 else 'people'}{gone}"
        yield f"{source.name}: {told} ({'everybody' if source.whole else 'changes alone'})"


def _left(report: RunReport) -> Iterator[str]:
    for left, number in report.outlook.left.items():
        names = [one_line(name) for name, why in report.outlook.named if why is left]
        some = f" ({', '.join(names[:5])}{', …' if number > len(names[:5]) else ''})" if names else ""
        if number:
            yield f"{number}: {left.value}{some}"
    for name, number in report.outlook.cut.items():
        if name == "photo":
            some = ", ".join([*map(one_line, report.outlook.large[:5]), *["…"] * (number > 5)])
            yield f"{number}: the photo is larger than the target takes, and is left out ({some})"
        else:
            yield f"{number}: {name} was longer than the target takes, and is cut"
    if report.outlook.doubles:
        yield f"{report.outlook.doubles}: an alias was dropped, since somebody else has it"


def _absent(report: RunReport) -> Iterator[str]:
    for address, names in report.absent.items():
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        yield f"{address}: {', '.join(names[:5])}{more}"


def _planned(report: RunReport) -> Iterator[str]:
    for act, number in report.planned.items():
        if number:
            yield f"{number} {_SEEN_ON if act is Act.RETIRE and not report.hides else _words(_ACTS, act, number)}"
    if report.guests:
        yield f"{report.guests} of them guests: accounts of this organisation that can be given access to what is in it"
    judged = report.outlook.whole and report.outlook.kind is RunKind.APPLY
    if report.outlook.plans and (report.equal or judged):  # else nobody looked at the others
        yield f"{report.equal} as they should be"


def _written(report: RunReport) -> Iterator[str]:
    tally = report.tally
    for act, number in tally.written.items():
        yield f"{number} {_DONE[act]}"
    for act, number in tally.handed.items():
        yield f"{number} to be {_DONE[act]} by the script that was made: read back by the next run"
    if tally.remembered:
        yield f"{tally.remembered} remembered"
    if tally.failed:
        yield f"{tally.failed} failed, {tally.doubt} of them in doubt"
    if tally.untried:
        yield f"{tally.untried} not tried"
    yield from (f"{place or report.target}: given up after too many failures" for place in tally.given_up)
    if tally.written or tally.handed:
        before = "" if report.visible is Visible.AT_ONCE else "Written is not yet visible: "
        script = f": {one_line(report.script)}" if report.script else ""
        yield f"{before}people see it {report.visible.value}{script}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    rest = iter(lines)
    some = list(islice(rest, _NAMED))
    if not some:
        return
    yield f"{title}:"
    yield from (f"  {_printable(line)}" for line in some)
    if more := sum(1 for _ in rest):
        yield f"  and {more} more"


def _printable(words: str) -> str:
    return "".join(character if character.isprintable() else " " for character in words)


def _figures(report: RunReport) -> str:
    if report.state is None:
        counts, words = report.planned, _ACTS
    else:
        counts, words = report.tally.written, _DONE
    parts = [f"{number} {_words(words, act, number).split(' (')[0]}" for act, number in counts.items() if number]
    parts += [f"{report.tally.failed} failed"] if report.tally.failed else []
    return ", ".join(parts) or "nothing to do"


def _words(words: Mapping[Act, str], act: Act, number: int) -> str:
    return "conflict" if act is Act.CONFLICT and number == 1 else words[act]


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat().replace("+00:00", "Z") if instant else None


def _source(source: SourceRead) -> dict[str, Any]:
    left: Mapping[str, int] = {left.name.lower(): number for left, number in source.left.items() if number}
    return {
        "name": source.name,
        "people": source.people,
        "gone": source.gone,
        "whole": source.whole,
        "left": left,
        "left_named": [{"who": name, "why": why.name.lower()} for name, why in source.named],
    }


def _trouble(trouble: Trouble) -> dict[str, str]:
    return {"where": trouble.where, "reason": trouble.reason.value, "words": trouble.words}


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "place": failure.place,
        "act": failure.act.value,
        "anchor": failure.anchor,
        "who": failure.who,
        "words": failure.words,
        "in_doubt": failure.doubt,
    }


def _failure_line(failure: Failure) -> str:
    at = f" at {failure.place}" if failure.place else ""
    doubt = " (in doubt)" if failure.doubt else ""
    return f"{failure.act.value} {failure.who}{at}: {failure.words}{doubt}"


def _conflict(place: str, step: Step) -> dict[str, Any]:
    return {
        "place": place,
        "anchor": step.anchor,
        "who": who(step),
        "why": step.why.name.lower(),
        "against": list(step.against),
        "proposed": step.remedy.value if step.remedy else None,
        "note": step.note,
    }


def _conflict_line(place: str, step: Step) -> str:
    at = f" at {place}" if place else ""
    against = f" (in the way: {', '.join(step.against)})" if step.against else ""
    proposed = f"; proposed: {step.remedy.value}" if step.remedy else ""
    return f"{who(step)}{at}: {step.why.value}{against}{proposed}"
