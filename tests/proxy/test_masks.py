"""Tests of proxy/masks.py: what is hidden is what brute force hides, and nothing in the bytes tells what lies below."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.ews import response
from protocols.ews.manner import Manner
from protocols.ews.query import AvailabilityRequest, Target, View
from protocols.model.freebusy import (
    Answer,
    Availability,
    Detail,
    Question,
    Reason,
    Unavailable,
    Weekday,
    WorkingHours,
    WorkingPeriod,
)
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.zones.rules import RuleZone, rules_of
from proxy.fragments import Fragments
from proxy.masks import Masks, day_of, stretches
from routing.redaction import Redaction
from routing.rules import Mask
from tests.protocols.model.strategies import START, public, several, windows

masked = Masks().masked  # what it keeps must not matter
ANN = Mailbox.parse("ann@b.example")
DAY, HOUR = 86_400, 3600
TODAY = START // DAY
WEEKDAYS = frozenset(day for day in Weekday if day < Weekday.SATURDAY)
OFFICE = WorkingPeriod(WEEKDAYS, 9 * 60, 17 * 60)
LONDON = WorkingHours(ZoneInfo("Europe/London"), (OFFICE,))


def answer(
    window: TimeWindow,
    *items: BusyInterval,
    unknown: tuple[TimeWindow, ...] = (),
    hours: WorkingHours | None = None,
) -> Availability:
    """Ann's time in ``window``, as fetched with details."""
    return Availability(
        mailbox=ANN,
        window=window,
        intervals=Intervals.pack(item for item in items if item.window.overlaps(window)),
        detail=Detail.DETAILS,
        unknown=unknown,
        working_hours=hours,
        source="test",
        as_of=datetime(2026, 11, 1, tzinfo=UTC),
    )


def span(start: float, hours: float) -> TimeWindow:
    """``hours`` long, from ``start`` hours after the midnight of START on."""
    first = TODAY * DAY + int(start * HOUR)
    return TimeWindow.of_seconds(first, first + int(hours * HOUR))


def busy(start: float, hours: float, status: BusyStatus = BusyStatus.BUSY, **details: str) -> BusyInterval:
    """A block."""
    return BusyInterval(span(start, hours), status, EventDetails(**details) if details else None)  # type: ignore[arg-type]


def left(given: Answer, mask: Mask, window: TimeWindow) -> list[BusyInterval]:
    """What is shown."""
    found = masked(given, mask, window, TODAY)
    assert isinstance(found, Availability)
    return list(found.intervals)


def test_an_event_is_cut_where_hidden_time_begins_and_hidden_time_is_one_flat_block() -> None:
    mask, week = Mask(ahead=0), span(0, 72)
    events = [busy(22, 4, BusyStatus.TENTATIVE, subject="a"), busy(30, 1, BusyStatus.OUT_OF_OFFICE), busy(40, 9)]
    assert left(answer(week, *events), mask, week) == [busy(22, 2, BusyStatus.TENTATIVE, subject="a"), busy(24, 48)]


def test_the_horizon_is_whole_utc_days_with_both_ends() -> None:
    month = span(-10 * 24, 20 * 24)
    assert left(answer(month), Mask(back=0), month) == [busy(-240, 240)]
    assert left(answer(month), Mask(back=2, ahead=1), month) == [busy(-240, 192), busy(48, 192)]
    assert left(answer(month), Mask(back=10, ahead=9), month) == []
    assert left(answer(span(240, 24)), Mask(ahead=3), span(240, 24)) == [busy(240, 24)]


def test_an_event_from_before_the_window_does_not_tell_of_the_time_before() -> None:
    day = span(9, 8)
    long, short = answer(day, busy(-100, 120, subject="a")), answer(day, busy(9, 11, subject="a"))
    mask = Mask(hours=(WorkingHours(UTC, (OFFICE,)),))
    assert left(long, mask, day) == left(short, mask, day)


def test_doubt_in_hidden_time_is_not_told_and_doubt_beside_it_is() -> None:
    day = span(0, 48)
    found = masked(answer(day, unknown=(span(20, 10),)), Mask(ahead=0), day, TODAY)
    assert isinstance(found, Availability)
    assert found.unknown == (span(20, 4),)
    hidden = masked(answer(day, unknown=(span(30, 10),)), Mask(ahead=0), day, TODAY)
    assert hidden == masked(answer(day), Mask(ahead=0), day, TODAY)


def test_own_hours_that_nobody_knows_hide_everything() -> None:
    day = span(0, 24)
    assert left(answer(day, busy(3, 1, subject="a")), Mask(own_hours=True), day) == [busy(0, 24)]
    nine = left(answer(span(24, 24), hours=LONDON), Mask(own_hours=True), span(24, 24))
    assert nine == [busy(24, 9), busy(41, 7)]
    assert left(answer(day, hours=WorkingHours(UTC, ())), Mask(own_hours=True), day) == [busy(0, 24)]


