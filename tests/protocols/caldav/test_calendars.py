"""A person's calendars: lists are kept for a while, working hours read, and a zone of the settings used."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.calendars import ask_calendars, known_site
from protocols.caldav.listing import Calendar
from protocols.caldav.people import Person
from protocols.caldav.server import Manner, Server
from protocols.caldav.told import Told
from protocols.errors import PeerError
from protocols.model.freebusy import Reason, Weekday
from protocols.model.intervals import EMPTY
from tests.protocols.caldav.dav_samples import (
    BASE,
    CALENDAR,
    NOW,
    WINDOW,
    Dav,
    error,
    home,
    mailbox,
    multistatus,
    propstat,
    resource,
    site,
    vcalendar,
)
from tests.protocols.scripted import run

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = vcalendar("""BEGIN:VAVAILABILITY
UID:1
DTSTAMP:20261101T000000Z
BEGIN:AVAILABLE
UID:2
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20260105T090000
DTEND;TZID=Europe/Berlin:20260105T170000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU
END:AVAILABLE
END:VAVAILABILITY""")
HOME = "PROPFIND /cal/ann/"


def asked(
    dav: Dav, known: Server, *, whole: bool = False, failure: PeerError | None = None, later: float = 0
) -> tuple[Told, list[Calendar]]:
    seen: list[Calendar] = []

    async def one(calendar: Calendar, _: Person) -> Told:
        seen.append(calendar)
        if failure is not None:
            raise failure
        return Told(intervals=EMPTY)

    now = NOW + timedelta(minutes=later)
    return run(ask_calendars(dav, known, mailbox(), WINDOW, one, whole=whole, as_of=now)), seen


def server() -> Server:
    return Server(Manner(url=BASE, home="/cal/{local}/", zone=BERLIN))


def test_the_list_is_kept_for_a_minute() -> None:
    known, dav = server(), Dav({HOME: [home("ann", "work"), home("ann", "work", "own")]})
    assert [len(asked(dav, known, later=minutes)[1]) for minutes in (0, 0.9, 1, 1.5)] == [1, 1, 2, 2]
    assert dav.asked == [HOME, HOME]


def test_the_zone_of_the_settings_is_for_calendars_without_one() -> None:
    other = "<C:calendar-timezone-id>Asia/Tokyo</C:calendar-timezone-id>"
    listed = multistatus(
        resource("/cal/ann/a/", propstat(CALENDAR)), resource("/cal/ann/b/", propstat(CALENDAR + other))
    )
    _, seen = asked(Dav({HOME: listed}), server())
    assert [each.zone for each in seen] == [BERLIN, ZoneInfo("Asia/Tokyo")]


@pytest.mark.parametrize(("hours", "days"), [(HOURS, {Weekday.MONDAY, Weekday.TUESDAY}), ("rubbish", None)])
def test_working_hours(hours: str, days: set[Weekday] | None) -> None:
    inbox = resource("/cal/ann/in/", propstat(f"<C:calendar-availability>{hours}</C:calendar-availability>"))
    told, _ = asked(Dav({HOME: multistatus(resource("/cal/ann/a/", propstat(CALENDAR)), inbox)}), server())
    assert told.unknown == ()
    if days is None:
        assert told.hours is None
    else:
        assert told.hours is not None
        assert {day for period in told.hours.periods for day in period.days} == days


def test_with_whole_one_calendar_s_failure_is_everybody_s() -> None:
    dav = Dav({HOME: home("ann", "work")})
    with pytest.raises(PeerError) as raised:
        asked(dav, server(), whole=True, failure=PeerError(Reason.NO_ACCESS))
    assert raised.value.reason is Reason.NO_ACCESS


def test_a_calendar_that_is_listed_and_gone_says_nothing_of_the_person() -> None:
    with pytest.raises(PeerError) as raised:
        asked(Dav({HOME: home("ann", "work")}), server(), failure=PeerError(Reason.NO_SUCH_MAILBOX))
    assert raised.value.reason is Reason.INCOMPLETE


def test_a_home_that_is_gone_is_a_person_that_is_gone() -> None:
    known = server()
    dav = Dav({HOME: [home("ann", "work"), error(404)]})
    asked(dav, known)
    with pytest.raises(PeerError) as raised:
        asked(dav, known, later=5)
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX


def test_our_own_account_is_looked_for_once_an_hour() -> None:
    known, dav = server(), Dav(site())
    for minutes in (0, 59, 60):
        run(known_site(dav, known, NOW + timedelta(minutes=minutes)))
    assert len(dav.asked) == 6
