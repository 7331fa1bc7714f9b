"""getSchedule, the answer: scheduleInformation as Graph gives it, an error where there is any doubt."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any, Final, TypeAlias

import orjson

from protocols.graph.front import ScheduleRequest
from protocols.graph.front_errors import failure
from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable, Weekday, WorkingHours
from protocols.model.intervals import DETAIL_FLAGS, BusyStatus, Intervals
from protocols.model.merging import merged
from protocols.model.window import TimeWindow
from protocols.zones.names import windows_name
from protocols.zones.rules import Change, rules_of
from protocols.zones.wall import WallClock, wall_clock

_Row: TypeAlias = tuple[int, int, int, str | None, str | None, int]  # start, end, status, subject, location, flags
_STATUSES: Final = {
    BusyStatus.FREE: "free",
    BusyStatus.WORKING_ELSEWHERE: "workingElsewhere",
    BusyStatus.TENTATIVE: "tentative",
    BusyStatus.BUSY: "busy",
    BusyStatus.OUT_OF_OFFICE: "oof",
}
_DIGITS_OF: Final = {  # resource page scheduleInformation
    BusyStatus.FREE: "0",
    BusyStatus.TENTATIVE: "1",
    BusyStatus.BUSY: "2",
    BusyStatus.OUT_OF_OFFICE: "3",
    BusyStatus.WORKING_ELSEWHERE: "4",
}
_WORDS: Final = {int(status): word for status, word in _STATUSES.items()}
_DIGITS: Final = bytes(ord(_DIGITS_OF[BusyStatus(n)]) if n < len(BusyStatus) else ord("2") for n in range(256))
_NAIVE: Final = len("2026-11-23T09:00:00")  # longer with an offset
_PUT_BACK: Final = (1800, 3600, 7200)  # seconds by which clocks are put back
_FRACTION: Final = ".0000000"
_PRIVATE: Final = 1 << DETAIL_FLAGS.index("private")
_INCOMPLETE: Final = failure(Reason.INCOMPLETE)


def encode(request: ScheduleRequest, answers: Sequence[Answer], *, context: str) -> bytes:
    """The whole answer: one scheduleInformation per schedule, in order. ``context`` is the ``@odata.context``.

    A schedule with any doubt in the window has an ``error`` and neither view nor items, so that no reader may take it
    for free. Items are whole, as those of Graph are. Raises ValueError where there are not as many ``answers``.
    """
    value = [_schedule(asked, answer, request) for asked, answer in zip(request.schedules, answers, strict=True)]
    return orjson.dumps({"@odata.context": context, "value": value})


def _schedule(asked: str, answer: Answer, request: ScheduleRequest) -> dict[str, Any]:
    if isinstance(answer, Unavailable):
        return {"scheduleId": asked, "error": failure(answer.reason)}
    window, interval = request.question.window, request.question.interval
    if interval is None or not _is_certain(answer, window):
        return {"scheduleId": asked, "error": _INCOMPLETE}
    shown = answer.intervals.overlapping(window)
    if answer.detail is Detail.BUSY:
        shown = shown.bare()
    information: dict[str, Any] = {
        "scheduleId": asked,
        "availabilityView": merged(shown, window, interval).translate(_DIGITS).decode("ascii"),
        "scheduleItems": [_item(row, request) for row in _rows(shown)],
    }
    if answer.working_hours is not None:
        information["workingHours"] = _working_hours(answer.working_hours, window.start.year)
    return information


def _is_certain(answer: Availability, window: TimeWindow) -> bool:
    return answer.window.covers(window) and not any(gap.overlaps(window) for gap in answer.unknown)


def _rows(intervals: Intervals) -> Iterator[_Row]:
    if not intervals.has_details:
        return ((*edges, None, None, -1) for edges in intervals.edges())
    return ((*edges, *told) for edges, told in zip(intervals.edges(), intervals.packed_details(), strict=True))


def _item(row: _Row, request: ScheduleRequest) -> dict[str, Any]:
    start, end, status, subject, location, flags = row
    item: dict[str, Any] = {"status": _WORDS[status]}
    if flags >= 0:
        private = bool(flags & _PRIVATE)
        item = {"isPrivate": private, **item}
        if subject is not None and not private:
            item["subject"] = subject
        if location is not None and not private:
            item["location"] = location
    item["start"], item["end"] = _times(start, end, request)
    return item


def _times(start: int, end: int, request: ScheduleRequest) -> tuple[dict[str, str], dict[str, str]]:
    """Both by the clock of the zone; in UTC where it shows one of them twice: some read the first, some the second."""
    clock, name = wall_clock(request.zone), request.zone_name
    if _is_shown_twice(clock, start) or _is_shown_twice(clock, end):
        clock, name = wall_clock(UTC), "UTC"
    first, last = clock.naive(start), clock.naive(end)
    return {"dateTime": first + _FRACTION, "timeZone": name}, {"dateTime": last + _FRACTION, "timeZone": name}


def _is_shown_twice(clock: WallClock, second: int) -> bool:
    shown = clock.unmistakable(second)
    return len(shown) > _NAIVE or any(clock.naive(second + back) == shown for back in _PUT_BACK)


@lru_cache(maxsize=4096)
def _working_hours(hours: WorkingHours, year: int) -> dict[str, Any]:
    """Graph has one period for all days: from the earliest beginning to the latest end. Not to be changed."""
    days = sorted({day for period in hours.periods for day in period.days})
    start, end = min(period.start for period in hours.periods), max(period.end for period in hours.periods)
    return {
        "daysOfWeek": [day.name.lower() for day in days],
        "startTime": _minutes(start),
        "endTime": _minutes(end),
        "timeZone": _zone(hours.zone, year),
    }


def _minutes(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}:00.0000000"  # the end of a day is 00:00


def _zone(zone: tzinfo, year: int) -> dict[str, Any]:
    name = windows_name(zone)
    if name is not None:
        return {"name": name}
    rules = rules_of(zone, year)
    custom: dict[str, Any] = {"@odata.type": "#microsoft.graph.customTimeZone", "name": "Customized Time Zone"}
    if not rules.changing or rules.standard is None or rules.daylight is None:
        return custom | {"bias": -rules.standard_offset // 60}
    # bias and daylightBias count as Windows does, UTC = local + bias, as in Graph's own answers
    own = rules.standard.bias  # which Graph has no place for
    return custom | {
        "bias": rules.bias + own,
        "standardOffset": _change(rules.standard),
        "daylightOffset": _change(rules.daylight) | {"daylightBias": rules.daylight.bias - own},
    }


def _change(change: Change) -> dict[str, Any]:
    weekday = Weekday.SUNDAY if change.weekday is None else change.weekday
    return {
        "time": f"{change.time:%H:%M:%S}.0000000",
        "dayOccurrence": change.day_order,
        "dayOfWeek": weekday.name.lower(),
        "month": change.month,
        "year": change.year or 0,
    }
