"""Recurrence rules: what dateutil counts out, and that no rule costs more than is allowed."""

from contextlib import suppress
from datetime import datetime
from itertools import islice
from time import perf_counter

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from protocols.recurrence.budget import Budget, TooManyError
from protocols.recurrence.counting import parts, starts, until

FIRST = datetime(2020, 1, 31, 9)  # noqa: DTZ001  # a wall has no zone
LOW, HIGH = datetime(2026, 11, 1), datetime(2026, 12, 1)  # noqa: DTZ001


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
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=" + ",".join(["1"] * 100_000),
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=" + ",".join(map(str, range(1, 53))),
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


@pytest.mark.parametrize("rule", NEVER)
def test_a_day_that_no_month_has_is_not_looked_for(rule: str) -> None:
    assert counted(rule, steps=200) == []


@pytest.mark.parametrize("rule", [*NEVER, "FREQ=DAILY;INTERVAL=7;BYDAY=SA"])
def test_a_rule_that_never_comes_ends(rule: str) -> None:
    begun = perf_counter()
    assert counted(rule) == []
    assert perf_counter() - begun < 2


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
