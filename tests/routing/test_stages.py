"""Where people are at an instant, for whole moves, batches that were rolled back, and those that went on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.stages import FOREVER, NO_PLAN, Joined, Plan, Stage, going_back, moving_now, stage_of

JOINED = Joined(before=10, after=100)
AT = 1_000


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (0, Stage.WAITING),
        (989, Stage.WAITING),
        (990, Stage.BEFORE),
        (999, Stage.BEFORE),
        (1_000, Stage.AFTER),
        (1_099, Stage.AFTER),
        (1_100, Stage.MOVED),
    ],
)
def test_a_move_goes_through_its_stages(now: int, stage: Stage) -> None:
    assert stage_of(AT, NO_PLAN, now, JOINED) is stage


def test_who_is_not_planned_waits() -> None:
    assert stage_of(FOREVER, NO_PLAN, 2**40, JOINED) is Stage.WAITING


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (1_049, Stage.AFTER),  # the future roll-back says nothing yet
        (1_050, Stage.ROLLED_BACK),
        (1_149, Stage.ROLLED_BACK),
        (1_150, Stage.RETURNED),
        (9_999, Stage.RETURNED),
    ],
)
def test_a_roll_back_joins_both_for_a_while(now: int, stage: Stage) -> None:
    assert stage_of(AT, Plan(rolled_back_at=1_050), now, JOINED) is stage


def test_a_batch_rolled_back_before_its_instant_never_moves() -> None:
    plan = Plan(rolled_back_at=500)
    assert stage_of(AT, plan, 550, JOINED) is Stage.ROLLED_BACK
    assert stage_of(AT, plan, AT, JOINED) is Stage.RETURNED
    assert stage_of(AT, plan, AT + 5_000, JOINED) is Stage.RETURNED


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (1_060, Stage.ROLLED_BACK),
        (5_000, Stage.AFTER),  # the instant itself is long over: both are joined anew
        (5_099, Stage.AFTER),
        (5_100, Stage.MOVED),
        (4_980, Stage.RETURNED),  # not resumed yet
        (4_995, Stage.BEFORE),  # where somebody wrote down beforehand when it goes on
    ],
)
def test_a_batch_that_goes_on_moves_anew(now: int, stage: Stage) -> None:
    assert stage_of(AT, Plan(rolled_back_at=1_050, resumed_at=5_000), now, JOINED) is stage


def test_a_batch_that_goes_on_before_its_instant_waits_for_it() -> None:
    plan = Plan(rolled_back_at=500, resumed_at=520)
    assert stage_of(AT, plan, 519, JOINED) is Stage.ROLLED_BACK
    assert stage_of(AT, plan, 530, JOINED) is Stage.BEFORE  # both are joined since it was rolled back
    assert stage_of(AT, plan, 700, JOINED) is Stage.WAITING
    assert stage_of(AT, plan, AT, JOINED) is Stage.AFTER
    assert stage_of(FOREVER, plan, 700, JOINED) is Stage.WAITING


@pytest.mark.parametrize("values", [{"resumed_at": 5}, {"rolled_back_at": 9, "resumed_at": 5}])
def test_nothing_goes_on_that_was_not_rolled_back(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="resumed_at"):
        Plan(**values)


INSTANTS = st.integers(0, 2_000)


@given(st.one_of(INSTANTS, st.just(FOREVER)), st.none() | INSTANTS, st.none() | INSTANTS, st.integers(0, 5_000))
def test_the_side_never_changes_without_both_being_asked(
    at: int, back: int | None, resumed: int | None, now: int
) -> None:
    if resumed is not None and (back is None or resumed < back):
        resumed = None
    plan = Plan(rolled_back_at=back, resumed_at=resumed)
    before, after = stage_of(at, plan, now, JOINED), stage_of(at, plan, now + 1, JOINED)
    if before.there != after.there:
        assert after.joined


def test_stages_know_which_side_is_current() -> None:
    assert [stage for stage in Stage if stage.there] == [Stage.AFTER, Stage.MOVED]
    assert [stage for stage in Stage if stage.joined] == [Stage.BEFORE, Stage.AFTER, Stage.ROLLED_BACK]


@pytest.mark.parametrize(
    ("plan", "after"),
    [
        (NO_PLAN, Plan(moved_at=AT)),
        (Plan(moved_at=AT + 5), Plan(moved_at=AT)),
        (Plan(moved_at=AT - 5), Plan(moved_at=AT - 5)),
        (Plan(moved_at=AT - 5, rolled_back_at=AT - 3), Plan(moved_at=AT - 5, rolled_back_at=AT - 3, resumed_at=AT)),
        (Plan(rolled_back_at=AT - 3), Plan(moved_at=AT, rolled_back_at=AT - 3, resumed_at=AT)),
        (Plan(moved_at=AT - 5, rolled_back_at=AT - 3, resumed_at=AT - 2),) * 2,
    ],
)
def test_a_batch_that_moves_now_has_moved(plan: Plan, after: Plan) -> None:
    assert moving_now(plan, AT) == after
    assert stage_of(after.moved_at, after, AT, JOINED).there
    assert moving_now(after, AT + 1) == after


@pytest.mark.parametrize(
    ("plan", "back"),
    [
        (NO_PLAN, AT),
        (Plan(moved_at=AT - 5), AT),
        (Plan(moved_at=AT - 5, rolled_back_at=AT - 3), AT - 3),
        (Plan(moved_at=AT - 5, rolled_back_at=AT - 3, resumed_at=AT - 2), AT),
    ],
)
def test_a_batch_that_goes_back_is_back(plan: Plan, back: int) -> None:
    after = going_back(plan, AT)
    assert (after.rolled_back_at, after.resumed_at) == (back, None)
    assert not stage_of(after.moved_at, after, AT, JOINED).there
    assert going_back(after, AT + 1) == after
