"""Wall clock to UTC and back, across both changes of the clocks, in zones of every kind."""

from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.zones.rules import Change, RuleZone, ZoneRules, rules_of
from protocols.zones.transitions import transitions
from protocols.zones.wall import WallClock, to_utc, wall_clock

NAMES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/St_Johns",
    "Pacific/Apia",
]
BERLIN = ZoneInfo("Europe/Berlin")
ZONES: list[tzinfo] = [UTC, timezone(timedelta(hours=-3, minutes=-30)), *map(ZoneInfo, NAMES)]
ZONES += [RuleZone(rules_of(ZoneInfo(name), 2026)) for name in NAMES]
LOW, HIGH = 1_767_312_000, 1_798_675_200  # 2 January to 31 December 2026
EDGES = sorted(
    {
        at + d
        for name in NAMES
        for at, _ in transitions(ZoneInfo(name), LOW, HIGH)
        for d in (-7200, -1801, -1, 0, 1, 3600)
    }
)
instants = st.integers(LOW, HIGH) | st.sampled_from(EDGES)


@given(st.sampled_from(ZONES), instants)
def test_what_the_clock_writes_is_the_zone_s_own_time(zone: tzinfo, instant: int) -> None:
    local = datetime.fromtimestamp(instant, zone)
    assert wall_clock(zone).naive(instant) == local.replace(tzinfo=None, fold=0).isoformat()
    assert wall_clock(zone).offset(instant) == local.isoformat()


def _read_back(text: str, zone: tzinfo) -> datetime:
    written = datetime.fromisoformat(text)
    return written.astimezone(UTC) if written.tzinfo else to_utc(written, zone)


@given(st.sampled_from(ZONES), instants)
def test_who_takes_the_first_of_two_times_still_reads_every_instant(zone: tzinfo, instant: int) -> None:
    clock, utc = wall_clock(zone), datetime.fromtimestamp(instant, UTC)
    again = to_utc(datetime.fromisoformat(clock.naive(instant)), zone) != utc
    assert clock.unmistakable(instant) == (clock.offset(instant) if again else clock.naive(instant))
    assert _read_back(clock.unmistakable(instant), zone) == utc


@pytest.mark.parametrize("zone", [BERLIN, RuleZone(rules_of(BERLIN, 2026))], ids=["zoneinfo", "rules"])
@pytest.mark.parametrize(
    ("utc", "text"),
    [
        ("2026-10-25T00:59:59", "2026-10-25T02:59:59"),
        ("2026-10-25T01:00:00", "2026-10-25T02:00:00+01:00"),
        ("2026-10-25T01:59:59", "2026-10-25T02:59:59+01:00"),
        ("2026-10-25T02:00:00", "2026-10-25T03:00:00"),
        ("2026-03-29T01:00:00", "2026-03-29T03:00:00"),
    ],
)
def test_only_what_comes_for_the_second_time_says_its_offset(zone: tzinfo, utc: str, text: str) -> None:
    assert WallClock(zone).unmistakable(int(datetime.fromisoformat(utc + "+00:00").timestamp())) == text


def test_an_hour_that_came_before_a_block_of_the_clock_began_is_still_known() -> None:
    last = 53 << 25  # a block begins on 2026-04-26
    change = datetime.fromtimestamp(last, UTC) - timedelta(minutes=20)
    standard = Change(0, change.month, change.day, None, (change + timedelta(hours=1)).time(), change.year)
    zone = RuleZone(ZoneRules(0, standard, Change(-60, 1, 1, None, time(3), change.year)))
    for second in range(last - 3600, last + 7200, 300):
        assert _read_back(WallClock(zone).unmistakable(second), zone) == datetime.fromtimestamp(second, UTC)


_CROOKED = st.builds(
    lambda biases, month, days, times: RuleZone(
        ZoneRules(
            60,
            Change(biases[0], month, days[0], None, times[0], 2026),
            Change(biases[1], month, days[1], None, times[1], 2026),
        )
    ),
    st.tuples(st.integers(-600, 600), st.integers(-600, 600)),
    st.integers(5, 6),
    st.tuples(st.integers(10, 11), st.integers(10, 11)),
    st.tuples(st.times(), st.times()).map(lambda pair: tuple(one.replace(microsecond=0) for one in pair)),
)


@given(_CROOKED, st.integers(1_777_593_600, 1_783_296_000))
def test_rules_that_no_country_has_confuse_nobody(zone: RuleZone, second: int) -> None:
    assert _read_back(WallClock(zone).unmistakable(second), zone) == datetime.fromtimestamp(second, UTC)


