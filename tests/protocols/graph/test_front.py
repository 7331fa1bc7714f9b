"""getSchedule as a server reads it: every spelling of paths and names, both kinds of zones, and every refusal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from protocols.errors import Fault, RequestError
from protocols.graph import front, schedule
from protocols.model.freebusy import Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named

ANN, BOB = Mailbox.parse("ann@contoso.example"), Mailbox.parse("bob@contoso.example")
ASKED = {
    "schedules": ["ann@contoso.example"],
    "startTime": {"dateTime": "2026-11-23T00:00:00", "timeZone": "UTC"},
    "endTime": {"dateTime": "2026-11-30T00:00:00", "timeZone": "UTC"},
    "availabilityViewInterval": 30,
}
WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))


def asked(preferred: str | None = None, **more: Any) -> front.ScheduleRequest:
    """The request, with members replaced."""
    return front.decode(orjson.dumps(ASKED | more), preferred)


def at(text: str, zone: Any = "UTC") -> dict[str, Any]:
    """A dateTimeTimeZone."""
    return {"dateTime": text, "timeZone": zone}


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/me/calendar/getSchedule",
        "/beta/me/calendar/getSchedule",
        "/v1.0/me/calendar/microsoft.graph.getSchedule",
        "/v1.0/me/calendar/microsoft.graph.getSchedule()",
        "/V1.0/Users/ann@contoso.example/Calendar/GetSchedule/",
        "/v1.0/users/5d2f6a3e-8c1b-4f0e-9a77-0b6c5d4e3f21/calendar/getSchedule",
        "/v1.0/users('ann@contoso.example')/calendar/getSchedule",
        "/v1.0/users/ann@contoso.example/calendars/AAMkAGI=/microsoft.graph.getSchedule",
        "/beta/users('ann')/calendars('AAMk')/getschedule",
    ],
)
def test_the_paths_that_the_sdks_send(path: str) -> None:
    assert front.is_schedule(path)


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/me/calendar",
        "/v1.0/me/calendar/getScheduleX",
        "/v2.0/me/calendar/getSchedule",
        "/v1.0/users//calendar/getSchedule",
        "/v1.0/users/a/b/calendar/getSchedule",
        "/v1.0/me/events",
        "/x/v1.0/me/calendar/getSchedule",
    ],
)
def test_other_paths_are_not_ours(path: str) -> None:
    assert not front.is_schedule(path)


@pytest.mark.parametrize(
    ("values", "zone"),
    [
        ([], None),
        (['outlook.body-content-type="text"'], None),
        (['outlook.timezone="Pacific Standard Time"'], "Pacific Standard Time"),
        (["outlook.timezone=UTC"], "UTC"),
        (['odata.maxpagesize=5, Outlook.TimeZone = "Europe/Berlin", x=1'], "Europe/Berlin"),
        (["respond-async", 'outlook.timezone="UTC"', 'outlook.timezone="Asia/Kolkata"'], "UTC"),
        (['outlook.timezone=" Europe/Berlin "'], "Europe/Berlin"),
        (['outlook.timezone=""'], ""),
    ],
)
def test_the_zone_preferred(values: list[str], zone: str | None) -> None:
    assert front.preferred_zone(values) == zone


def test_a_request_in_the_shape_of_the_reference() -> None:
    request = asked(
        "W. Europe Standard Time",
        schedules=["Ann@contoso.example", "nobody", "bob@contoso.example", "Ann@contoso.example"],
        startTime=at("2026-11-23T09:00:00.0000000", "Pacific Standard Time"),
        endTime=at("2026-11-23T18:00:00", "America/Los_Angeles"),
        availabilityViewInterval=60,
    )
    assert request.schedules == ("Ann@contoso.example", "nobody", "bob@contoso.example", "Ann@contoso.example")
    assert request.mailboxes == (ANN, None, BOB, ANN)
    window = TimeWindow(datetime(2026, 11, 23, 17, tzinfo=UTC), datetime(2026, 11, 24, 2, tzinfo=UTC))
    assert request.question == Question(window=window, detail=Detail.DETAILS, interval=timedelta(hours=1))
    assert (request.zone, request.zone_name) == (zone_named("Europe/Berlin"), "W. Europe Standard Time")


def test_names_in_the_other_casing_mean_the_same() -> None:
    body = {
        "Schedules": ASKED["schedules"],
        "StartTime": {"DateTime": "2026-11-23T00:00:00", "TimeZone": "UTC"},
        "EndTime": {"dateTime": "2026-11-30T00:00:00", "timeZone": "UTC"},
        "AvailabilityViewInterval": 30,
    }
    assert front.decode(orjson.dumps(body)) == asked()
    assert asked().zone_name == "UTC"


@pytest.mark.parametrize("interval", [None, "left out"])
def test_an_interval_that_is_not_said_is_half_an_hour_or_the_window(interval: Any) -> None:
    body = {name: value for name, value in ASKED.items() if name != "availabilityViewInterval"}
    body |= {} if interval else {"availabilityViewInterval": None}
    assert front.decode(orjson.dumps(body)).question.interval == timedelta(minutes=30)
    short = body | {"endTime": at("2026-11-23T00:15:00")}
    assert front.decode(orjson.dumps(short)).question.interval == timedelta(minutes=15)


def test_the_window_is_rather_too_wide_where_the_clocks_go_back() -> None:
    berlin = "W. Europe Standard Time"
    request = asked(startTime=at("2026-10-25T02:30:00", berlin), endTime=at("2026-10-25T02:45:00.5", berlin))
    assert request.question.window == TimeWindow(
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 45, 1, tzinfo=UTC)
    )


def test_sixty_two_days_are_answered_also_in_the_week_the_clocks_go_back() -> None:
    request = asked(
        startTime=at("2026-10-01T00:00:00", "Europe/Berlin"), endTime=at("2026-12-02T00:00:00", "Europe/Berlin")
    )
    assert request.question.window.length == timedelta(days=62, hours=1)


OFFSET = " {0}.dateTime has an offset: write the time on the clock of {0}.timeZone, without one."


@pytest.mark.parametrize(
    ("body", "fault", "text"),
    [
        (b"", Fault.MALFORMED, ""),
        (b'{"schedules": [', Fault.MALFORMED, ""),
        (b"[]", Fault.SCHEMA, "the body"),
        (b'{"schedules": [], "Schedules": []}', Fault.SCHEMA, "the body"),
        ({"schedules": None}, Fault.MISSING_ARGUMENT, "schedules"),
        ({"schedules": "ann@contoso.example"}, Fault.SCHEMA, "schedules"),
        ({"schedules": [5]}, Fault.SCHEMA, "schedules"),
        ({"schedules": []}, Fault.NO_MAILBOXES, ""),
        ({"startTime": None}, Fault.MISSING_ARGUMENT, "startTime"),
        ({"endTime": "2026-11-23"}, Fault.SCHEMA, "endTime"),
        ({"startTime": at("soon")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-11-23")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-W47-1T00:00:00")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("20261123T000000")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-11-23 00:00:00")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-11-23T00:00:00,5")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-11-22T24:00:00")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-11-23T00:00:00\n")}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-11-23T00:00:00." + "0" * 99)}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": {"timeZone": "UTC"}}, Fault.SCHEMA, "startTime.dateTime"),
        ({"startTime": at("2026-11-23T00:00:00Z")}, Fault.INVALID_WINDOW, OFFSET.format("startTime")),
        ({"startTime": at("2026-11-23T00:00:00+01:00")}, Fault.INVALID_WINDOW, OFFSET.format("startTime")),
        ({"endTime": at("2026-11-24T00:00:00Z")}, Fault.INVALID_WINDOW, OFFSET.format("endTime")),
        ({"startTime": at("2026-12-23T00:00:00")}, Fault.INVALID_WINDOW, ""),
        ({"endTime": at("2026-11-23T00:00:00")}, Fault.INVALID_WINDOW, ""),
        ({"startTime": at("1960-01-01T00:00:00")}, Fault.INVALID_WINDOW, ""),
        ({"startTime": at("0001-01-01T00:00:00", "Asia/Tokyo")}, Fault.INVALID_WINDOW, ""),
        ({"endTime": at("9999-12-31T23:59:59", "America/New_York")}, Fault.INVALID_WINDOW, ""),
        ({"startTime": at("2026-11-23T00:00:00", "Mars")}, Fault.INVALID_TIME_ZONE, ""),
        ({"startTime": at("2026-11-23T00:00:00", None)}, Fault.INVALID_TIME_ZONE, ""),
        ({"availabilityViewInterval": 4}, Fault.INVALID_INTERVAL, ""),
        ({"availabilityViewInterval": 1441}, Fault.INVALID_INTERVAL, ""),
        ({"availabilityViewInterval": 60, "endTime": at("2026-11-23T00:30:00")}, Fault.INVALID_INTERVAL, ""),
        ({"availabilityViewInterval": "30"}, Fault.SCHEMA, "availabilityViewInterval"),
        ({"availabilityViewInterval": True}, Fault.SCHEMA, "availabilityViewInterval"),
    ],
)
def test_what_is_wrong_is_told_by_the_name_of_the_argument(body: Any, fault: Fault, text: str) -> None:
    with pytest.raises(RequestError) as wrong:
        front.decode(body if isinstance(body, bytes) else orjson.dumps(ASKED | body))
    assert (wrong.value.fault, wrong.value.text) == (fault, text)


@pytest.mark.parametrize("text", ["2026-11-23T00:00", "2026-11-23T00:00:00", "2026-11-23T00:00:00.0000000"])
def test_seconds_and_their_fractions_may_be_left_out(text: str) -> None:
    assert asked(startTime=at(text)).question == asked().question


def test_too_much_is_refused_with_the_figures_of_the_caller() -> None:
    with pytest.raises(RequestError, match="The allowed size = 100; the actual size = 101") as wrong:
        asked(schedules=["a@contoso.example"] * 101)
    assert wrong.value.fault is Fault.TOO_MANY_MAILBOXES
    assert len(asked(schedules=["a@contoso.example"] * 100).mailboxes) == 100
    with pytest.raises(RequestError, match="The allowed limit = 62 days; the actual limit = 63 days") as wrong:
        asked(endTime=at("2027-01-24T00:00:01"))
    assert wrong.value.fault is Fault.WINDOW_TOO_LONG


@pytest.mark.parametrize("preferred", ["", "Mars/Olympus", "x" * 10_000])
def test_a_zone_preferred_that_nobody_knows_is_refused(preferred: str) -> None:
    with pytest.raises(RequestError) as wrong:
        asked(preferred)
    assert wrong.value.fault is Fault.INVALID_TIME_ZONE


def test_our_own_clients_question_is_understood() -> None:
    origin = "https://graph.example"
    request = schedule.encode([ANN, BOB], WINDOW, anchor="ann@contoso.example", api_url=origin)
    assert front.is_schedule(request.url.removeprefix(origin).replace("%40", "@"))
    read = front.decode(request.body, front.preferred_zone([request.headers.get("Prefer", "")]))
    assert (read.mailboxes, read.question.window) == ((ANN, BOB), schedule.View.over(WINDOW).window)
