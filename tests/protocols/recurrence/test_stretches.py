"""Rules counted out stretch by stretch: what is looked through is taken, and the seams show nowhere."""

from datetime import datetime
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr

from protocols.recurrence.budget import Budget, Share, TooManyError
from protocols.recurrence.stretches import walls

FIRST = datetime(2026, 11, 18, 9)  # noqa: DTZ001  # a Wednesday; a wall has no zone
FAR = datetime(2150, 1, 1)  # noqa: DTZ001


def parts(rule: str) -> dict[str, str]:
    return dict(part.split("=") for part in rule.split(";"))


def counted(rule: str, share: Share, *, low: datetime = FIRST, high: datetime = FAR) -> list[datetime]:
    said = parts(rule)
    found = walls(said, int(said.get("INTERVAL", 1)), FIRST, low, high, share)
    return [at for at in takewhile(lambda at: at <= high, found) if at >= low]


def plenty() -> Share:
    return Budget(10**7, 10**7).share()


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=9;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SA,SU;BYHOUR=5,23",
        "FREQ=WEEKLY;INTERVAL=3;WKST=TH",
        "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;INTERVAL=7",
        "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO",
        "FREQ=YEARLY;BYYEARDAY=-1,366",
        "FREQ=YEARLY;INTERVAL=3",
    ],
)
def test_no_seam_shows_in_more_than_a_century(rule: str) -> None:
    expected = list(takewhile(lambda at: at <= FAR, rrulestr(rule, dtstart=FIRST)))
    assert counted(rule, plenty()) == expected
    late = datetime(2101, 6, 1)  # noqa: DTZ001  # behind the year that should have a leap day and has none
    assert counted(rule, plenty(), low=late) == [at for at in expected if at >= late]


def test_the_last_of_all_years_is_one_too() -> None:
    low, high = datetime(9997, 1, 1), datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001
    assert [at.year for at in counted("FREQ=YEARLY", plenty(), low=low, high=high)] == [9997, 9998, 9999]
    assert counted("FREQ=WEEKLY;BYDAY=SA,SU", plenty(), low=low, high=high)[-1].year == 9999


def test_what_comes_by_the_hour_knows_weeks_alone() -> None:
    high = datetime(2026, 11, 20)  # noqa: DTZ001
    assert len(counted("FREQ=HOURLY;INTERVAL=6", plenty(), high=high)) == 7
    assert counted("FREQ=HOURLY;INTERVAL=168;BYDAY=SA", plenty(), high=high) == []
    with pytest.raises(TooManyError):
        counted("FREQ=HOURLY;BYMONTH=2", plenty(), high=high)


def test_looking_in_vain_takes_steps() -> None:
    share = plenty()
    assert counted("FREQ=DAILY;BYDAY=MO;BYSETPOS=2", share) == []
    days = (FAR - FIRST).days
    assert days <= 10**7 - share.left <= 2 * days + 28 * 366
    with pytest.raises(TooManyError):
        counted("FREQ=DAILY;BYDAY=MO;BYSETPOS=2", Budget(20_000, 20_000).share())


def test_a_rule_that_is_dense_takes_little() -> None:
    share = plenty()
    assert len(counted("FREQ=DAILY", share)) == (FAR - FIRST).days + 1
    assert 10**7 - share.left < 100  # whoever asks counts what comes


def test_what_would_look_too_long_at_each_day_is_not_begun() -> None:
    places = ",".join(map(str, range(1, 101)))
    with pytest.raises(TooManyError):
        counted(f"FREQ=DAILY;BYSETPOS={places}", plenty())
