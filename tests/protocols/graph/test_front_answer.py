"""scheduleInformation as a server writes it: doubt is an error, details only where granted, and our client reads it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocols.graph import schedule
from protocols.graph.front import ScheduleRequest
from protocols.graph.front_answer import encode
from protocols.graph.hours import working_hours
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
from protocols.zones.names import zone_named
from protocols.zones.rules import Change, RuleZone, ZoneRules
from tests.protocols.graph.test_front import ANN, BOB, WINDOW

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONTEXT = "https://busy.example.com/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)"
QUESTION = Question(window=WINDOW, detail=Detail.DETAILS, interval=timedelta(minutes=30))
LOUD = EventDetails(subject="Merger talks", location="Boardroom 7", meeting=True)
WEEK = frozenset(list(Weekday)[:5])


def request(zone: str = "UTC", window: TimeWindow = WINDOW, *names: str) -> ScheduleRequest:
    """Who asks."""
    found = zone_named(zone)
    assert found is not None
    schedules = names or (ANN.asked,)
    return ScheduleRequest(
        schedules=schedules,
        mailboxes=tuple(map(Mailbox.parse, schedules)),
        question=Question(window=window, detail=Detail.DETAILS, interval=timedelta(minutes=30)),
        zone=found,
        zone_name=zone,
    )


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def busy(
    start: datetime, end: datetime, status: BusyStatus = BusyStatus.BUSY, details: EventDetails | None = None
) -> BusyInterval:
    """A block."""
    return BusyInterval(TimeWindow(start, end), status, details)


def known(*blocks: BusyInterval, detail: Detail = Detail.DETAILS, **more: Any) -> Availability:
    """What is known of Ann."""
    told: dict[str, Any] = {"mailbox": ANN, "window": WINDOW, "source": "script", "as_of": NOW, **more}
    return Availability(intervals=Intervals.pack(blocks), detail=detail, **told)


def told(asked: ScheduleRequest, *answers: Answer) -> list[dict[str, Any]]:
    """The schedules of the answer."""
    document = orjson.loads(encode(asked, answers, context=CONTEXT))
    assert document["@odata.context"] == CONTEXT
    return list(document["value"])


def test_a_schedule_in_the_shape_of_the_reference() -> None:
    answer = known(
        busy(at(23, 9), at(23, 10), BusyStatus.BUSY, LOUD),
        busy(at(23, 10), at(23, 11), BusyStatus.TENTATIVE, EventDetails(private=True)),
        working_hours=WorkingHours(ZoneInfo("Europe/Berlin"), (WorkingPeriod(WEEK, 480, 1020),)),
    )
    (schedule_told,) = told(request("Europe/Berlin"), answer)
    assert len(schedule_told.pop("availabilityView")) == 7 * 48
    zone = {"timeZone": "Europe/Berlin"}
    assert schedule_told == {
        "scheduleId": "ann@contoso.example",
        "scheduleItems": [
            {
                "isPrivate": False,
                "status": "busy",
                "subject": "Merger talks",
                "location": "Boardroom 7",
                "start": {"dateTime": "2026-11-23T10:00:00.0000000", **zone},
                "end": {"dateTime": "2026-11-23T11:00:00.0000000", **zone},
            },
            {
                "isPrivate": True,
                "status": "tentative",
                "start": {"dateTime": "2026-11-23T11:00:00.0000000", **zone},
                "end": {"dateTime": "2026-11-23T12:00:00.0000000", **zone},
            },
        ],
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "W. Europe Standard Time"},
        },
    }


def test_the_digits_of_the_view_and_the_words_of_the_items() -> None:
    answer = known(*(busy(at(23, int(status)), at(23, int(status) + 1), status) for status in BusyStatus))
    (schedule_told,) = told(request(), answer)
    words = [item["status"] for item in schedule_told["scheduleItems"]]
    assert words == ["free", "workingElsewhere", "tentative", "busy", "oof"]
    assert schedule_told["availabilityView"][:12] == "004411223300"


def test_who_is_granted_blocks_sees_no_detail_whatever_there_is() -> None:
    first, second = (
        encode(request(), [known(busy(at(23, 9), at(23, 10), details=details), detail=Detail.BUSY)], context=CONTEXT)
        for details in (LOUD, None)
    )
    assert first == second
    assert b"isPrivate" not in first
    with_details = encode(request(), [known(busy(at(23, 9), at(23, 10), details=LOUD))], context=CONTEXT)
    assert b"Merger" in with_details  # the test can fail


def test_items_are_whole_and_those_outside_the_window_are_left_out() -> None:
    wide = WINDOW.widen(timedelta(days=1), timedelta(days=1))
    answer = known(busy(at(22, 20), at(23, 2)), busy(at(22, 1), at(22, 2)), window=wide)
    (schedule_told,) = told(request(), answer)
    (item,) = schedule_told["scheduleItems"]
    assert item["start"]["dateTime"] == "2026-11-22T20:00:00.0000000"
    assert schedule_told["availabilityView"].startswith("22220")


@pytest.mark.parametrize("reason", Reason)
def test_what_is_not_known_is_an_error_without_any_view(reason: Reason) -> None:
    (schedule_told,) = told(request(), Unavailable(mailbox=ANN, reason=reason, detail="secret"))
    assert set(schedule_told) == {"scheduleId", "error"}
    assert set(schedule_told["error"]) == {"message", "responseCode"}
    assert "secret" not in str(schedule_told)


@pytest.mark.parametrize(
    "answer",
    [
        known(unknown=(TimeWindow(at(24, 0), at(24, 1)),)),
        known(window=TimeWindow(WINDOW.start, WINDOW.end - timedelta(seconds=1))),
    ],
)
def test_doubt_anywhere_in_the_window_is_an_error(answer: Availability) -> None:
    (schedule_told,) = told(request(), answer)
    assert schedule_told["error"]["responseCode"] == "ErrorFreeBusyGenerationFailed"
    assert "availabilityView" not in schedule_told


def test_order_and_duplicates_are_kept_and_ids_are_as_asked() -> None:
    names = ("BOB@contoso.example", "ann@contoso.example", "BOB@contoso.example")
    missing = Unavailable(mailbox=BOB, reason=Reason.NO_SUCH_MAILBOX)
    schedules = told(request("UTC", WINDOW, *names), missing, known(), missing)
    assert [each["scheduleId"] for each in schedules] == list(names)
    assert ["error" in each for each in schedules] == [True, False, True]
    with pytest.raises(ValueError, match="shorter"):
        encode(request(), [], context=CONTEXT)


def test_a_time_that_the_clock_shows_twice_is_told_in_utc() -> None:
    october = TimeWindow(datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    first, again = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    answer = known(busy(first, first + timedelta(minutes=10)), busy(first, again), window=october)
    (schedule_told,) = told(request("Europe/Berlin", october), answer)
    once, twice = schedule_told["scheduleItems"]
    assert once["end"] == {"dateTime": "2026-10-25T00:40:00.0000000", "timeZone": "UTC"}
    assert twice["start"] == {"dateTime": "2026-10-25T00:30:00.0000000", "timeZone": "UTC"}
    assert twice["end"] == {"dateTime": "2026-10-25T01:30:00.0000000", "timeZone": "UTC"}


LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
OWN = RuleZone(
    ZoneRules(
        300,
        Change(0, 11, 1, Weekday.SUNDAY, time(2)),
        Change(-60, 3, 2, Weekday.SUNDAY, time(2)),
    )
)
BIASED = RuleZone(
    ZoneRules(
        300,
        Change(30, 11, 1, Weekday.SUNDAY, time(2)),
        Change(-60, 3, 2, Weekday.SUNDAY, time(2)),
    )
)


@pytest.mark.parametrize("zone", [UTC, LORD_HOWE, OWN, BIASED, RuleZone(ZoneRules(-345)), ZoneInfo("Asia/Kolkata")])
def test_working_hours_are_read_back_with_the_same_clock(zone: Any) -> None:
    hours = WorkingHours(zone, (WorkingPeriod(WEEK, 0, 1440),))
    (schedule_told,) = told(request(), known(working_hours=hours))
    read = working_hours(schedule_told["workingHours"])
    assert read is not None
    assert read.periods == hours.periods
    for month in range(1, 13):
        moment = datetime(2026, month, 15, tzinfo=UTC)
        assert moment.astimezone(read.zone).utcoffset() == moment.astimezone(zone).utcoffset()


def test_several_periods_become_one_from_the_earliest_to_the_latest() -> None:
    friday = frozenset({Weekday.FRIDAY})
    periods = (WorkingPeriod(WEEK - friday, 540, 1020), WorkingPeriod(friday, 480, 780))
    (schedule_told,) = told(request(), known(working_hours=WorkingHours(UTC, periods)))
    hours = schedule_told["workingHours"]
    assert (hours["startTime"][:5], hours["endTime"][:5], len(hours["daysOfWeek"])) == ("08:00", "17:00", 5)


def _blocks() -> st.SearchStrategy[list[tuple[int, int, BusyStatus]]]:
    minute = st.integers(-600, 11_000)
    return st.lists(st.tuples(minute, st.integers(1, 900), st.sampled_from(BusyStatus)), max_size=8)


@settings(max_examples=60)
@example(blocks=[(540, 900, BusyStatus.WORKING_ELSEWHERE)], zone="Europe/Berlin")
@given(blocks=_blocks(), zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]))
def test_our_own_client_reads_back_the_same_blocks(blocks: list[tuple[int, int, BusyStatus]], zone: str) -> None:
    october = TimeWindow(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))
    minutes = [(october.start + timedelta(minutes=low), timedelta(minutes=length), s) for low, length, s in blocks]
    answer = known(*(busy(start, start + length, status) for start, length, status in minutes), window=october)
    document = orjson.loads(encode(request(zone, october), [answer], context=CONTEXT))
    (read,) = schedule.decode(document, [ANN], Question(window=october), source="script", as_of=NOW)
    assert isinstance(read, Availability)
    assert read.unknown == ()
    free = BusyStatus.FREE  # our client keeps no free blocks
    inside = answer.intervals.overlapping(october)
    assert list(read.intervals) == [each for each in inside if each.status is not free]
