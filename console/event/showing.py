"""Draws the event of a move as one difference: the route, the entries, and the forwarders between them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from console.event.carrying import Done
from console.event.event import Direction, Entries, Event, Route
from console.gal.showing import STYLES
from console.terminal import print_json, screen
from galsync.engine.tally import who
from galsync.forwarding.shifts import Shift, Shifting
from galsync.reports.difference import difference
from galsync.side import Failed
from routing.stages import FOREVER, Plan
from service.plain_line import one_line

_SIGNS: Final = {
    Shifting.SET: "~",
    Shifting.RESTORE: "~",
    Shifting.REMEMBER: "=",
    Shifting.FORGET: "=",
    Shifting.LEFT: "!",
    Shifting.REFUSED: "!",
}


def show(event: Event, *, most: int | None = None) -> None:
    """The event for people, at most ``most`` steps of each sync."""
    out = screen()
    for sign, text in _lines(event, most):
        out.print(f"{sign} {text}", style=STYLES.get(sign, ""), soft_wrap=True)


def show_json(event: Event, done: Done | None = None) -> None:
    """The event for programs, and what was ``done`` of it."""
    told = {
        "move": event.move,
        "direction": event.direction.value,
        "batch": event.route.batch,
        "people": len(event.movers),
        "route": _route_json(event.route),
        "entries": [_entries_json(each) for each in event.entries],
        "forwarders": [
            {
                "at": each.settings.at,
                "steps": [] if isinstance(each.shifts, Failed) else [_shift_json(shift) for shift in each.shifts],
            }
            for each in event.forwarders
        ],
        "stops": event.stops,
        "missing": event.missing,
        "nothing": not event.writes,
    }
    print_json(told if done is None else told | {"done": _done_json(done)})


def _lines(event: Event, most: int | None) -> Iterator[tuple[str, str]]:
    yield "#", f"{event.move}: {event.direction.value} {event.route.batch or 'as the list says'}, {_people(event)}"
    yield from _route(event.route)
    yield from _entries(event.going, most)
    for each in event.forwarders:
        yield "#", f"forwarders at {each.settings.at}"
        for shift in () if isinstance(each.shifts, Failed) else each.shifts:
            yield from _shift(shift)
    yield from _entries(event.coming, most)
    for words in event.stops if event.direction is Direction.FORTH else [*event.stops, *event.absent]:
        yield "!", one_line(words)
    if not event.writes:
        yield "#", "nothing is to be done"


def _people(event: Event) -> str:
    count = len(event.movers)
    return {0: "nobody", 1: "1 person"}.get(count, f"{count} people")


def _route(route: Route) -> Iterator[tuple[str, str]]:
    if route.flips:
        yield "~", f"route {route.batch}"
        for name, before, after in _fields(route.before, route.after):
            if before != after:
                yield " ", f"    {name}: {before or '(nothing)'} -> {after or '(nothing)'}"
    elif route.words:
        yield "=", f"route: {route.words}"
    if route.later:
        yield (
            "!",
            f"{route.later} of them have an instant of their own that decides otherwise: they stay where they are",
        )


def _entries(entries: Iterable[Entries], most: int | None) -> Iterator[tuple[str, str]]:
    for each in entries:
        yield "#", f"entries of {each.settings.name}, in {each.report.target}"
        for line in difference(each.report.outlook.plans, most=most):
            yield line.sign, line.text


def _shift(shift: Shift) -> Iterator[tuple[str, str]]:
    yield _SIGNS[shift.act], f"{shift.act.value} {one_line(shift.mailbox)}"
    if shift.act not in (Shifting.LEFT, Shifting.REFUSED):
        yield " ", f"    forwards to: {one_line(str(shift.before))} -> {one_line(str(shift.after))}"
    if shift.note:
        yield " ", f"    {one_line(shift.note)}"


def _fields(before: Plan, after: Plan) -> Iterator[tuple[str, str, str]]:
    yield "moved_at", _instant(before.moved_at), _instant(after.moved_at)
    yield "rolled_back_at", _instant(before.rolled_back_at), _instant(after.rolled_back_at)
    yield "resumed_at", _instant(before.resumed_at), _instant(after.resumed_at)


def _instant(seconds: int | None) -> str:
    if seconds is None or seconds >= FOREVER:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _route_json(route: Route) -> dict[str, Any]:
    fields = {name: {"before": before, "after": after} for name, before, after in _fields(route.before, route.after)}
    return {"flips": route.flips, "later": route.later, "words": route.words, **fields}


def _entries_json(entries: Entries) -> dict[str, Any]:
    plans = entries.report.outlook.plans
    return {
        "sync": entries.settings.name,
        "to": entries.report.target,
        "side": " and ".join(sorted(side.value for side in entries.sides)),
        "steps": [
            {"place": plan.place, "act": step.act.value, "who": who(step), "why": step.why.name.lower()}
            for plan in plans
            for step in plan.steps
        ],
        "reused": [address for plan in plans for address in plan.reused],
    }


def _shift_json(shift: Shift) -> dict[str, Any]:
    return {
        "act": shift.act.name.lower(),
        "mailbox": shift.mailbox,
        "before": shift.before.address,
        "after": shift.after.address,
        "copy": shift.after.copy,
        "note": shift.note,
    }


def _done_json(done: Done) -> dict[str, Any]:
    return {
        "route": done.route,
        "runs": [
            {"sync": run.sync, "run": run.run, "state": run.state.value if run.state else None} for run in done.runs
        ],
        "forwarders": {
            at: {act.name.lower(): number for act, number in carried.done.items()}
            | ({"handed": carried.handed, "scripts": sorted(carried.scripts)} if carried.handed else {})
            for at, carried in done.forwarded.items()
        },
        "words": done.words,
    }
