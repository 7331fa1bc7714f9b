"""Events of one calendar read here: each that is not shown leaves doubt."""

from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.expand import ask_events
from protocols.caldav.listing import Calendar
from protocols.caldav.means import Means
from protocols.caldav.told import Bounds, Told
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Detail, Reason
from tests.protocols.caldav.dav_samples import (
    BASE,
    EVENT,
    LENT,
    NOW,
    PERIOD,
    WINDOW,
    blocks,
    error,
    failed,
    multistatus,
    propstat,
    resource,
    vcalendar,
)
from tests.protocols.scripted import Peer, run

URL = f"{BASE}/cal/ann/work/"


def event(data: str, name: str = "1") -> str:
    return resource(f"/cal/ann/work/{name}.ics", propstat(f"<C:calendar-data>{data}</C:calendar-data>"))


def told(response: HttpResponse, *, detail: Detail = Detail.BUSY, calendar: Calendar | None = None) -> Told:
    peer = Peer(response)
    asked = calendar or Calendar(URL, ZoneInfo("Europe/Berlin"))
    found = run(ask_events(peer, asked, WINDOW, detail=detail, owners=["ann@x.example"], **LENT, as_of=NOW))
    assert b'start="20261122T000000Z" end="20261201T000000Z"' in peer.requests[0].body, "a day more on either side"
    return found


def test_events() -> None:
    found = told(multistatus(event(vcalendar(EVENT))))
    assert (blocks(found.intervals), found.unknown, found.intervals.has_details) == ([PERIOD], (), False)
    detailed = told(multistatus(event(vcalendar(EVENT))), detail=Detail.DETAILS)
    assert [each.details.subject for each in detailed.intervals if each.details] == ["secret"]


def test_no_events_is_free() -> None:
    for response in (
        multistatus(),
        multistatus(resource("/cal/ann/work/", propstat("<D:getetag/>", "HTTP/1.1 404 No"))),
    ):
        found = told(response)
        assert (len(found.intervals), found.unknown) == (0, ())


def test_a_declined_meeting_takes_no_time() -> None:
    declined = EVENT.replace("SUMMARY", "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@x.example\nSUMMARY")
    assert len(told(multistatus(event(vcalendar(declined)))).intervals) == 0


def test_a_day_begins_in_the_zone_of_the_calendar() -> None:
    day = EVENT.replace("DTSTART:20261123T090000Z", "DTSTART;VALUE=DATE:20261124").replace(
        "DTEND:20261123T100000Z\n", ""
    )
    [(start, end, _)] = blocks(told(multistatus(event(vcalendar(day)))).intervals)
    assert (start.hour, end.hour) == (23, 23)
    unknown = told(multistatus(event(vcalendar(day))), calendar=Calendar(URL)).unknown
    assert unknown, "without any zone nobody knows when the day begins"


@pytest.mark.parametrize(
    "member",
    [
        failed("/cal/ann/work/2.ics", "HTTP/1.1 403 No"),
        failed("/cal/ann/work/2.ics", "HTTP/1.1 404 No"),
        resource("/cal/ann/work/2.ics", propstat("<C:calendar-data/>", "HTTP/1.1 403 No")),
        resource("/cal/ann/work/2.ics", propstat("<C:calendar-data/>", "HTTP/1.1 404 No")),
        event("", "2"),
    ],
)
def test_an_event_that_is_not_shown_leaves_doubt(member: str) -> None:
    found = told(multistatus(event(vcalendar(EVENT)), member))
    assert found.unknown == (WINDOW,)
    assert blocks(found.intervals) == [PERIOD]


def test_an_event_that_cannot_be_read_leaves_doubt() -> None:
    found = told(multistatus(event(vcalendar(EVENT)), event("rubbish", "2")))
    assert found.unknown == (WINDOW,)
    assert blocks(found.intervals) == [PERIOD]


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (error(403), Reason.NO_ACCESS),
        (error(507), Reason.TOO_MANY_ENTRIES),
        (multistatus(failed("/cal/ann/work/", "HTTP/1.1 507 Insufficient Storage")), Reason.TOO_MANY_ENTRIES),
        (multistatus(failed("https://evil.example/1.ics", "HTTP/1.1 200 OK")), Reason.GARBLED),
    ],
)
def test_no_answer(response: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        told(response)
    assert raised.value.reason is reason


def test_all_events_of_a_calendar_share_one_budget() -> None:
    daily = vcalendar(EVENT.replace("UID:1", "UID:1\nRRULE:FREQ=DAILY;COUNT=400").replace("20261123", "20260101"))
    budget = Bounds().budget()

    def asked(*events: str) -> Told:
        owners: tuple[str, ...] = ()
        return run(
            ask_events(
                Peer(multistatus(*events)),
                Calendar(URL),
                WINDOW,
                detail=Detail.BUSY,
                owners=owners,
                means=Means(),
                budget=budget,
                as_of=NOW,
            )
        )

    assert asked(event(daily)).unknown == ()
    budget = Bounds(steps=(Bounds().steps - budget.steps) * 3 // 2).budget()
    assert asked(event(daily), event(daily, "2")).unknown == (WINDOW,)


def test_a_calendar_that_only_tells_busy_times_is_not_asked() -> None:
    with pytest.raises(PeerError) as raised:
        run(ask_events(Peer(), Calendar(URL, readable=False), WINDOW, detail=Detail.BUSY, owners=(), **LENT, as_of=NOW))
    assert raised.value.reason is Reason.NO_ACCESS
