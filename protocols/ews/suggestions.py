"""SuggestionsResponse: the meeting times that suit, reckoned from the answers about those who are to come."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import reduce
from typing import Final

from protocols.ews.manner import Manner
from protocols.ews.query import AvailabilityRequest, Guest, SuggestionsAsked
from protocols.ews.suggestion_options import QUALITY_WORDS
from protocols.ews.tables import BEFORE_WORKING_ELSEWHERE, BUSY_TYPES
from protocols.model.freebusy import Answer, Availability, Reason, Unavailable, Weekday, WorkingHours, WorkingPeriod
from protocols.model.intervals import BusyStatus
from protocols.model.spans import Spans, in_both
from protocols.model.suggesting import UNKNOWN, Attendee, Quality, Role, Suggested, suggested
from protocols.model.window import TimeWindow
from protocols.zones.wall import WallClock, to_utc, wall_clock
from protocols.zones.working import working_spans

_OPEN: Final = (
    b'<m:SuggestionsResponse><m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
    b"</m:ResponseMessage><m:SuggestionDayResultArray>"
)
_CLOSE: Final = b"</m:SuggestionDayResultArray></m:SuggestionsResponse>"
_GRID: Final = 1800  # seconds: a meeting begins at the full or the half hour
_MOST_CONFLICTS: Final = 100_000  # 10 MB: as many as are asked for, but for many people over many days
_A_DAY: Final = timedelta(days=1)
_OFFICE: Final = (WorkingPeriod(frozenset(d for d in Weekday if d < Weekday.SATURDAY), 8 * 60, 17 * 60),)
_NEEDED: Final = frozenset({Role.ORGANIZER, Role.REQUIRED})


def _individual(word: str) -> bytes:
    tag = "IndividualAttendeeConflictData"
    return f"<t:{tag}><t:BusyType>{word}</t:BusyType></t:{tag}>".encode()


_NO_DATA: Final = _individual("NoData")
_NOBODY: Final = b"<t:UnknownAttendeeConflictData/>"
_STATUSES: Final = {int(status): _individual(word) for status, word in BUSY_TYPES.items()} | {UNKNOWN: _NO_DATA}
_OLD_STATUSES: Final = _STATUSES | {int(BusyStatus.WORKING_ELSEWHERE): _STATUSES[int(BusyStatus.FREE)]}

# What shares a code in the free/busy answer is alike here too: unknown and forbidden mailboxes are not told apart.
CONFLICTS: Final = {
    Reason.NO_SUCH_MAILBOX: _NOBODY,
    Reason.NO_ACCESS: _NOBODY,
    Reason.NO_CALENDAR: _NOBODY,
    Reason.NO_ROUTE: _NOBODY,
    Reason.FORBIDDEN: _NOBODY,
    Reason.INVALID_ADDRESS: _NOBODY,
    Reason.LOOP: _NO_DATA,
    Reason.TIMEOUT: _NO_DATA,
    Reason.THROTTLED: _NO_DATA,
    Reason.UNREACHABLE: _NO_DATA,
    Reason.UNAUTHORIZED: _NO_DATA,
    Reason.GARBLED: _NO_DATA,
    Reason.INCOMPLETE: _NO_DATA,
    Reason.PEER_FAILED: _NO_DATA,
    Reason.TOO_MANY_ENTRIES: _NO_DATA,
    Reason.WINDOW_TOO_LONG: _NO_DATA,
    Reason.TOO_MANY_MAILBOXES: _NO_DATA,
    Reason.GROUP_TOO_LARGE: b"<t:TooBigGroupAttendeeConflictData/>",
}
"""The conflict data of an attendee of whom nothing can be said."""


def encode(request: AvailabilityRequest, answers: Sequence[Answer], manner: Manner) -> bytes:
    """The SuggestionsResponse (prefixes ``m`` and ``t``): a result for each day of the window in the request's zone.

    ``answers`` are about the window of the suggestions, one per target in order. A suggested meeting lies wholly in the
    window. Working time is the organiser's where his hours are known, else what the required have in common, else
    Monday to Friday, 8 to 17 in the zone of the request. Raises ValueError where suggestions are not asked for, or the
    answers are not as many as the targets.
    """
    asked = request.suggestions
    if asked is None or len(answers) != len(asked.guests):
        raise ValueError("no suggestions are asked for, or not of these")
    attendees = [Attendee(a, g.role, g.must_be_free) for a, g in zip(answers, asked.guests, strict=True)]
    working = _working_time(asked.guests, answers, request.zone, asked.window)
    days = list(_days(asked, request.zone))
    most = min(asked.terms.most, max(_MOST_CONFLICTS // (len(days) * len(attendees)), 1))
    found = suggested([starts for _, starts in days], attendees, replace(asked.terms, most=most), working)
    known = _OLD_STATUSES if request.server_version in BEFORE_WORKING_ELSEWHERE else _STATUSES
    tables = [_conflicts(answer, known) for answer in answers]
    clock, parts = wall_clock(request.zone), [_OPEN]
    for (day, _), chosen in zip(days, found, strict=True):
        quality = min((each.quality for each in chosen), default=Quality.POOR)
        midnight = _midnight(day, request.zone)
        shown = clock.offset(round(midnight.timestamp())) if manner.offsets else f"{day.isoformat()}T00:00:00"
        parts.append(
            f"<t:SuggestionDayResult><t:Date>{shown}</t:Date><t:DayQuality>{QUALITY_WORDS[quality]}</t:DayQuality>"
            "<t:SuggestionArray>".encode()
        )
        for each in chosen:
            parts += _suggestion(each, tables, clock, manner)
        parts.append(b"</t:SuggestionArray></t:SuggestionDayResult>")
    return b"".join((*parts, _CLOSE))


def _days(asked: SuggestionsAsked, zone: tzinfo) -> Iterator[tuple[date, list[int]]]:
    """The days of the window with the times at which a meeting may begin on each.

    They are counted from the day's first instant in elapsed half hours: an hour that comes twice has four of them, and
    one that is skipped has none.
    """
    low, high = asked.window.seconds
    last = high - round(asked.terms.duration.total_seconds())
    day = asked.window.start.astimezone(zone).date()
    while (start := round(_midnight(day, zone).timestamp())) < high:
        end = round(_midnight(day + _A_DAY, zone).timestamp())
        yield day, [second for second in range(start, end, _GRID) if low <= second <= last]
        day += _A_DAY


def _midnight(day: date, zone: tzinfo) -> datetime:
    return to_utc(datetime.combine(day, time()), zone)


def _working_time(guests: Sequence[Guest], answers: Sequence[Answer], zone: tzinfo, window: TimeWindow) -> Spans:
    hours = [
        (guest.role, answer.working_hours)
        for guest, answer in zip(guests, answers, strict=True)
        if guest.role in _NEEDED and isinstance(answer, Availability) and answer.working_hours is not None
    ]
    decisive = [known for role, known in hours if role is Role.ORGANIZER] or [known for _, known in hours]
    decisive = decisive or [WorkingHours(zone, _OFFICE)]
    return reduce(in_both, (working_spans(known, *window.seconds) for known in dict.fromkeys(decisive)))


def _conflicts(answer: Answer, known: dict[int, bytes]) -> dict[int, bytes]:
    return {UNKNOWN: CONFLICTS[answer.reason]} if isinstance(answer, Unavailable) else known


def _suggestion(
    each: Suggested, tables: Sequence[dict[int, bytes]], clock: WallClock, manner: Manner
) -> Iterator[bytes]:
    at = clock.offset if manner.offsets else clock.unmistakable
    yield (
        f"<t:Suggestion><t:MeetingTime>{at(each.start)}</t:MeetingTime>"
        f"<t:IsWorkTime>{'true' if each.work_time else 'false'}</t:IsWorkTime>"
        f"<t:SuggestionQuality>{QUALITY_WORDS[each.quality]}</t:SuggestionQuality><t:AttendeeConflictDataArray>".encode()
    )
    yield from [table[status] for table, status in zip(tables, each.statuses, strict=True)]
    yield b"</t:AttendeeConflictDataArray></t:Suggestion>"
