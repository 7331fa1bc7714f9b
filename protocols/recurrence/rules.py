"""Reads and writes RRULE (RFC 5545 3.3.10): between the text that systems exchange and the one form of the house."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from protocols.model.event import Days, When
from protocols.model.recurrence import Frequency, Nth, Recurrence, Weekday
from protocols.recurrence.clock import first_wall, zone_of
from protocols.recurrence.counting import parts
from protocols.recurrence.forms import normal
from protocols.zones.wall import to_utc

__all__ = ["normal", "read", "written"]

_MOST: Final = 100_000  # of an interval or a count: centuries of days
_BYDAY: Final = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,6}")
_UNTIL: Final = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_BY_THE_HOUR: Final = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_TIMES: Final[Mapping[str, Callable[[datetime], int]]] = {
    "BYHOUR": lambda wall: wall.hour,
    "BYMINUTE": lambda wall: wall.minute,
    "BYSECOND": lambda wall: wall.second,
}
_FURTHEST: Final = {"BYMONTHDAY": 31, "BYMONTH": 12, "BYSETPOS": 366, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYDAY": 53}
_OTHERS: Final = ("BYWEEKNO", "BYYEARDAY")
_IDLE: Final = {"RSCALE": "GREGORIAN", "SKIP": "OMIT"}  # RFC 7529: what they say is so without them
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *_FURTHEST, *_TIMES, *_IDLE})
_LAST_INSTANT: Final = "99991231T235959Z"


def read(text: str, when: When) -> Recurrence:
    """The rule that an RRULE's value says of a series whose first occurrence is ``when``, in the form of
    :func:`normal`. Letter case, spaces and empty parts around do not matter.

    Raises ValueError, in words to show, for what is out of specification, what comes by the hour or faster, and what
    ends before it begins. Source: RFC 5545 3.3.10, RFC 7529 4.
    """
    said = _said(text)
    frequency = said.get("FREQ", "")
    if frequency in _BY_THE_HOUR:
        raise ValueError("a rule that comes again by the hour or faster")
    if frequency not in Frequency.__members__:
        raise ValueError("a rule without a frequency that is known")
    _check_times(said, first_wall(when))
    _check_parts(said, frequency)
    rule = Recurrence(
        frequency=Frequency(frequency),
        interval=_positive(said.get("INTERVAL", "1"), "INTERVAL"),
        days=_days(said, frequency),
        month_days=_numbers(said, "BYMONTHDAY"),
        months=_numbers(said, "BYMONTH"),
        positions=_numbers(said, "BYSETPOS"),
        week_start=_week_start(said),
        count=_positive(said["COUNT"], "COUNT") if "COUNT" in said else None,
        until=_last_day(said["UNTIL"], when) if "UNTIL" in said else None,
        others=tuple((name, ",".join(map(str, _numbers(said, name)))) for name in _OTHERS if name in said),
    )
    if rule.until is not None and rule.until < first_wall(when).date():
        raise ValueError("a rule that ends before the series begins")
    return normal(rule, when)


def written(rule: Recurrence, when: When) -> str:
    """A rule as the value of RRULE. UNTIL is a date for days, else the instant (UTC, RFC 5545 3.3.10) at which an
    occurrence of that day begins. Raises ValueError for a zone that nobody knows."""
    said = [f"FREQ={rule.frequency.value}"]
    said += [f"INTERVAL={rule.interval}"] if rule.interval > 1 else []
    said += [f"{name}={value}" for name, value in rule.others]
    days = [f"{nth or ''}{day.name}" for nth, day in rule.days]
    lists = {"BYMONTH": rule.months, "BYMONTHDAY": rule.month_days, "BYDAY": days, "BYSETPOS": rule.positions}
    said += [f"{name}={','.join(map(str, values))}" for name, values in lists.items() if values]
    said += [f"WKST={rule.week_start.name}"] if rule.week_start is not Weekday.MO else []
    said += [f"COUNT={rule.count}"] if rule.count is not None else []
    said += [f"UNTIL={_until(rule.until, when)}"] if rule.until is not None else []
    return ";".join(said)


def _said(text: str) -> dict[str, str]:
    said = {name: value.replace(" ", "") for name, value in parts(";".join(filter(str.strip, text.split(";")))).items()}
    strange = sorted(name for name in said if name not in _KNOWN)
    if strange or any(said.get(name, usual) != usual for name, usual in _IDLE.items()):
        raise ValueError("a rule with parts that are not known")
    return said


def _check_times(said: Mapping[str, str], first: datetime) -> None:
    for name, shown in _TIMES.items():
        if name in said and _numbers(said, name, low=0, high=60) != (shown(first),):
            raise ValueError("a rule that comes again by the hour or faster")


def _check_parts(said: Mapping[str, str], frequency: str) -> None:
    """RFC 5545 3.3.10: which parts go with which frequency."""
    if "COUNT" in said and "UNTIL" in said:
        raise ValueError("a rule with both a COUNT and an UNTIL")
    if frequency != "YEARLY" and any(name in said for name in _OTHERS):
        raise ValueError("a rule by weeks or days of the year that does not come yearly")
    if frequency == "WEEKLY" and "BYMONTHDAY" in said:
        raise ValueError("a weekly rule by days of the month")


def _numbers(said: Mapping[str, str], name: str, *, low: int = 1, high: int = 0) -> tuple[int, ...]:
    texts = [text for text in said.get(name, "").split(",") if text]
    if name in said and not texts:
        raise ValueError(f"a {name} that says nothing")
    if any(_NUMBER.fullmatch(text) is None for text in texts):
        raise ValueError(f"a {name} that is no number")
    values = tuple(sorted({int(text) for text in texts}))
    lowest = 1 if name == "BYMONTH" else -_FURTHEST.get(name, 0)
    if any(not max(lowest, -366) <= value <= (high or _FURTHEST[name]) or abs(value) < low for value in values):
        raise ValueError(f"a {name} out of its bounds")
    return values


def _days(said: Mapping[str, str], frequency: str) -> tuple[Nth, ...]:
    found: set[Nth] = set()
    for text in filter(None, said.get("BYDAY", "").split(",")):
        match = _BYDAY.fullmatch(text)
        if match is None or (match[1] and not 0 < abs(int(match[1])) <= _FURTHEST["BYDAY"]):
            raise ValueError("a BYDAY that is no weekday")
        if match[1] and (frequency in ("DAILY", "WEEKLY") or "BYWEEKNO" in said):
            raise ValueError("a BYDAY that counts weekdays where there is nothing to count them in")
        found.add((int(match[1] or 0), Weekday[match[2]]))
    if "BYDAY" in said and not found:
        raise ValueError("a BYDAY that says nothing")
    return tuple(sorted(found))


def _week_start(said: Mapping[str, str]) -> Weekday:
    name = said.get("WKST", "MO")
    if name not in Weekday.__members__:
        raise ValueError("a WKST that is no weekday")
    return Weekday[name]


def _positive(text: str, name: str) -> int:
    if not text.isdecimal() or not text.isascii() or not 0 < int(text[:9]) < _MOST or len(text) > 9:
        raise ValueError(f"{'an' if name[0] == 'I' else 'a'} {name} out of its bounds")
    return int(text)


def _last_day(text: str, when: When) -> date:
    """The last day, by the clocks of the series, on which an occurrence may begin."""
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError("an UNTIL that is no time")
    try:
        if match[2] is None or isinstance(when, Days):
            return datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007  # a day has no zone
        wall = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007  # a wall has no zone
        zone = zone_of(when)
        last = wall.replace(tzinfo=UTC) if match[3] else to_utc(wall, zone, latest=True)
        day = last.astimezone(zone).date()
        return day if to_utc(datetime.combine(day, first_wall(when).time()), zone) <= last else day - timedelta(days=1)
    except (ValueError, OverflowError):
        raise ValueError("an UNTIL that is no time") from None


def _until(day: date, when: When) -> str:
    if isinstance(when, Days):
        return f"{day:%Y%m%d}".rjust(8, "0")
    try:
        last = to_utc(datetime.combine(day, first_wall(when).time()), zone_of(when))
    except ValueError:
        return _LAST_INSTANT
    return f"{last:%Y%m%dT%H%M%SZ}".rjust(16, "0")
