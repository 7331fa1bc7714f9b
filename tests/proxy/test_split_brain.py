"""A person who uses both calendars is told of once; copies that are left behind never are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.split_brain import SplitBrain, first_seen, split, suspected
from routing.table import Combine
from routing.ways import Leg, Way

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ANN = Mailbox.parse("ann@fabrikam.example")
HOUR = timedelta(hours=1)
WAY = Way((Leg("contoso", ANN), Leg("fabrikam", ANN)), Combine.MOVE, "moved")


def _window(first: int, last: int) -> TimeWindow:
    return TimeWindow(NOW + first * HOUR, NOW + last * HOUR)


def _busy(
    *hours: int | tuple[int, int], window: tuple[int, int] = (0, 48), status: BusyStatus = BusyStatus.BUSY
) -> Availability:
    spans = [(hour, hour + 1) if isinstance(hour, int) else hour for hour in hours]
    packed = Intervals.pack(BusyInterval(_window(*span), status) for span in spans)
    return Availability(mailbox=ANN, window=_window(*window), intervals=packed, source="x", as_of=NOW)


def test_a_calendar_that_was_left_and_goes_on_is_in_use() -> None:
    assert split(first_seen(_busy(9), NOW), _busy(9, 12), _busy(9, 15))


@pytest.mark.parametrize(
    ("before", "current", "old"),
    [
        (_busy(9, 15), _busy(9, 12), _busy(9, 15)),  # a copy: what was moved in the current one stays in the old
        (_busy(9, 15), _busy(12), _busy(9)),  # something was removed
        (_busy(9), _busy(9, 15), _busy(9, 15)),  # a tool copies back
        (_busy(9), _busy(9), _busy(9, 15)),  # the current one is not in use, or lost what it had
        (_busy(9, window=(0, 24)), _busy(9, 30), _busy(9, 40)),  # seen for the first time
        (_busy(9, 10, 15), _busy(12), _busy((9, 11), 15)),  # two meetings, told of as one block
        (_busy(9, window=(0, 4)), _busy(9), _busy(30, window=(20, 44))),
    ],
)
def test_what_is_no_sign_of_use(before: Availability, current: Availability, old: Availability) -> None:
    assert not split(first_seen(before, NOW), current, old)


def test_one_look_can_only_suspect() -> None:
    assert suspected(_busy(9, 12), _busy(9, 15))
    assert not suspected(_busy(9, 12), _busy(9))
    assert not suspected(_busy(9, 12), _busy(9, 15), since=NOW + 16 * HOUR)
    assert not suspected(Unavailable(mailbox=ANN, reason=Reason.TIMEOUT), _busy(9))


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_a_copy_that_nobody_touches_is_never_taken_for_one_in_use(
    copied: set[int], current: set[int], removed: set[int]
) -> None:
    assert not split(first_seen(_busy(*copied), NOW), _busy(*current), _busy(*(copied - removed)))


def _seen(*looks: Sequence[Answer], way: Way = WAY, pause: timedelta = HOUR / 12) -> tuple[int, list[str]]:
    now = [NOW]
    brain = SplitBrain(clock=lambda: now[-1])
    with capture_logs() as logs:
        for answers in looks:
            brain.saw(ANN, way, answers)
            now.append(now[-1] + pause)
    return brain.count, [entry["event"] for entry in logs]


def test_a_person_is_told_of_once_an_hour() -> None:
    grown = [_busy(9, 12), _busy(9, 15)]
    assert _seen([_busy(9), _busy(9)], grown, grown, grown) == (1, ["split_brain"])
    assert _seen([_busy(9), _busy(9)], grown, grown, grown, pause=HOUR)[0] == 3


def test_looks_too_close_to_each_other_say_nothing() -> None:
    assert _seen([_busy(9), _busy(9)], [_busy(9, 12), _busy(9, 15)], pause=timedelta(seconds=5)) == (0, [])


def test_doubt_says_nothing() -> None:
    lost = Unavailable(mailbox=ANN, reason=Reason.TIMEOUT)
    assert _seen([_busy(9), _busy(9)], [_busy(9, 12), lost], [lost, _busy(9, 15)]) == (0, [])


def test_where_nobody_knows_who_moved_both_must_grow() -> None:
    either = Way(WAY.legs, Combine.EITHER, "asked")
    assert _seen([_busy(9), _busy(9)], [_busy(9), _busy(9, 15)], way=either)[0] == 0
    assert _seen([_busy(9), _busy(9)], [_busy(9, 12), _busy(9, 15)], way=either)[0] == 1


def test_a_union_of_two_calendars_is_meant_to_differ() -> None:
    union = Way(WAY.legs, Combine.UNION, "route")
    assert _seen([_busy(9), _busy(9)], [_busy(9, 12), _busy(9, 15)], way=union)[0] == 0


def test_the_log_names_no_subject_and_the_memory_keeps_none() -> None:
    with capture_logs() as logs:
        now = [NOW]
        brain = SplitBrain(clock=lambda: now[-1])
        brain.saw(ANN, WAY, [_busy(9), _busy(9)])
        now.append(NOW + HOUR)
        brain.saw(ANN, WAY, [_busy(9, 12), _busy(9, 15)])
    assert logs == [
        {
            "event": "split_brain",
            "log_level": "warning",
            "mailbox": "ann@fabrikam.example",
            "current": "contoso",
            "other": "fabrikam",
            "why": "moved",
        }
    ]


def test_clients_with_different_windows_see_one_calendar() -> None:
    week, day = (0, 168), (24, 48)
    for first, second in ((week, day), (day, week)):
        before = [_busy(30, window=first), _busy(30, window=first)]
        assert _seen(before, [_busy(30, 40, window=second), _busy(30, 45, window=second)])[0] == 1
    apart = [_busy(window=(0, 24)), _busy(window=(0, 24))], [_busy(40, window=(24, 48)), _busy(45, window=(24, 48))]
    assert _seen(*apart)[0] == 0  # nobody looked there before
    later = [_busy(40, 41, window=(0, 48)), _busy(45, 46, window=(0, 48))]
    assert _seen(*apart, later)[0] == 1  # 46 is new since


def test_what_is_over_is_forgotten() -> None:
    seen = first_seen(_busy(9, window=(0, 24)), NOW).with_more(_busy(30, window=(12, 48)), NOW + 20 * HOUR)
    assert seen.covered == (_window(20, 48).seconds,)
    assert seen.taken == (_window(30, 31).seconds,)


def test_what_was_tentative_in_the_copy_and_is_confirmed_is_no_use() -> None:
    maybe = _busy(15, status=BusyStatus.TENTATIVE)
    assert not split(first_seen(maybe, NOW), _busy(9), _busy(15))
    assert not split(first_seen(_busy(), NOW), _busy(9), maybe)
