"""SuggestionsResponse: held to the schema, in the zone of the request, on the days the clocks change too."""

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from protocols.ews.manner import EXCHANGE, Manner
from protocols.ews.query import AvailabilityRequest, Guest, SuggestionsAsked, Target, View
from protocols.ews.response import encode as encode_response
from protocols.ews.suggestions import CONFLICTS, encode
from protocols.ews.tables import CODES
from protocols.model.freebusy import Answer, Availability, Reason, Unavailable, Weekday, WorkingHours, WorkingPeriod
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.suggesting import Quality, Role, Terms
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import ANN, BERLIN, BOB, texts, valid

_EVERY = Terms(most=48, most_outside=48, at_least=Quality.POOR)


def _window(*days: int, month: int = 11) -> TimeWindow:
    """The days of 2026 in Berlin from the first up to the last, the last included."""
    start = datetime(2026, month, days[0], tzinfo=BERLIN)
    end = datetime(2026, month, days[-1], tzinfo=BERLIN) + timedelta(days=1)
    return TimeWindow(start.astimezone(UTC), end.astimezone(UTC))


def _answer(
    window: TimeWindow, *blocks: tuple[int, int, BusyStatus], hours: WorkingHours | None = None
) -> Availability:
    """Blocks between hours of the window."""
    packed = Intervals.pack(
        BusyInterval(
            TimeWindow(window.start + timedelta(hours=start), window.start + timedelta(hours=end)),
            status,
            EventDetails(subject="secret plan"),
        )
        for start, end, status in blocks
    )
    return Availability(
        mailbox=ANN, window=window, intervals=packed, working_hours=hours, source="here", as_of=window.start
    )


def _root(
    *answers: Answer,
    window: TimeWindow,
    terms: Terms = _EVERY,
    zone: tzinfo = BERLIN,
    version: str = "Exchange2016",
    manner: Manner = EXCHANGE,
    guests: tuple[Guest, ...] = (),
) -> etree._Element:
    request = AvailabilityRequest(
        targets=(Target("ann@contoso.example", ANN),) * len(answers),
        question=None,
        view=View.FREE_BUSY,
        zone=zone,
        server_version=version,
        suggestions=SuggestionsAsked(window=window, terms=terms, guests=guests or (Guest(),) * len(answers)),
    )
    return valid(encode_response(request, (), manner, suggested=encode(request, answers, manner)))


def test_a_result_for_each_day_even_where_there_is_none() -> None:
    window = _window(27, 29)  # Friday to Sunday
    root = _root(_answer(window), window=window, terms=Terms(most=2))
    assert texts(root, "Date") == ["2026-11-27T00:00:00", "2026-11-28T00:00:00", "2026-11-29T00:00:00"]
    assert texts(root, "DayQuality") == ["Excellent", "Poor", "Poor"]
    assert texts(root, "MeetingTime") == ["2026-11-27T08:00:00", "2026-11-27T08:30:00"]
    assert texts(root, "IsWorkTime") == ["true", "true"]
    assert len(list(root.iter("{*}SuggestionArray"))) == 3


def test_each_attendee_in_order_and_never_a_subject() -> None:
    window = _window(27)
    answers = (
        _answer(window, (0, 24, BusyStatus.OUT_OF_OFFICE)),
        Unavailable(mailbox=BOB, reason=Reason.NO_SUCH_MAILBOX),
        Unavailable(mailbox=BOB, reason=Reason.TIMEOUT),
        Unavailable(mailbox=BOB, reason=Reason.GROUP_TOO_LARGE),
        _answer(window, (0, 24, BusyStatus.WORKING_ELSEWHERE)),
    )
    root = _root(*answers, window=window, terms=Terms(most=1, at_least=Quality.POOR))
    (array,) = root.iter("{*}AttendeeConflictDataArray")
    assert [etree.QName(each).localname.removesuffix("AttendeeConflictData") for each in array] == [
        "Individual", "Unknown", "Individual", "TooBigGroup", "Individual",
    ]  # fmt: skip
    assert texts(root, "BusyType") == ["OOF", "NoData", "WorkingElsewhere"]
    assert texts(root, "SuggestionQuality") == ["Poor"]
    assert b"secret" not in etree.tostring(root)
    old = _root(*answers, window=window, terms=Terms(most=1, at_least=Quality.POOR), version="")
    assert texts(old, "BusyType") == ["OOF", "NoData", "Free"]


