"""Tests of protocols/ews/calendar_reading.py."""

from datetime import UTC, date, datetime, timedelta

import pytest

from protocols.ews.calendar_reading import Appointment, Unreadable, instant, midnight, read, with_occurrences
from protocols.ews.calendar_shape import HALF, TOKEN
from protocols.ews.contact_paths import STAMP
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Response, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from protocols.zones.names import zone_named
from tests.protocols.ews.calendar_samples import BERLIN, DAYS, STAMPED, TIMES, WEEKLY, attendee, item

NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def _read(inside: str, zone: str = "UTC") -> Appointment:
    found = read(item(inside), zone=zone)
    assert isinstance(found, Appointment)
    return found


def _words(inside: str) -> str:
    found = read(item(inside))
    assert isinstance(found, Unreadable)
    return found.words


def test_everything_that_an_appointment_tells() -> None:
    found = _read(
        "<t:Subject> Two\n words </t:Subject><t:Sensitivity>Private</t:Sensitivity>"
        '<t:Body BodyType="Text">One\r\nTwo \r\n\r\n</t:Body>'
        "<t:Categories><t:String>Red</t:String><t:String>Blue</t:String><t:String>Red</t:String></t:Categories>"
        "<t:ReminderIsSet>true</t:ReminderIsSet><t:ReminderMinutesBeforeStart>15</t:ReminderMinutesBeforeStart>"
        f"{STAMPED.format(name=STAMP, value='busyline:hub/item')}{STAMPED.format(name=TOKEN, value='token')}"
        f"{STAMPED.format(name=HALF, value='half')}<t:LastModifiedTime>2026-11-02T08:00:00Z</t:LastModifiedTime>"
        f"<t:UID>uid@example.com</t:UID>{TIMES}<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>"
        f"<t:Location>Room</t:Location><t:IsCancelled>true</t:IsCancelled>{BERLIN}"
    )
    assert found.event == Event(
        when=Span(NINE, NINE + HOUR, "Europe/Berlin"),
        subject="Two words",
        location="Room",
        body="One\nTwo",
        shows=BusyStatus.OUT_OF_OFFICE,
        sensitivity=Sensitivity.PRIVATE,
        categories=("Blue", "Red"),
        reminder=timedelta(minutes=15),
        cancelled=True,
    )
    assert (found.key, found.version, found.uid) == ("k", "v", "uid@example.com")
    assert (found.stamp, found.token, found.half) == ("busyline:hub/item", "token", "half")
    assert found.changed_at == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert not found.others


def test_what_says_little_is_busy_and_normal() -> None:
    assert _read(TIMES).event == Event(when=Span(NINE, NINE + HOUR))
    assert _read(f"{TIMES}<t:LegacyFreeBusyStatus>NoData</t:LegacyFreeBusyStatus>").event.shows is BusyStatus.BUSY


def test_days_are_days_by_the_zone_of_whoever_entered_them() -> None:
    whole = Days(date(2026, 11, 9), date(2026, 11, 11))
    assert _read(f"{DAYS}{BERLIN}").event.when == whole
    assert _read(DAYS, zone="Europe/Berlin").event.when == whole
    tokyo = '<t:StartTimeZone Id="Tokyo Standard Time"/>'
    assert _read(f"{DAYS}{tokyo}", zone="Europe/Berlin").event.when == whole


def test_days_that_begin_at_nobodys_midnight_are_times() -> None:
    assert isinstance(_read(DAYS).event.when, Span)


def test_a_day_without_midnight_begins_after_the_gap() -> None:
    clock = zone_named("Africa/Cairo")
    assert clock is not None
    first = midnight(date(2026, 4, 24), clock)  # the clocks go on at midnight
    assert first.astimezone(clock).hour == 1
    inside = f"<t:Start>{first.isoformat()}</t:Start><t:End>{midnight(date(2026, 4, 25), clock).isoformat()}</t:End>"
    found = _read(f"{inside}<t:IsAllDayEvent>true</t:IsAllDayEvent>", zone="Africa/Cairo")
    assert found.event.when == Days(date(2026, 4, 24), date(2026, 4, 25))