def test_several_hours_show_what_all_of_them_show() -> None:
    monday = span(24, 24)
    early = WorkingHours(UTC, (WorkingPeriod(WEEKDAYS, 7 * 60, 12 * 60),))
    mask = Mask(own_hours=True, hours=(early,), back=0)
    assert left(answer(monday, hours=LONDON), mask, monday) == [busy(24, 9), busy(36, 12)]


def test_redaction_takes_subject_and_place_and_no_time() -> None:
    day = span(0, 24)
    events = [busy(1, 1, subject="Merger", location="Room 1"), busy(2, 1, subject="Budget", location="Room 2")]
    found = left(answer(day, *events), Mask(redaction=Redaction(("merger",))), day)
    assert found == [BusyInterval(span(1, 1), BusyStatus.BUSY, EventDetails()), events[1]]


def test_what_has_no_answer_stays_so() -> None:
    nothing = Unavailable(mailbox=ANN, reason=Reason.NO_SUCH_MAILBOX)
    assert masked(nothing, Mask(own_hours=True), span(0, 1), TODAY) is nothing


@pytest.mark.parametrize("window", [TimeWindow.of_seconds(-10, 10), TimeWindow.of_seconds(2**32 - 9, 2**32 + 9)])
def test_hidden_time_that_cannot_be_packed_is_never_free(window: TimeWindow) -> None:
    found = masked(answer(window), Mask(ahead=0), window, TODAY)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.INCOMPLETE
    assert found.source == "test"


def test_days_are_those_of_utc() -> None:
    west = datetime(2026, 11, 1, 23, tzinfo=ZoneInfo("America/Lima"))
    assert day_of(west) == day_of(datetime(2026, 11, 2, tzinfo=UTC)) == TODAY + 1


