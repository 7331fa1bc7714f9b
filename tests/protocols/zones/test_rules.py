"""Bias and two changes mean what Windows means by them, and describe every zone in every year that two can describe."""

import copy
import pickle
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Weekday
from protocols.zones.rules import Change, RuleZone, ZoneRules, offset_text, rules_of
from protocols.zones.transitions import offset_of, transitions

SUNDAY = Weekday.SUNDAY
BERLIN = ZoneRules(-60, Change(0, 10, 5, SUNDAY, time(3)), Change(-60, 3, 5, SUNDAY, time(2)))
SYDNEY = ZoneRules(-600, Change(0, 4, 1, SUNDAY, time(3)), Change(-60, 10, 1, SUNDAY, time(2)))
KNOWN = [
    ("Europe/Berlin", BERLIN),
    ("America/New_York", ZoneRules(300, Change(0, 11, 1, SUNDAY, time(2)), Change(-60, 3, 2, SUNDAY, time(2)))),
    ("Australia/Sydney", SYDNEY),
    ("Australia/Lord_Howe", ZoneRules(-630, Change(0, 4, 1, SUNDAY, time(2)), Change(-30, 10, 1, SUNDAY, time(2)))),
    ("Pacific/Chatham", ZoneRules(-765, Change(0, 4, 1, SUNDAY, time(3, 45)), Change(-60, 9, 5, SUNDAY, time(2, 45)))),
    ("Europe/Dublin", ZoneRules(0, Change(0, 10, 5, SUNDAY, time(2)), Change(-60, 3, 5, SUNDAY, time(1)))),
    ("Asia/Kolkata", ZoneRules(-330)),
    ("Asia/Kathmandu", ZoneRules(-345)),
    ("Africa/Casablanca", ZoneRules(0, Change(0, 2, 3, SUNDAY, time(3)), Change(-60, 3, 4, SUNDAY, time(2)))),
]
ODD_YEARS = [
    ("Asia/Almaty", 2024),  # back once, for good
    ("Asia/Amman", 2022),  # forward, and never back
    ("Europe/Volgograd", 2020),
    ("America/Mexico_City", 2022),
    ("Europe/Istanbul", 2016),
    ("Europe/Moscow", 2011),
    ("Europe/Moscow", 2014),
    ("Asia/Pyongyang", 2015),
    ("Asia/Pyongyang", 2018),
    ("Africa/Casablanca", 2019),
    ("Africa/Casablanca", 2026),
    ("Africa/Cairo", 2023),
    ("Asia/Dhaka", 2010),
    ("America/Caracas", 2007),
    ("Antarctica/Troll", 2026),
]
ZONES = sorted({name for name, _ in KNOWN} | {"Asia/Tehran", "America/Sao_Paulo", "Asia/Gaza", "America/St_Johns"})


def _year(zone: tzinfo, year: int, step: int = 1800) -> range:
    start, end = (int(datetime(y, 1, 1, tzinfo=zone).timestamp()) for y in (year, year + 1))
    return range(start, end, step)


def _wrong(zone: tzinfo, year: int, step: int = 1800) -> int:
    rules = RuleZone(rules_of(zone, year))
    return sum(rules.offset_at(at) != offset_of(zone, at) for at in _year(zone, year, step))


@pytest.mark.parametrize(("name", "rules"), KNOWN)
def test_the_rules_of_2026(name: str, rules: ZoneRules) -> None:
    assert rules_of(ZoneInfo(name), 2026) == rules


@pytest.mark.parametrize(("name", "year"), ODD_YEARS)
def test_odd_years_are_right_at_every_half_hour(name: str, year: int) -> None:
    assert _wrong(ZoneInfo(name), year) == 0


@given(st.sampled_from(ZONES), st.integers(2019, 2037))
def test_rules_give_the_offsets_of_the_zone_all_year(name: str, year: int) -> None:
    span = _year(ZoneInfo(name), year)
    if len(transitions(ZoneInfo(name), span.start, span.stop - 1)) <= 2:
        assert _wrong(ZoneInfo(name), year, step=3600) == 0


def test_more_changes_than_two_are_told_as_well_as_two_can() -> None:
    zone = ZoneInfo("Africa/Casablanca")
    assert len(transitions(zone, _year(zone, 2016).start, _year(zone, 2016).stop)) == 4
    assert _wrong(zone, 2016) == 35 * 48, "summer time is told, the 35 days of it that Ramadan took are not"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-3, minutes=-30))])