def test_a_zone_that_nobody_knows_is_none_for_one_appointment_and_matters_for_a_series() -> None:
    strange = '<t:StartTimeZone Id="tzone://Microsoft/Custom"/>'
    assert _read(f"{TIMES}{strange}").event.when == Span(NINE, NINE + HOUR)
    assert "zone" in _words(f"{TIMES}{WEEKLY}{strange}")


def test_a_series_by_clocks_that_its_item_describes_has_the_zone_of_these() -> None:
    change = "<t:TimeOffset>PT{}H</t:TimeOffset><t:Month>{}</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    steps = "".join(
        f'<t:RecurringDayTransition><t:To Kind="Period">{name}</t:To>{change.format(hour, month)}'
        "<t:Occurrence>-1</t:Occurrence></t:RecurringDayTransition>"
        for name, hour, month in (("d", 2, 3), ("s", 3, 10))
    )
    described = (
        '<t:StartTimeZone Id="{}" Name=""><t:Periods><t:Period Bias="-PT1H" Name="Standard" Id="s"/>'
        '<t:Period Bias="-PT2H" Name="Daylight" Id="d"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">'
        f"{steps}</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition>"
        '<t:To Kind="Group">0</t:To></t:Transition></t:Transitions></t:StartTimeZone>'
    )
    for name in ("Customized Time Zone", "", "Mitteleuropäische Zeit"):
        found = _read(f"{TIMES}{WEEKLY}{described.format(name)}", zone="America/New_York").event.when
        assert isinstance(found, Span)
        assert found.zone == "Europe/Budapest"  # the first of those that Windows has with these clocks
        own = _read(f"{TIMES}{WEEKLY}{described.format(name)}", zone="Europe/Berlin").event.when
        assert isinstance(own, Span)
        assert own.zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        ("", "time"),
        ("<t:Start>never</t:Start><t:End>2026-11-09T10:00:00Z</t:End>", "time"),
        ("<t:Start>2026-11-09T10:00:00Z</t:Start><t:End>2026-11-09T09:00:00Z</t:End>", "ends before"),
        (f"{TIMES}<t:CalendarItemType>RecurringMaster</t:CalendarItemType>", "how"),
        (f"{TIMES}<t:Recurrence><t:DailyRegeneration/></t:Recurrence>", "not known"),
    ],
)
def test_what_cannot_be_read_says_why_and_nothing_else(inside: str, word: str) -> None:
    words = _words(f"<t:Subject>Secret</t:Subject>{inside}")
    assert word in words
    assert "Secret" not in words


def test_what_is_no_appointment_is_left_alone() -> None:
    assert isinstance(read(item(TIMES, element="Message")), Unreadable)


def test_long_texts_are_cut_and_named() -> None:
    found = _read(f'<t:Body BodyType="Text">{"x" * 40_000}</t:Body>{TIMES}')
    assert len(found.event.body) == 32_000
    assert found.cut == {"body"}


def test_a_body_of_html_is_read_as_text() -> None:
    html = "&lt;p&gt;One &amp;amp; two&lt;/p&gt;&lt;script&gt;no&lt;/script&gt;"
    assert _read(f'<t:Body BodyType="HTML">{html}</t:Body>{TIMES}').event.body == "One & two"


SERIES = (
    f"{TIMES}{WEEKLY.replace('</t:Recurrence>', '</t:Recurrence>')}"
    "<t:ModifiedOccurrences><t:Occurrence><t:ItemId Id='o' ChangeKey='1'/><t:Start>2026-11-17T13:00:00Z</t:Start>"
    "<t:End>2026-11-17T14:00:00Z</t:End><t:OriginalStart>2026-11-16T09:00:00Z</t:OriginalStart></t:Occurrence>"
    "</t:ModifiedOccurrences><t:DeletedOccurrences><t:DeletedOccurrence><t:Start>2026-11-23T09:00:00Z</t:Start>"
    f"</t:DeletedOccurrence></t:DeletedOccurrences>{BERLIN}"
)
MOVED = "<t:Start>2026-11-17T13:00:00Z</t:Start><t:End>2026-11-17T14:00:00Z</t:End>"