ZONES: list[tzinfo] = [
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/Havana"),  # its clock changes at midnight
    ZoneInfo("Australia/Lord_Howe"),  # by half an hour
    ZoneInfo("Asia/Kathmandu"),
    UTC,
]
CHANGES = {  # hours around which clocks changed in 2026
    "Europe/Berlin": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "America/Havana": (datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
}
periods = st.builds(
    lambda days, start, length: WorkingPeriod(frozenset(days), start, min(start + length, 1440)),
    st.sets(st.sampled_from(Weekday), min_size=1),
    st.integers(0, 1430).map(lambda minute: minute - minute % 10),
    st.integers(10, 1440).map(lambda minute: minute - minute % 10),
)


@st.composite
def hours_and_windows(draw: st.DrawFn) -> tuple[WorkingHours, int, int]:
    """Working hours and two days about a change of their clock, in ten minutes."""
    zone = draw(st.sampled_from(ZONES))
    middle = draw(st.sampled_from(CHANGES.get(str(zone), (datetime(2026, 6, 1, tzinfo=UTC),))))
    low = int(middle.timestamp()) - draw(st.integers(0, 200)) * 600
    described = RuleZone(rules_of(zone, 2026)) if draw(st.booleans()) else zone  # as EWS tells it
    return WorkingHours(described, tuple(draw(st.lists(periods, max_size=3)))), low, low + 288 * 600


def _working(hours: WorkingHours, second: int) -> bool:
    local = datetime.fromtimestamp(second, hours.zone)
    minute = local.hour * 60 + local.minute
    return any(local.weekday() in each.days and each.start <= minute < each.end for each in hours.periods)


@given(hours_and_windows())
@settings(deadline=None)
def test_time_is_shown_where_the_clock_on_the_wall_shows_working_time(given: tuple[WorkingHours, int, int]) -> None:
    hours, low, high = given
    shown, hidden = stretches(Mask(hours=(hours,)), None, low, high, TODAY)
    for second in range(low, high, 600):
        assert any(start <= second < end for start, end in shown) is _working(hours, second)
    both = sorted([*shown, *hidden])
    assert (both[0][0], both[-1][1]) == (low, high)
    assert all(one[1] == other[0] for one, other in pairwise(both))
    assert all(one[1] < other[0] for part in (shown, hidden) for one, other in pairwise(part))


MASKS = st.builds(
    Mask,
    back=st.none() | st.integers(0, 2),
    ahead=st.none() | st.integers(0, 3),
    own_hours=st.booleans(),
    hours=st.lists(st.just(LONDON), max_size=1).map(tuple),
    redaction=st.none() | st.just(Redaction(("budget",))),
)
MANNERS = [Manner(), Manner(always_events=True), Manner(offsets=True)]


def _bytes(found: Answer, window: TimeWindow, fragments: Fragments) -> Iterator[bytes]:
    """The mailbox as every view and manner of EWS shows it."""
    for view in View:
        for manner in MANNERS:
            question = Question(window=window, detail=view.detail, interval=timedelta(minutes=15))
            zone = ZoneInfo("Europe/Berlin")
            asked = AvailabilityRequest(targets=(Target("a", ANN),), question=question, view=view, zone=zone)
            yield response.encode(asked, [found], manner, fragments=fragments)


@given(several, several, st.lists(windows(), max_size=3), windows(), MASKS, st.none() | st.just(LONDON))
@settings(deadline=None)
def test_nothing_in_the_bytes_tells_what_lies_in_hidden_time(
    events: list[BusyInterval],
    others: list[BusyInterval],
    doubts: list[TimeWindow],
    window: TimeWindow,
    mask: Mask,
    hours: WorkingHours | None,
) -> None:
    """Another calendar, equal where it is shown, is the same to the byte, whatever else it holds and doubts."""
    today = TODAY + 1
    low, high = window.seconds
    shown, hidden = stretches(mask, hours, low, high, today)
    seen = list(Intervals.pack(events).within(shown, ()))
    below = list(Intervals.pack(others).within(hidden, ()))
    unknown = tuple(part for doubt in doubts for gap in hidden if (part := doubt.clip(TimeWindow.of_seconds(*gap))))
    if not mask.hides_time:
        seen, below, unknown = events, [], ()
    one, other = answer(window, *events, hours=hours), answer(window, *seen, *below, unknown=unknown, hours=hours)
    fragments = Fragments(10_000_000)
    found = [masked(each, mask, window, today) for each in (one, other)]
    assert list(_bytes(found[0], window, fragments)) == list(_bytes(found[1], window, Fragments(10_000_000)))
    assert list(_bytes(found[1], window, fragments)) == list(_bytes(found[1], window, Fragments(10_000_000)))


@given(several, windows(), MASKS)
@settings(deadline=None)
def test_masked_answers_share_no_fragment_with_others(
    events: list[BusyInterval], window: TimeWindow, mask: Mask
) -> None:
    """Rendered after the unmasked answer and that of another day, with one memory for all, the bytes are their own."""
    given = answer(window, *events, hours=LONDON)
    fragments = Fragments(10_000_000)
    for today in (TODAY, TODAY + 1, TODAY + 2):
        for found in (given, masked(given, mask, window, today)):
            assert list(_bytes(found, window, fragments)) == list(_bytes(found, window, Fragments(10_000_000)))


@given(st.lists(st.builds(BusyInterval, windows(), st.sampled_from(BusyStatus), public), max_size=9), windows())
def test_hidden_time_is_never_free(events: list[BusyInterval], window: TimeWindow) -> None:
    found = masked(answer(window, *events), Mask(back=0, ahead=0), window, TODAY + 1)
    assert isinstance(found, Availability)
    first, last = (TODAY + 1) * DAY, (TODAY + 2) * DAY
    low, high = window.seconds
    edges = {(start, end) for start, end, status in found.intervals.edges() if status == BusyStatus.BUSY}
    if low < first:
        assert (low, min(high, first)) in edges
    if high > last:
        assert (max(low, last), high) in edges


def test_what_was_made_is_kept_and_only_so_much() -> None:
    masks, month = Masks(memory=20_000), span(0, 24 * 30)
    calendars = [answer(month, busy(number, 1, subject="a")) for number in range(40)]
    once = [masks.masked(each, Mask(ahead=3), month, TODAY) for each in calendars]
    again = [masks.masked(each, Mask(ahead=3), month, TODAY) for each in calendars]
    assert once == again
    assert masks._made.weight <= 20_000
    last = [masks.masked(calendars[-1], Mask(ahead=3), month, TODAY) for _ in range(2)]
    assert isinstance(last[0], Availability)
    assert isinstance(last[1], Availability)
    assert last[0].intervals is last[1].intervals


def test_what_was_made_is_not_taken_for_another_mask_day_window_or_persons_hours() -> None:
    masks, week = Masks(), span(0, 24 * 7)
    given, at_home = answer(week, busy(30, 1), hours=LONDON), answer(week, busy(30, 1), hours=WorkingHours(UTC, ()))
    asked = [
        (given, Mask(ahead=1), week, TODAY),
        (given, Mask(ahead=1), week, TODAY + 1),
        (given, Mask(ahead=2), week, TODAY),
        (given, Mask(ahead=1), span(0, 24 * 6), TODAY),
        (given, Mask(own_hours=True), week, TODAY),
        (at_home, Mask(own_hours=True), week, TODAY),
    ]
    for each in asked * 2:
        assert masks.masked(*each) == Masks().masked(*each)