def test_zones_that_never_change(zone: tzinfo) -> None:
    assert rules_of(zone, 2026) == ZoneRules(-offset_of(zone, 0) // 60)


def test_an_offset_of_odd_seconds_is_rounded() -> None:
    assert rules_of(ZoneInfo("Africa/Monrovia"), 1970) == ZoneRules(44)  # 44 min 30 s west


biases = st.integers(-14 * 60, 14 * 60)
changes = st.builds(
    Change,
    st.integers(-120, 120),
    st.integers(1, 12),
    st.sampled_from([-1, 1, 2, 3, 4, 5]),
    st.sampled_from(Weekday),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.none() | st.integers(2025, 2027),
)
rules = st.builds(ZoneRules, biases, st.none() | changes, st.none() | changes)
instants = st.integers(1_767_225_600 - 40 * 86_400, 1_798_761_600 + 40 * 86_400)


@given(rules)
def test_a_rule_zone_gives_its_own_rules_back(told: ZoneRules) -> None:
    zone = RuleZone(told)
    assert rules_of(zone, 2026) == told
    assert zone == RuleZone(told)
    assert hash(zone) == hash(RuleZone(told))
    assert pickle.loads(pickle.dumps(zone)) == copy.deepcopy(zone) == zone
    assert str(told) in repr(zone)


@given(rules, instants)
def test_any_rules_take_any_instant_there_and_back(told: ZoneRules, instant: int) -> None:
    zone = RuleZone(told)
    utc = datetime.fromtimestamp(instant, UTC)
    local = utc.astimezone(zone)
    assert local.astimezone(UTC) == utc
    assert local.utcoffset() == timedelta(seconds=zone.offset_at(instant))
    assert local.replace(tzinfo=None) - utc.replace(tzinfo=None) == local.utcoffset()
    assert local.dst() == timedelta(seconds=zone.offset_at(instant) - told.standard_offset)


@given(rules)
def test_transitions_are_where_the_offset_changes(told: ZoneRules) -> None:
    zone = RuleZone(told)
    low, high = 1_767_225_600, 1_798_761_600
    found = zone.transitions(low, high)
    assert [at for at, _ in found] == sorted({at for at, _ in found})
    offset = zone.offset_at(low)
    for at, after in found:
        assert low < at <= high
        assert zone.offset_at(at - 1) == offset
        assert zone.offset_at(at) == after
        offset = after
    assert zone.offset_at(high) == offset


@given(st.sampled_from(ZONES), st.integers(2019, 2037), st.integers(0, 365 * 86_400), st.sampled_from([0, 1]))
def test_fold_and_gap_are_those_of_zoneinfo(name: str, year: int, second: int, fold: int) -> None:
    theirs = ZoneInfo(name)
    span = _year(theirs, year)
    found = transitions(theirs, span.start, span.stop - 1)
    ours = RuleZone(rules_of(theirs, year))
    for at in [span.start + second, *(at + d for at, _ in found[:2] for d in (-3600, -1, 0, 3599))]:
        if len(found) <= 2 and span.start + 86_400 < at < span.stop - 86_400:
            a, b = datetime.fromtimestamp(at, ours), datetime.fromtimestamp(at, theirs)
            assert (a.replace(tzinfo=None), a.fold) == (b.replace(tzinfo=None), b.fold)
            assert a.replace(fold=fold).utcoffset() == b.replace(fold=fold).utcoffset()


NEVER = Change(0, 0, 0, SUNDAY, time())
STEADY = [
    ("bias alone", ZoneRules(-60), 3600),
    ("all zero", ZoneRules(0, NEVER, NEVER), 0),
    ("all zero but for the bias", ZoneRules(480, NEVER, NEVER), -28_800),
    ("bias of a change that never comes", ZoneRules(480, Change(-60, 0, 0, None, time()), NEVER), -28_800),
    ("equal changes", ZoneRules(-60, Change(0, 3, 5, SUNDAY, time(2)), Change(-60, 3, 5, SUNDAY, time(2))), 3600),
    ("nonsense of no consequence", ZoneRules(0, Change(0, 3, 1, SUNDAY, time()), Change(0, 10, 5, SUNDAY, time())), 0),
    (
        "months that do not exist",
        ZoneRules(0, Change(0, 13, 9, None, time(), 77_777), Change(0, -4, -7, SUNDAY, time())),
        0,
    ),
    ("no daylight time", ZoneRules(-60, Change(-30, 10, 5, SUNDAY, time(3))), 5400),
    ("no standard time", ZoneRules(-60, None, Change(-60, 3, 5, SUNDAY, time(3))), 3600),
]


@pytest.mark.parametrize(("told", "offset"), [row[1:] for row in STEADY], ids=[row[0] for row in STEADY])
def test_rules_without_any_change(told: ZoneRules, offset: int) -> None:
    zone = RuleZone(told)
    assert {zone.offset_at(at) for at in range(1_767_225_600, 1_798_761_600, 86_400)} == {offset}
    assert zone.transitions(0, 2**32) == []
    assert datetime(2026, 7, 1, tzinfo=zone).dst() == timedelta()


def _offsets(told: ZoneRules, *days: str) -> list[int]:
    zone = RuleZone(told)
    return [zone.offset_at(int(datetime.fromisoformat(day + "+00:00").timestamp())) // 3600 for day in days]


def test_swapped_changes_are_the_other_hemisphere() -> None:
    swapped = ZoneRules(-60, Change(0, 3, 5, SUNDAY, time(3)), Change(-60, 10, 5, SUNDAY, time(2)))
    assert _offsets(swapped, "2026-01-01", "2026-07-01", "2026-12-01") == [2, 1, 2]
    assert _offsets(BERLIN, "2026-01-01", "2026-07-01", "2026-12-01") == [1, 2, 1]
    assert _offsets(SYDNEY, "2026-01-01", "2026-07-01", "2026-12-01") == [11, 10, 11]


def test_absolute_years_come_once() -> None:
    once = ZoneRules(0, Change(0, 10, 25, None, time(2), 2026), Change(-60, 3, 29, None, time(1), 2026))
    days = (
        "2020-07-01",
        "2026-03-29T00:59:59",
        "2026-03-29T01:00",
        "2026-10-25T00:59:59",
        "2026-10-25T01:00",
        "2030-07-01",
    )
    assert _offsets(once, *days) == [0, 0, 1, 1, 0, 0]


def test_a_day_of_the_month_every_year() -> None:
    told = ZoneRules(0, Change(0, 9, 31, None, time()), Change(-60, 3, 21, None, time()))
    assert _offsets(told, "2026-03-20T23:59", "2026-03-21", "2027-09-29T22:59", "2027-09-29T23:00") == [0, 1, 1, 0]


@pytest.mark.parametrize(("order", "day"), [(1, 1), (4, 22), (5, 29), (-1, 29)])
def test_the_order_of_a_day(order: int, day: int) -> None:
    told = ZoneRules(0, Change(0, 12, 1, SUNDAY, time()), Change(-60, 3, order, SUNDAY, time(1)))
    (at,) = (at for at, offset in RuleZone(told).transitions(1_767_225_600, 1_780_000_000) if offset)
    assert datetime.fromtimestamp(at, UTC) == datetime(2026, 3, day, 1, tzinfo=UTC)


def test_the_fifth_of_four_is_the_last() -> None:
    told = ZoneRules(0, Change(0, 12, 1, SUNDAY, time()), Change(-60, 2, 5, SUNDAY, time(1)))
    assert RuleZone(told).transitions(1_767_225_600, 1_775_000_000)[0][0] == 1_771_722_000  # 22 February 2026


def test_a_year_of_zero_is_every_year() -> None:
    assert Change(0, 3, 5, SUNDAY, time(), 0) == Change(0, 3, -1, SUNDAY, time())


@pytest.mark.parametrize(
    ("bias", "standard", "daylight"),
    [
        (1440, None, None),
        (1400, Change(60, 10, 5, SUNDAY, time(3)), None),
        (0, Change(0, 13, 5, SUNDAY, time(3)), Change(-60, 3, 5, SUNDAY, time(2))),
        (0, Change(0, 10, 6, SUNDAY, time(3)), Change(-60, 3, 5, SUNDAY, time(2))),
        (0, Change(0, 10, 0, SUNDAY, time(3)), Change(-60, 3, 5, SUNDAY, time(2))),
        (0, Change(0, 10, 32, None, time(3)), Change(-60, 3, 5, SUNDAY, time(2))),
        (0, Change(0, 10, 5, SUNDAY, time(3), 10_000), Change(-60, 3, 5, SUNDAY, time(2))),
    ],
)
def test_nonsense_that_matters_is_refused(bias: int, standard: Change | None, daylight: Change | None) -> None:
    with pytest.raises(ValueError, match=r"offset|names no day"):
        ZoneRules(bias, standard, daylight)


def test_the_ends_of_time() -> None:
    zone = RuleZone(BERLIN)
    assert datetime.min.replace(tzinfo=zone).utcoffset() == timedelta(hours=1)
    assert datetime.max.replace(tzinfo=zone).utcoffset() == timedelta(hours=1)
    with pytest.raises(ValueError, match="out of range"):
        rules_of(ZoneInfo("Europe/Berlin"), 9999)


def test_names() -> None:
    assert datetime(2026, 7, 1, tzinfo=RuleZone(BERLIN)).tzname() == "UTC+02:00"
    assert [RuleZone(BERLIN).utcoffset(None), RuleZone(BERLIN).dst(None), RuleZone(BERLIN).tzname(None)] == [None] * 3
    assert RuleZone(BERLIN) != BERLIN


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "+00:00"), (3600, "+01:00"), (-12_600, "-03:30"), (20_700, "+05:45"), (-30, "+00:00")]
)
def test_offset_text(seconds: int, text: str) -> None:
    assert offset_text(seconds) == text