def test_every_reason_has_its_conflict_and_what_is_concealed_stays_so() -> None:
    assert set(CONFLICTS) == set(Reason)
    for code in set(CODES.values()):
        assert len({CONFLICTS[reason] for reason in Reason if CODES[reason] == code} - {CONFLICTS[Reason.TIMEOUT]}) <= 1
    concealed = {reason for reason in Reason if CODES[reason] == CODES[Reason.FORBIDDEN]}
    assert len({CONFLICTS[reason] for reason in concealed}) == 1


@pytest.mark.parametrize(("month", "day", "count"), [(3, 29, 45), (10, 25, 48), (11, 27, 47)])
def test_a_day_on_which_the_clocks_change(month: int, day: int, count: int) -> None:
    window = _window(day, month=month)
    root = _root(_answer(window), window=window)
    times = texts(root, "MeetingTime")
    assert len(times) == len(set(times)) == count, "an hour that comes twice is told apart by its offset"
    here = [datetime.fromisoformat(each) for each in times]
    instants = sorted(each if each.tzinfo else each.replace(tzinfo=BERLIN, fold=0) for each in here)
    assert all(each.astimezone(BERLIN).date().day == day for each in instants)
    steps = {b.timestamp() - a.timestamp() for a, b in pairwise(instants)}
    assert steps == {1800.0}


def test_times_with_offsets_where_the_caller_wants_them() -> None:
    window = _window(27)
    root = _root(_answer(window), window=window, terms=Terms(most=1), manner=Manner(offsets=True))
    assert texts(root, "MeetingTime") == ["2026-11-27T08:00:00+01:00"]
    assert texts(root, "Date") == ["2026-11-27T00:00:00+01:00"]


def test_a_window_within_a_day_and_a_meeting_that_fits_nowhere() -> None:
    window = TimeWindow(datetime(2026, 11, 27, 9, 10, tzinfo=UTC), datetime(2026, 11, 27, 10, 40, tzinfo=UTC))
    assert texts(_root(_answer(window), window=window, zone=UTC), "MeetingTime") == ["2026-11-27T09:30:00"]
    long = Terms(duration=timedelta(hours=2), most=48, most_outside=48)
    root = _root(_answer(window), window=window, zone=UTC, terms=long)
    assert (texts(root, "MeetingTime"), texts(root, "DayQuality")) == ([], ["Poor"])


def _hours(start: int, end: int, zone: tzinfo = BERLIN) -> WorkingHours:
    return WorkingHours(zone, (WorkingPeriod(frozenset(Weekday), start * 60, end * 60),))


def test_whose_working_time_counts() -> None:
    window = _window(28)  # a Saturday
    early, late = _answer(window, hours=_hours(6, 9)), _answer(window, hours=_hours(8, 12))
    organizer, required, optional = Guest(Role.ORGANIZER), Guest(), Guest(Role.OPTIONAL)

    def times(*guests: Guest) -> list[str]:
        root = _root(early, late, window=window, terms=Terms(most=48), guests=guests)
        return [text[11:16] for text in texts(root, "MeetingTime")]

    assert times(required, organizer) == [f"{hour:02}:{half}" for hour in range(8, 12) for half in ("00", "30")][:-1]
    assert times(required, required) == ["08:00"], "what they have in common"
    assert times(required, optional) == ["06:00", "06:30", "07:00", "07:30", "08:00"]
    assert times(optional, Guest(Role.ROOM)) == [], "nobody tells any: no working time on a Saturday"


def test_working_hours_of_another_zone_are_worked_there() -> None:
    window = _window(27)
    kolkata = ZoneInfo("Asia/Kolkata")
    root = _root(_answer(window, hours=_hours(10, 12, kolkata)), window=window, terms=Terms(most=48))
    assert texts(root, "MeetingTime") == ["2026-11-27T05:30:00", "2026-11-27T06:00:00", "2026-11-27T06:30:00"]


def test_answers_that_are_not_of_these_attendees_are_a_mistake() -> None:
    window = _window(27)
    with pytest.raises(ValueError, match="not of these"):
        _root(_answer(window), window=window, guests=(Guest(), Guest()))


def test_two_months_and_a_hundred_people_are_answered_whole() -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    window = TimeWindow(start, start + timedelta(days=62))
    blocks = [(hour, hour + 1, BusyStatus.BUSY) for hour in range(0, 62 * 24, 5)]
    root = _root(*[_answer(window, *blocks)] * 30, window=window, zone=UTC)
    assert len(texts(root, "Date")) == 62
    assert len(texts(root, "MeetingTime")) == 62 * 48 - 1
    root = _root(*[_answer(window, *blocks)] * 100, window=window, zone=UTC)
    assert len(texts(root, "MeetingTime")) == 62 * 16, "no answer grows beyond all bounds"