def test_a_series_with_what_was_cancelled_and_what_differs() -> None:
    found = _read(f"<t:ReminderIsSet>true</t:ReminderIsSet>{SERIES}")
    assert found.event.rule == Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),))
    assert found.event.exceptions == {NINE + 2 * WEEK: None}
    assert [(each.key, each.original) for each in found.moved] == [("o", NINE + WEEK)]
    told = item(f"<t:Subject>Other</t:Subject>{MOVED}", key="o")
    whole = with_occurrences(found, {"o": told})
    assert isinstance(whole, Appointment)
    assert whole.event.exceptions[NINE + WEEK] == Occurrence(
        when=Span(datetime(2026, 11, 17, 13, tzinfo=UTC), datetime(2026, 11, 17, 14, tzinfo=UTC), "Europe/Berlin"),
        subject="Other",
        reminder=NO_REMINDER,
    )


def test_a_long_text_of_an_occurrence_is_cut_and_named() -> None:
    told = item(f'<t:Body BodyType="Text">{"x" * 40_000}</t:Body>{MOVED}', key="o")
    whole = with_occurrences(_read(SERIES), {"o": told})
    assert isinstance(whole, Appointment)
    assert whole.cut_at == {NINE + WEEK}
    long = _read(f'<t:Body BodyType="Text">{"x" * 40_000}</t:Body>{SERIES}')
    alike = with_occurrences(long, {"o": told})
    assert isinstance(alike, Appointment)
    assert alike.cut_at == frozenset()


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ("Decline", Response.DECLINED),
        ("Tentative", Response.TENTATIVE),
        ("NoResponseReceived", Response.UNANSWERED),
        ("Accept", None),
        ("Unknown", None),
    ],
)
def test_one_occurrence_may_be_answered_otherwise(answer: str, response: Response | None) -> None:
    said = "<t:IsMeeting>true</t:IsMeeting><t:MyResponseType>{}</t:MyResponseType>"
    found = _read(said.format("Accept") + SERIES)
    at = "<t:Start>2026-11-16T09:00:00Z</t:Start><t:End>2026-11-16T10:00:00Z</t:End>"
    whole = with_occurrences(found, {"o": item(said.format(answer) + at, key="o")})
    assert isinstance(whole, Appointment)
    one = Occurrence(when=Span(NINE + WEEK, NINE + WEEK + HOUR, "Europe/Berlin"), response=response)
    assert whole.event.exceptions == {NINE + 2 * WEEK: None} | ({NINE + WEEK: one} if response else {})
    assert whole.event.meeting


def test_an_occurrence_that_its_organiser_called_off_is_cancelled() -> None:
    called_off = "<t:IsMeeting>true</t:IsMeeting><t:IsCancelled>true</t:IsCancelled>"
    whole = with_occurrences(_read(SERIES), {"o": item(called_off + MOVED, key="o")})
    assert isinstance(whole, Appointment)
    assert whole.event.exceptions == {NINE + WEEK: None, NINE + 2 * WEEK: None}
    assert whole.others


def test_an_occurrence_that_equals_its_series_is_no_exception() -> None:
    found = _read(SERIES)
    plain = item("<t:Start>2026-11-16T09:00:00Z</t:Start><t:End>2026-11-16T10:00:00Z</t:End>", key="o")
    for told in (plain, None):
        whole = with_occurrences(found, {"o": told})
        assert isinstance(whole, Appointment)
        assert whole.event.exceptions == {NINE + 2 * WEEK: None}


def test_an_occurrence_that_cannot_be_read_spoils_its_series_only() -> None:
    found = with_occurrences(_read(SERIES), {"o": item("<t:Start>x</t:Start>", key="o")})
    assert isinstance(found, Unreadable)
    assert found.key == "k"


def test_occurrences_of_days_are_named_by_days() -> None:
    deleted = (
        "<t:DeletedOccurrences><t:DeletedOccurrence><t:Start>2026-11-15T23:00:00Z</t:Start></t:DeletedOccurrence>"
        "</t:DeletedOccurrences>"
    )
    found = _read(f"{DAYS}{WEEKLY}{deleted}{BERLIN}")
    assert found.event.exceptions == {date(2026, 11, 16): None}
    assert found.clock == "Europe/Berlin"


def test_a_meeting_is_one_for_others() -> None:
    told = f"{TIMES}<t:RequiredAttendees>{attendee('guest@b.example')}</t:RequiredAttendees>"
    assert _read(told).others
    assert _read(told).event.meeting


def test_an_instant_without_a_zone_is_utcs() -> None:
    assert instant("2026-11-09T09:00:00") == instant("2026-11-09T10:00:00+01:00") == NINE
