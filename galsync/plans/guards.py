"""Stops a run that would delete or change more than was foreseen, or that read less than it should have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from galsync.steps import Act, Plan, Step, Why

EMPTY = "empty"
SHRINK = "shrink"
DELETIONS = "deletions"
CHANGES = "changes"
ALL = (EMPTY, SHRINK, DELETIONS, CHANGES)
"""What ``--allow`` takes."""
_MOVERS: Final = "{} of them because the list of a move says so: `busyline moves apply` moves a batch that is meant"


@dataclass(frozen=True, slots=True)
class Bound:
    """At most ``count`` steps, and at most ``share`` (0 to 1, rounded up) of what stood there before the run; None for
    no bound."""

    count: int | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """How much one run may do. ``shrink`` is the share of its people that a source may lose between runs."""

    deletions: Bound = Bound(count=500, share=0.1)
    changes: Bound = Bound()
    shrink: float = 0.2


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run stops before it writes anything: ``guard`` is one of :data:`ALL`, ``words`` say what to do."""

    guard: str
    words: str


def stops(
    plans: Sequence[Plan],
    guards: Guards,
    *,
    before: int,
    read: Mapping[str, tuple[int, int | None]],
    movers_meant: bool = False,
) -> tuple[Stop, ...]:
    """What is in the way of applying ``plans`` together: sources by name first, then deletions, then changes.

    ``before`` is how many entries the ledger had agreed at all these places; ``read`` how many people each source told
    now, and the last time (None for never). A first run creates as much as it likes. Where the ledger was lost,
    the objects that still bear our stamp count as what stood there. ``movers_meant``: somebody looked at who moves and
    agreed to it, so that they are no deletions; a list that names everybody by mistake must not empty an address book.
    """
    found = [stop for source in sorted(read) if (stop := _source(source, *read[source], guards.shrink))]
    movers = 0 if movers_meant else sum(_movers(plan.steps) for plan in plans)
    deletions = movers + sum(_deletions(plan.steps) for plan in plans)
    changes = sum(step.act in (Act.CREATE, Act.UPDATE) for plan in plans for step in plan.steps)
    stood = max(before, sum(plan.kept for plan in plans))
    if stop := _over(DELETIONS, "would go from the address book", deletions, stood, guards.deletions):
        found.append(replace(stop, words=f"{stop.words}; {_MOVERS.format(movers)}") if movers else stop)
    if before and (stop := _over(CHANGES, "would be created or changed", changes, before, guards.changes)):
        found.append(stop)
    return tuple(found)


def _source(name: str, now: int, last: int | None, shrink: float) -> Stop | None:
    if last is None:
        return None
    if last and not now:
        words = f"source {name} told nobody, and {last} people the last time"
        return Stop(EMPTY, f"{words}: see whether it can still be read, or run once with --allow {EMPTY}")
    if last - now <= _share(shrink, last):
        return None
    words = f"source {name} told {now} people, and {last} the last time: {_percent(last - now, last)} fewer"
    limit = f"guards.shrink allows {shrink:.0%}"
    return Stop(SHRINK, f"{words}; {limit}: see what it left out, raise that, or run once with --allow {SHRINK}")


def _deletions(steps: Iterable[Step]) -> int:
    """How many would disappear. One who was retired in an earlier run was counted then, and an object that makes room
    for its successor (another form, or two that swap their addresses) is a change; :func:`_movers` counts who moves."""
    steps = tuple(steps)
    replaced = {step.anchor for step in steps if step.act is Act.CREATE}
    return sum(
        step.act in (Act.RETIRE, Act.REMOVE)
        and step.anchor not in replaced
        and step.why is not Why.MOVED
        and (step.known is None or step.known.retired_at is None)
        for step in steps
    )


def _movers(steps: Iterable[Step]) -> int:
    """How many would disappear because a list says that they moved."""
    return sum(
        step.act in (Act.RETIRE, Act.REMOVE)
        and step.why is Why.MOVED
        and (step.known is None or step.known.retired_at is None)
        for step in steps
    )


def _over(guard: str, what: str, count: int, before: int, bound: Bound) -> Stop | None:
    limits = []
    if bound.count is not None and count > bound.count:
        limits.append(f"guards.{guard}.count allows {bound.count}")
    if bound.share is not None and count > _share(bound.share, before):
        limits.append(f"guards.{guard}.share allows {bound.share:.0%}")
    if not limits:
        return None
    words = f"{count} of {before} entries {what} ({_percent(count, before)}); {' and '.join(limits)}"
    return Stop(guard, f"{words}: look at the plan, raise that, or run once with --allow {guard}")


def _share(share: float, whole: int) -> int:
    """Rounded up, so that one of a few may go; but 0.1 of 30 is 3, whatever floating point says."""
    return ceil(share * whole - 1e-9)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "100%"
