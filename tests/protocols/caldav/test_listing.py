"""Which calendars count, in which zone, and what of a list leaves doubt."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.listing import Calendar, Listing, list_calendars
from protocols.caldav.people import Person
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.dav_samples import (
    BASE,
    CALENDAR,
    NOW,
    Dav,
    error,
    failed,
    home,
    multistatus,
    propstat,
    resource,
)
from tests.protocols.scripted import run

HOME = f"{BASE}/cal/ann/"
EVENTS = '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>'
TASKS = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>'
_DEFINED = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Ber\r\n lin\r\nEND:VTIMEZONE\r\n"
BERLIN = f"<C:calendar-timezone>{_DEFINED}</C:calendar-timezone>"
HOURS = "<C:calendar-availability>BEGIN:VCALENDAR</C:calendar-availability>"


def listed(*responses: str, inbox: str | None = None, **more: HttpResponse) -> Listing:
    dav = Dav({"PROPFIND /cal/ann/": multistatus(*responses), "PROPFIND /in/": more.get("inbox_answer", error(404))})
    return run(list_calendars(dav, Person((HOME,), inbox), NOW))


def urls(*responses: str) -> list[str]:
    return [each.url.removeprefix(HOME) for each in listed(*responses).calendars]


def test_what_counts() -> None:
    assert urls(
        resource("/cal/ann/", propstat("<D:resourcetype><D:collection/></D:resourcetype>")),
        resource("/cal/ann/work/", propstat(CALENDAR + EVENTS)),
        resource("/cal/ann/all/", propstat(CALENDAR)),
        resource("/cal/ann/tasks/", propstat(CALENDAR + TASKS)),
        resource(
            "/cal/ann/feasts/",
            propstat(CALENDAR + "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"),
        ),
        resource(
            "/cal/ann/opaque/",
            propstat(CALENDAR + "<C:schedule-calendar-transp><C:opaque/></C:schedule-calendar-transp>"),
        ),
        resource("/cal/ann/blank/", propstat(CALENDAR + "<C:schedule-calendar-transp/>")),
        resource("/cal/ann/inbox/", propstat("<D:resourcetype><D:collection/><C:schedule-inbox/></D:resourcetype>")),
        resource("/cal/ann/book/", propstat("", "HTTP/1.1 404 No")),
    ) == ["work/", "all/", "opaque/", "blank/"]


@pytest.mark.parametrize(
    ("properties", "zone"),
    [
        (BERLIN, ZoneInfo("Europe/Berlin")),
        ("<C:calendar-timezone-id>America/New_York</C:calendar-timezone-id>" + BERLIN, ZoneInfo("America/New_York")),
        ("<C:calendar-timezone>TZID:W. Europe Standard Time</C:calendar-timezone>", ZoneInfo("Europe/Berlin")),
        ("<C:calendar-timezone>TZID:UTC</C:calendar-timezone>", UTC),
        ("<C:calendar-timezone>TZID:Neverland</C:calendar-timezone>", None),
        ("", None),
    ],
)
def test_zones(properties: str, zone: object) -> None:
    [found] = listed(resource("/cal/ann/work/", propstat(CALENDAR + properties))).calendars
    assert found == Calendar(f"{HOME}work/", zone, readable=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("privileges", "readable"),
    [
        ("<D:privilege><C:read-free-busy/></D:privilege>", False),
        ("", False),
        ("<D:privilege><D:read/></D:privilege><D:privilege><C:read-free-busy/></D:privilege>", True),
        ("<D:privilege><D:all/></D:privilege>", True),
    ],
)
def test_calendars_that_only_tell_busy_times(privileges: str, readable: bool) -> None:
    held = f"<D:current-user-privilege-set>{privileges}</D:current-user-privilege-set>"
    [found] = listed(resource("/cal/ann/work/", propstat(CALENDAR + held))).calendars
    assert found.readable is readable


@pytest.mark.parametrize(
    ("member", "doubtful"),
    [
        (failed("/cal/ann/x/", "HTTP/1.1 403 No"), True),
        (failed("/cal/ann/x/", "HTTP/1.1 500 No"), True),
        (resource("/cal/ann/x/", propstat("<D:resourcetype/>", "HTTP/1.1 403 No")), True),
        (failed("/cal/ann/x/", "HTTP/1.1 404 No"), False),
        (resource("/cal/ann/x/", propstat("<C:calendar-timezone/>", "HTTP/1.1 403 No")), False),
    ],
)
def test_doubt(member: str, doubtful: bool) -> None:
    found = listed(resource("/cal/ann/work/", propstat(CALENDAR)), member)
    assert bool(found.doubt) is doubtful
    assert len(found.calendars) == 1


def test_a_transparency_that_is_withheld_counts_as_opaque() -> None:
    withheld = propstat("<C:schedule-calendar-transp/>", "HTTP/1.1 403 No")
    assert urls(resource("/cal/ann/work/", propstat(CALENDAR), withheld)) == ["work/"]


def test_nothing_but_transparent_calendars_is_an_empty_list() -> None:
    dav = Dav({"PROPFIND /cal/ann/": home("ann", "feasts!")})
    assert run(list_calendars(dav, Person((HOME,)), NOW)).calendars == ()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (multistatus(), Reason.NO_CALENDAR),
        (multistatus(resource("/cal/ann/", propstat("<D:resourcetype/>"))), Reason.NO_CALENDAR),
        (error(403), Reason.NO_ACCESS),
        (error(404), Reason.NO_SUCH_MAILBOX),
        (multistatus(*[resource(f"/cal/ann/{n}/", propstat(CALENDAR)) for n in range(101)]), Reason.INCOMPLETE),
    ],
)
def test_no_list(answer: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(list_calendars(Dav({"PROPFIND /cal/ann/": answer}), Person((HOME,)), NOW))
    assert raised.value.reason is reason


def test_several_homes() -> None:
    dav = Dav({"PROPFIND /cal/ann/": home("ann", "work"), "PROPFIND /cal/team/": home("team", "plan")})
    found = run(list_calendars(dav, Person((HOME, f"{BASE}/cal/team/")), NOW))
    assert [each.url for each in found.calendars] == [f"{HOME}work/", f"{BASE}/cal/team/plan/"]


def test_hours_of_the_inbox() -> None:
    work = resource("/cal/ann/work/", propstat(CALENDAR))
    assert listed(work).hours == b""
    assert listed(work, resource("/in/", propstat(HOURS)), inbox=f"{BASE}/in/").hours == b"BEGIN:VCALENDAR"
    apart = multistatus(resource("/in/", propstat(HOURS)))
    assert listed(work, inbox=f"{BASE}/in/", inbox_answer=apart).hours == b"BEGIN:VCALENDAR"
    assert listed(work, inbox=f"{BASE}/in/").hours == b"", "working hours that do not come are no failure"
