"""At which stage of a move people are at an instant: which side is theirs, and whether the other is asked as well."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

FOREVER: Final = 2**62
"""An instant that never comes: of people whose move is not planned yet."""


class Stage(Enum):
    """In the order in which a move goes through them; the last two are of a batch that was rolled back."""

    WAITING = "waiting"
    BEFORE = "before"
    AFTER = "after"
    MOVED = "moved"
    ROLLED_BACK = "rolled-back"
    RETURNED = "returned"

    @property
    def joined(self) -> bool:
        """Whether both sides are asked."""
        return self in {Stage.BEFORE, Stage.AFTER, Stage.ROLLED_BACK}

    @property
    def there(self) -> bool:
        """Whether the current side is the one that people move to."""
        return self in {Stage.AFTER, Stage.MOVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """How many seconds before and after the instant of a move both sides are asked."""

    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Of a batch, in seconds since 1970: when it moves, when it was rolled back, and when it went on after that.

    Raises ValueError where it went on without having been rolled back before.
    """

    moved_at: int = FOREVER
    rolled_back_at: int | None = None
    resumed_at: int | None = None

    def __post_init__(self) -> None:
        if self.resumed_at is not None and (self.rolled_back_at is None or self.resumed_at < self.rolled_back_at):
            raise ValueError("resumed_at wants a rolled_back_at that is not later")


NO_PLAN: Final = Plan()


def moving_now(plan: Plan, now: int) -> Plan:
    """``plan`` of a batch that moves at ``now`` if it has not moved yet; one that was rolled back goes on now."""
    back = plan.rolled_back_at is not None and plan.rolled_back_at <= now
    if back and (plan.resumed_at is None or plan.resumed_at > now):
        return replace(plan, moved_at=min(plan.moved_at, now), resumed_at=now)
    return replace(plan, moved_at=min(plan.moved_at, now))


def going_back(plan: Plan, now: int) -> Plan:
    """``plan`` of a batch that is rolled back at ``now``, unless it was before and has not gone on since."""
    back = plan.rolled_back_at is not None and plan.rolled_back_at <= now and plan.resumed_at is None
    return plan if back else replace(plan, rolled_back_at=now, resumed_at=None)


def stage_of(moved_at: int, plan: Plan, now: int, joined: Joined) -> Stage:
    """The stage at ``now`` of somebody who moves at ``moved_at``, in a batch with ``plan``.

    A batch that is rolled back before its instant does not move at all. One that goes on moves when it does, not
    sooner: what came to the old side meanwhile is asked for as after any move. Until then it waits like any other.
    """
    back = plan.rolled_back_at
    if back is None or now < back:
        return _forward(moved_at, now, joined)
    if plan.resumed_at is not None:
        moved_at = max(moved_at, plan.resumed_at)
        if now >= moved_at - joined.before:
            return _forward(moved_at, now, joined)
        if now >= plan.resumed_at:
            return Stage.BEFORE if now < back + joined.after else Stage.WAITING
    return Stage.ROLLED_BACK if now < back + joined.after else Stage.RETURNED


def _forward(moved_at: int, now: int, joined: Joined) -> Stage:
    if now < moved_at:
        return Stage.BEFORE if now >= moved_at - joined.before else Stage.WAITING
    return Stage.AFTER if now < moved_at + joined.after else Stage.MOVED
