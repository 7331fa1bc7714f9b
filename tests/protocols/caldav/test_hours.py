"""Working hours beside what an outbox tells: found once, kept, and never at the cost of busy time."""

from datetime import timedelta

import pytest

from protocols.caldav.ask import ask
from protocols.caldav.server import Manner, Server, Strategy
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Availability, Reason, Weekday
from tests.protocols.caldav.dav_samples import (
    BASE,
    BUSY,
    HOUR_BUSY,
    NOW,
    PERIOD,
    Dav,
    blocks,
    error,
    hrefs,
    mailbox,
    multistatus,
    principal,
    propstat,
    recipient,
    resource,
    schedule_response,
    site,
)
from tests.protocols.caldav.test_calendars import HOURS
from tests.protocols.scripted import html, run

OUTBOX, PRINCIPAL, INBOX = "POST /cal/busyline/outbox/", "PROPFIND /p/ann/", "PROPFIND /cal/ann/in/"
SUCCESS = schedule_response(recipient("ann", "2.0;Success", HOUR_BUSY))
ANN = multistatus(principal("ann", hrefs("C:schedule-inbox-URL", "/cal/ann/in/")))
AVAILABLE = multistatus(
    resource("/cal/ann/in/", propstat(f"<C:calendar-availability>{HOURS}</C:calendar-availability>"))
)


def server() -> Server:
    return Server(Manner(url=BASE, principal="/p/{local}/"))


def asked(dav: Dav, known: Server, minutes: float = 0) -> Availability:
    now = NOW + timedelta(minutes=minutes)
    [answer] = run(ask(dav, [mailbox()], BUSY, server=known, source="dav", as_of=now))
    assert isinstance(answer, Availability)
    assert blocks(answer.intervals) == [PERIOD]
    assert known.way is Strategy.OUTBOX
    return answer


def test_they_are_read_from_the_inbox_and_kept_for_a_quarter_of_an_hour() -> None:
    known, dav = server(), Dav({**site(), OUTBOX: SUCCESS, PRINCIPAL: ANN, INBOX: AVAILABLE})
    for minutes in (0, 1, 14.9):
        hours = asked(dav, known, minutes).working_hours
        assert hours is not None
        assert {day for period in hours.periods for day in period.days} == {Weekday.MONDAY, Weekday.TUESDAY}
    assert dav.asked.count(INBOX) == 1
    asked(dav, known, 15)
    assert dav.asked.count(INBOX) == 2


@pytest.mark.parametrize("place", [PRINCIPAL, INBOX])
@pytest.mark.parametrize(
    "failure", [error(404), error(403), error(500), error(429), html(), html(207), PeerError(Reason.TIMEOUT)]
)
def test_where_they_cannot_be_read_busy_time_is_told_and_they_are_not_asked_for_again(
    place: str, failure: HttpResponse | PeerError
) -> None:
    known, dav = server(), Dav({**site(), OUTBOX: SUCCESS, PRINCIPAL: ANN, INBOX: AVAILABLE, place: failure})
    assert [asked(dav, known, minutes).working_hours for minutes in (0, 1)] == [None, None]
    assert dav.asked.count(place) == 1


def test_without_an_inbox_there_is_nothing_to_ask() -> None:
    dav = Dav({**site(), OUTBOX: SUCCESS, PRINCIPAL: multistatus(principal("ann"))})
    assert asked(dav, server()).working_hours is None
    assert not any("/in/" in each for each in dav.asked)