@given(st.sampled_from(ZONES), instants)
def test_there_and_back(zone: tzinfo, instant: int) -> None:
    naive = datetime.fromisoformat(wall_clock(zone).naive(instant))
    utc = datetime.fromtimestamp(instant, UTC)
    first, last = to_utc(naive, zone), to_utc(naive, zone, latest=True)
    assert utc in {first, last}
    assert first <= last
    assert datetime.fromisoformat(wall_clock(zone).offset(instant)) == utc


@pytest.mark.parametrize("zone", [BERLIN, RuleZone(rules_of(BERLIN, 2026))], ids=["zoneinfo", "rules"])
@pytest.mark.parametrize(
    ("naive", "first", "last"),
    [
        ("2026-03-29T01:59", "2026-03-29T00:59", "2026-03-29T00:59"),
        ("2026-03-29T02:00", "2026-03-29T01:00", "2026-03-29T01:00"),  # skipped: forward by the gap
        ("2026-03-29T02:30", "2026-03-29T01:30", "2026-03-29T01:30"),
        ("2026-03-29T03:00", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("2026-10-25T01:59", "2026-10-24T23:59", "2026-10-24T23:59"),
        ("2026-10-25T02:00", "2026-10-25T00:00", "2026-10-25T01:00"),  # comes twice
        ("2026-10-25T02:59", "2026-10-25T00:59", "2026-10-25T01:59"),
        ("2026-10-25T03:00", "2026-10-25T02:00", "2026-10-25T02:00"),
    ],
)
def test_gap_and_fold(zone: tzinfo, naive: str, first: str, last: str) -> None:
    local = datetime.fromisoformat(naive)
    assert to_utc(local, zone) == to_utc(local.replace(fold=1), zone) == datetime.fromisoformat(first + "+00:00")
    assert to_utc(local, zone, latest=True) == datetime.fromisoformat(last + "+00:00")
    assert to_utc(local, zone).tzinfo is UTC


def test_a_day_that_samoa_never_had() -> None:
    assert to_utc(datetime.fromisoformat("2011-12-30T12:00"), ZoneInfo("Pacific/Apia")) == datetime(
        2011, 12, 30, 22, tzinfo=UTC
    )
    assert wall_clock(ZoneInfo("Pacific/Apia")).offset(1_325_239_199) == "2011-12-29T23:59:59-10:00"
    assert wall_clock(ZoneInfo("Pacific/Apia")).offset(1_325_239_200) == "2011-12-31T00:00:00+14:00"


def test_what_is_no_wall_clock_time() -> None:
    with pytest.raises(ValueError, match="wall clock"):
        to_utc(datetime(2026, 1, 1, tzinfo=UTC), BERLIN)
    for naive, zone in (("0001-01-01", ZoneInfo("Asia/Tokyo")), ("9999-12-31T23:59", ZoneInfo("America/Lima"))):
        with pytest.raises(ValueError, match="years"):
            to_utc(datetime.fromisoformat(naive), zone)


def test_an_offset_of_odd_seconds_still_names_the_instant() -> None:
    clock = WallClock(ZoneInfo("Africa/Monrovia"))
    assert clock.naive(86_400) == "1970-01-01T23:15:30"
    assert datetime.fromisoformat(clock.offset(86_400)) == datetime(1970, 1, 2, tzinfo=UTC)


def test_the_ends_of_time() -> None:
    clock = WallClock(UTC)
    assert clock.naive(-62_135_596_800) == "0001-01-01T00:00:00"
    assert clock.naive(253_402_300_799) == "9999-12-31T23:59:59"
    for second in (-62_135_596_801, 253_402_300_800, 2**62, -(2**62)):
        with pytest.raises(ValueError, match=r"year|ordinal"):
            clock.naive(second)


def test_clocks_are_shared_by_equal_zones() -> None:
    assert wall_clock(BERLIN) is wall_clock(ZoneInfo("Europe/Berlin"))
    assert wall_clock(RuleZone(ZoneRules(-60))) is wall_clock(RuleZone(ZoneRules(-60)))
    assert wall_clock(RuleZone(ZoneRules(-60))) is not wall_clock(RuleZone(ZoneRules(-61)))


def test_a_warm_clock_is_several_times_faster_than_the_standard_library() -> None:
    clock = wall_clock(BERLIN)
    seconds = range(LOW, LOW + 60 * 86_400, 1800)
    ours = min(repeat(lambda: [clock.unmistakable(s) for s in seconds], number=2, repeat=5))
    theirs = min(repeat(lambda: [datetime.fromtimestamp(s, BERLIN).isoformat() for s in seconds], number=2, repeat=5))
    assert ours * 2 < theirs
