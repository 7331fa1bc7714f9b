"""Meeting times: what suits whom, held against reckoning each second by second."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.model.freebusy import Availability, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.suggesting import UNKNOWN, Attendee, Quality, Role, Terms, quality_of, statuses, suggested
from protocols.model.window import TimeWindow

_ANN = Mailbox.parse("ann@contoso.example")
_MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
_DAY = TimeWindow(_MONDAY, _MONDAY + timedelta(days=1))
_LOW, _HIGH = _DAY.seconds
_HALF_HOURS = range(_LOW, _HIGH - 3600 + 1, 1800)
_OFFICE = ((_LOW + 9 * 3600, _LOW + 17 * 3600),)
_NOBODY = Unavailable(mailbox=_ANN, reason=Reason.FORBIDDEN)
_EVERY = Terms(most=48, most_outside=48, at_least=Quality.POOR)


def _at(hour: float) -> datetime:
    return _MONDAY + timedelta(hours=hour)


def _person(
    *blocks: tuple[float, float], status: BusyStatus = BusyStatus.BUSY, unknown: tuple[TimeWindow, ...] = ()
) -> Availability:
    packed = Intervals.pack(BusyInterval(TimeWindow(_at(start), _at(end)), status) for start, end in blocks)
    return Availability(mailbox=_ANN, window=_DAY, intervals=packed, unknown=unknown, source="here", as_of=_MONDAY)


def _hours(*attendees: Attendee, terms: Terms = _EVERY) -> list[float]:
    (day,) = suggested([_HALF_HOURS], attendees, terms, _OFFICE)
    return [(each.start - _LOW) / 3600 for each in day]


def test_the_best_come_first_and_only_so_many() -> None:
    busy = Attendee(_person((9, 12), (13, 17)))
    assert _hours(busy, terms=Terms(most=3)) == [12]
    assert _hours(busy, terms=Terms(most=3, most_outside=1)) == [12, 0]
    assert _hours(busy, terms=Terms(most=0, most_outside=9)) == []


def test_working_time_holds_the_whole_meeting() -> None:
    (day,) = suggested([_HALF_HOURS], [Attendee(_person())], _EVERY, _OFFICE)
    within = [(each.start - _LOW) / 3600 for each in day if each.work_time]
    assert within == [9 + half / 2 for half in range(15)]
    assert len(day) == len(_HALF_HOURS)


def test_those_who_are_required_decide_between_times_that_are_equally_good() -> None:
    terms = Terms(most=2, at_least=Quality.POOR)
    required = Attendee(_person((9, 16)), Role.REQUIRED)
    optional = Attendee(_person((0, 9), (10, 24)), Role.OPTIONAL)
    assert _hours(required, optional, terms=terms) == [16, 9]
    assert _hours(Attendee(required.answer, Role.ORGANIZER), optional, terms=terms) == [16, 9]
    assert _hours(Attendee(required.answer, Role.ROOM), Attendee(optional.answer), terms=terms) == [9, 16]


def test_who_must_be_free_is_free() -> None:
    away = _person((9, 16.5))
    others = [Attendee(_person())] * 9
    assert 9 in _hours(Attendee(away), *others)
    assert 9 not in _hours(Attendee(away, must_be_free=True), *others)
    assert _hours(Attendee(_NOBODY, must_be_free=True), *others) == []


def test_nothing_known_is_never_free() -> None:
    (day,) = suggested([_HALF_HOURS], [Attendee(_NOBODY)], _EVERY, _OFFICE)
    assert {each.quality for each in day} == {Quality.POOR}
    assert {each.statuses for each in day} == {bytes((UNKNOWN,))}
    doubtful = _person(unknown=(TimeWindow(_at(10), _at(11)),))
    assert list(statuses(doubtful, [_LOW + 9 * 3600, _LOW + 10 * 3600, _LOW + 11 * 3600], 3600)) == [0, UNKNOWN, 0]


def test_beyond_its_window_an_answer_says_nothing() -> None:
    starts = [_LOW - 1800, _LOW, _HIGH - 3600, _HIGH - 1800, _HIGH]
    assert list(statuses(_person(), starts, 3600)) == [UNKNOWN, 0, 0, UNKNOWN, UNKNOWN]
    assert list(statuses(_person(), [], 3600)) == []


@pytest.mark.parametrize("status", [BusyStatus.FREE, BusyStatus.WORKING_ELSEWHERE])
def test_what_is_in_nobodys_way(status: BusyStatus) -> None:
    (day,) = suggested([_HALF_HOURS], [Attendee(_person((0, 24), status=status))], _EVERY, _OFFICE)
    assert {each.quality for each in day} == {Quality.EXCELLENT}
    assert {each.statuses for each in day} == {bytes((status,))}


@pytest.mark.parametrize("status", [BusyStatus.TENTATIVE, BusyStatus.BUSY, BusyStatus.OUT_OF_OFFICE])
def test_what_is_in_the_way(status: BusyStatus) -> None:
    assert _hours(Attendee(_person((0, 24), status=status)), terms=Terms()) == []


@pytest.mark.parametrize(
    ("in_the_way", "attendees", "threshold", "quality"),
    [
        (0, 4, 25, Quality.EXCELLENT),
        (1, 5, 25, Quality.GOOD),
        (1, 4, 25, Quality.GOOD),
        (26, 100, 25, Quality.FAIR),
        (49, 100, 25, Quality.FAIR),
        (2, 4, 25, Quality.POOR),
        (3, 4, 25, Quality.POOR),
        (1, 2, 49, Quality.POOR),
        (1, 1, 49, Quality.POOR),
        (49, 100, 49, Quality.GOOD),
        (1, 100, 1, Quality.GOOD),
        (2, 100, 1, Quality.FAIR),
        (0, 0, 25, Quality.EXCELLENT),
    ],
)
def test_how_many_in_the_way_make_which_quality(
    in_the_way: int, attendees: int, threshold: int, quality: Quality
) -> None:
    assert quality_of(in_the_way, attendees, threshold) is quality


def test_starts_that_are_not_in_order_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="order"):
        suggested([[_LOW + 1800, _LOW]], [], Terms(), ())


@st.composite
def _attendees(draw: st.DrawFn) -> Attendee:
    if draw(st.integers(0, 4)) == 0:
        return Attendee(_NOBODY, draw(st.sampled_from(Role)))
    blocks = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(-120, 1439))
        end = start + draw(st.integers(1, 400))
        window = TimeWindow(_MONDAY + timedelta(minutes=start), _MONDAY + timedelta(minutes=end))
        blocks.append(BusyInterval(window, draw(st.sampled_from(BusyStatus))))
    answer = Availability(mailbox=_ANN, window=_DAY, intervals=Intervals.pack(blocks), source="here", as_of=_MONDAY)
    return Attendee(answer, draw(st.sampled_from(Role)), draw(st.booleans()))


def _minute_by_minute(attendee: Attendee, start: int, minutes: int) -> int:
    if isinstance(attendee.answer, Unavailable):
        return UNKNOWN
    highest = 0
    for second in range(start, start + minutes * 60, 60):
        over = [status for low, high, status in attendee.answer.intervals.edges() if low <= second < high]
        highest = max([highest, *over])
    return highest


@settings(max_examples=40)
@given(st.lists(_attendees(), min_size=1, max_size=5), st.integers(30, 180), st.integers(1, 49))
def test_no_time_is_better_than_it_is_minute_by_minute(attendees: list[Attendee], minutes: int, threshold: int) -> None:
    terms = Terms(
        duration=timedelta(minutes=minutes), good_threshold=threshold, most=48, most_outside=48, at_least=Quality.POOR
    )
    starts = range(_LOW, _HIGH - minutes * 60 + 1, 1800)
    (day,) = suggested([starts], attendees, terms, _OFFICE)
    truth = {start: bytes(_minute_by_minute(each, start, minutes) for each in attendees) for start in starts}
    allowed = {
        start
        for start, found in truth.items()
        if not any(each.must_be_free and found[i] > 1 for i, each in enumerate(attendees))
    }
    assert {each.start for each in day} == allowed
    for each in day:
        assert each.statuses == truth[each.start]
        busy = sum(status > BusyStatus.WORKING_ELSEWHERE for status in each.statuses)
        assert each.quality is quality_of(busy, len(attendees), threshold)
    assert [each.quality for each in day] == sorted(each.quality for each in day)
