"""Recurrence rules: what dateutil counts out, and that no rule costs more than is allowed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice, takewhile
from time import perf_counter
from types import FrameType

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.recurrence.budget import Budget, TooManyError
from protocols.recurrence.counting import numbered, parts, starts, until

FIRST = datetime(2020, 1, 31, 9)  # noqa: DTZ001  # a wall has no zone
LOW, HIGH = datetime(2026, 11, 1), datetime(2026, 12, 1)  # noqa: DTZ001


MOST_CALLS = 200_000
"""Of functions, Python's own among them, while a rule is counted out that may take 5,000 steps: those, and what one
stretch takes in which nothing comes."""
firsts = st.datetimes(datetime(1985, 1, 1), datetime(2105, 1, 1)).map(  # noqa: DTZ001
    lambda first: first.replace(minute=0, second=0, microsecond=0)
)


@contextmanager
def calls() -> Iterator[list[int]]:
    """How many functions were called within, as its only element."""
    made = [0]

    def call(_frame: FrameType, event: str, _of: object) -> None:
        made[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(call)
    try:
        yield made
    finally:
        sys.setprofile(before)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules of which many come rarely or never."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    nth = ["", "", "", "1", "2", "5", "6", "-1", "-5"] if frequency in ("MONTHLY", "YEARLY") else [""]
    lists: dict[str, list[int] | list[str]] = {
        "BYDAY": [f"{place}{day}" for place in nth for day in ("MO", "WE", "SU")],
        "BYMONTH": [1, 2, 4, 12],
        "BYMONTHDAY": [1, 13, 28, 29, 30, 31, -1, -31],
        "BYYEARDAY": [1, 60, 366, -1, -366],
        "BYWEEKNO": [1, 20, 52, 53, -1, -53],
        "BYSETPOS": [1, 2, 5, 6, 54, -1],
        "BYHOUR": [0, 9, 23],
    }
    text = f"FREQ={frequency};INTERVAL={draw(st.sampled_from([1, 1, 2, 3, 7, 12, 400, 99_999]))}"
    for name in draw(st.lists(st.sampled_from(sorted(lists)), max_size=3, unique=True)):
        values = draw(st.lists(st.sampled_from([*map(str, lists[name])]), min_size=1, max_size=3, unique=True))
        text += f";{name}={','.join(values)}"
    return text + draw(st.sampled_from(["", ";WKST=SU", ";WKST=TH"]))


def counted(rule: str, first: datetime = FIRST, *, steps: int = 100_000) -> list[datetime]:
    return list(starts(rule, first, LOW, HIGH, Budget(steps, steps)))


@given(
    st.builds(
        "FREQ={};INTERVAL={}{}".format,
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
        st.integers(1, 5),
        st.sampled_from(
            ["", ";BYDAY=MO,WE", ";BYMONTH=11", ";BYMONTHDAY=-1", ";BYMONTHDAY=31", ";COUNT=200", ";WKST=SU;BYDAY=SU"]
        ),
    ),
    st.datetimes(datetime(2019, 1, 1), datetime(2026, 11, 30)),  # noqa: DTZ001
)
def test_it_counts_as_dateutil_does(rule: str, first: datetime) -> None:
    first = first.replace(microsecond=0)
    assert counted(rule, first, steps=10**6) == rrulestr(rule, dtstart=first).between(LOW, HIGH, inc=True)


def test_every_hour_is_counted_from_where_it_matters() -> None:
    assert len(counted("FREQ=HOURLY", datetime(1990, 1, 1), steps=2000)) == 721  # noqa: DTZ001


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;COUNT=2000000000",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY",
        "FREQ=MINUTELY;BYSETPOS=1;BYHOUR=1",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
        "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3",
        "FREQ=SECONDLY;INTERVAL=7;BYHOUR=9;BYMINUTE=0;BYSECOND=0;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=" + ",".join(["1"] * 100_000),
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=" + ",".join(map(str, [*range(1, 367), *range(-34, 0)])),
        "FREQ=DAILY;BYSETPOS=" + ",".join(map(str, range(1, 401))),
        "FREQ=YEARLY;BYSETPOS=" + ",".join(map(str, range(-366, 367))),
        "FREQ=WEEKLY;COUNT=1;BYHOUR="
        + ",".join(map(str, range(24)))
        + "".join(f";{name}=" + ",".join(map(str, range(60))) for name in ("BYMINUTE", "BYSECOND")),
    ],
)
def test_a_bomb_is_refused_in_time(rule: str) -> None:
    begun = perf_counter()
    with pytest.raises(TooManyError):
        counted(rule, steps=5000)
    assert perf_counter() - begun < 2


NEVER = (
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31,-31",
)
IN_VAIN = (  # what no calendar shows, though each part by itself is a thing that comes
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3;BYMONTH=1",
    "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
    "FREQ=DAILY;INTERVAL=14;BYDAY=SA",
    "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
    "FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=1",
    "FREQ=YEARLY;BYDAY=MO;BYSETPOS=54",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=HOURLY;INTERVAL=168;BYDAY=SA",
)


@pytest.mark.parametrize("rule", NEVER)
def test_a_day_that_no_month_has_is_not_looked_for(rule: str) -> None:
    assert counted(rule, steps=200) == []


@pytest.mark.parametrize("rule", [*NEVER, *IN_VAIN])
def test_a_rule_that_never_comes_ends(rule: str) -> None:
    with calls() as made:
        assert counted(rule, steps=5_000) == []
    assert made[0] < MOST_CALLS


@given(rules(), firsts, st.integers(-100, 15_000), st.integers(0, 12_000))
@settings(deadline=None, max_examples=60)
def test_no_rule_takes_more_than_its_steps(rule: str, first: datetime, after: int, length: int) -> None:
    low = first + timedelta(days=after)
    with calls() as made, suppress(TooManyError):
        list(starts(rule, first, low, low + timedelta(days=length), Budget(5_000, 5_000)))
    assert made[0] < MOST_CALLS


@given(
    rules(), firsts, st.integers(-100, 12_000), st.integers(0, 4_000), st.sampled_from(["", ";COUNT=3", ";COUNT=90"])
)
@settings(deadline=None, max_examples=60)
def test_stretches_are_seen_by_nobody(rule: str, first: datetime, after: int, length: int, count: str) -> None:
    """The same calendar seven and a half thousand years later, which dateutil counts out without help."""
    low = first + timedelta(days=after)
    high = low + timedelta(days=length)
    far = rrulestr(rule + count, dtstart=first.replace(year=first.year + 7600))
    each = ((place, at.replace(year=at.year - 7600)) for place, at in enumerate(far, 1))
    wanted = [(place, at) for place, at in takewhile(lambda one: one[1] <= high, each) if at >= low]
    with suppress(TooManyError):
        assert list(numbered(rule + count, first, low, high, Budget(10**6, 10**6))) == wanted
        assert list(starts(rule + count, first, low, high, Budget(10**6, 10**6))) == [at for _, at in wanted]


def test_easter_is_no_part_of_a_rule() -> None:
    with pytest.raises(ValueError, match="misshapen"):
        counted("FREQ=YEARLY;BYEASTER=0")


def test_a_budget_is_for_all_rules_together() -> None:
    budget = Budget(220, 40)  # reading a rule costs some
    assert len(list(starts("FREQ=DAILY", LOW, LOW, HIGH, budget))) == 31
    with pytest.raises(TooManyError):
        list(starts("FREQ=DAILY", LOW, LOW, HIGH, budget))


def test_values_that_come_again_are_one() -> None:
    rule = "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=" + ",".join(["1"] * 1500)
    assert counted(rule) == counted("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1")


def test_what_is_over_costs_next_to_nothing() -> None:
    budget = Budget(100, 100)
    assert list(starts("FREQ=DAILY;COUNT=1000000", FIRST, LOW, datetime(2026, 10, 1), budget)) == []  # noqa: DTZ001


def test_count_counts_from_the_beginning() -> None:
    assert len(counted("FREQ=DAILY;COUNT=10", datetime(2026, 10, 25))) == 3  # noqa: DTZ001
    assert counted("FREQ=DAILY;COUNT=0", LOW) == []


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "nonsense",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=SOMETIMES",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=99999999999",
        "FREQ=DAILY;COUNT=-5",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;BYHOUR=x",
        "FREQ=MONTHLY;BYMONTHDAY=",
        "RSCALE=CHINESE;FREQ=YEARLY",
        "FREQ=DAILY;DTSTART=20200101",
        "FREQ=YEARLY;BYWEEKNO=99999;BYDAY=99999MO",
    ],
)
def test_what_is_no_rule(rule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of dateutil's own, too
        _ = counted(rule), until(rule), parts(rule)


def test_until_in_its_three_forms() -> None:
    assert until("FREQ=DAILY;UNTIL=20261124T090000Z") == ("20261124T090000", True)
    assert until("FREQ=DAILY;UNTIL=20261124T090000") == ("20261124T090000", False)
    assert until("FREQ=DAILY;UNTIL=20261124") == ("20261124", False)
    assert until("FREQ=DAILY") == ("", False)
    with pytest.raises(ValueError, match="UNTIL"):
        until("FREQ=DAILY;UNTIL=soon")


@given(st.text(st.sampled_from("FREQDAILYWKNTVBYSPO=;,0123456789-MOTU"), max_size=60))
def test_any_text_ends_soon(text: str) -> None:
    begun = perf_counter()
    with suppress(ValueError):
        list(islice(starts(f"FREQ=DAILY;{text}", FIRST, LOW, HIGH, Budget(5000, 5000)), 10_000))
    assert perf_counter() - begun < 3
