"""The free-busy-query report: what is an answer to it, and what a 400 means."""

from datetime import timedelta

import pytest

from protocols.caldav.errors import NotOfferedError
from protocols.caldav.listing import Calendar
from protocols.caldav.report import ask_calendar
from protocols.caldav.told import Told
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow
from tests.protocols.caldav.dav_samples import (
    BASE,
    HOUR_BUSY,
    LENT,
    NOW,
    PERIOD,
    WINDOW,
    blocks,
    error,
    free_busy,
    text,
    vcalendar,
)
from tests.protocols.scripted import Peer, run

WORK = Calendar(f"{BASE}/cal/ann/work/")
OLD_RADICALE = """BEGIN:VFREEBUSY
DTSTAMP:20261101T000000Z
DTSTART:20261123T090000Z
DTEND:20261123T100000Z
FBTYPE:BUSY
END:VFREEBUSY"""


def told(*answers: HttpResponse, window: TimeWindow = WINDOW) -> Told:
    peer = Peer(*answers)
    found = run(ask_calendar(peer, WORK, window, **LENT, as_of=NOW))
    assert peer.answers == []
    return found


def test_periods() -> None:
    found = told(text(HOUR_BUSY))
    assert (blocks(found.intervals), found.unknown) == ([PERIOD], ())


@pytest.mark.parametrize("data", [free_busy(), vcalendar("")])
def test_free_for_the_whole_window(data: str) -> None:
    found = told(text(data))
    assert (len(found.intervals), found.unknown) == (0, ())


def test_one_component_for_each_occurrence_as_older_radicale_writes() -> None:
    assert blocks(told(text(vcalendar(OLD_RADICALE))).intervals) == [PERIOD]


def test_400_to_the_window_alone_is_too_many() -> None:
    peer = Peer(error(400), text(free_busy()))
    with pytest.raises(PeerError) as raised:
        run(ask_calendar(peer, WORK, WINDOW, **LENT, as_of=NOW))
    assert raised.value.reason is Reason.TOO_MANY_ENTRIES
    assert b'end="20261123T010000Z"' in peer.requests[1].body


@pytest.mark.parametrize("probe", [error(400), error(500), text("<html/>")])
def test_400_to_everything_is_a_server_that_does_not_know_it(probe: HttpResponse) -> None:
    with pytest.raises(NotOfferedError):
        told(error(400), probe)


def test_400_to_an_hour_is_not_asked_again() -> None:
    with pytest.raises(NotOfferedError):
        told(error(400), window=TimeWindow(WINDOW.start, WINDOW.start + timedelta(hours=1)))


@pytest.mark.parametrize("response", [text(""), text("<multistatus/>"), text("ok"), HttpResponse(207), error(501)])
def test_no_answer_is_not_free(response: HttpResponse) -> None:
    with pytest.raises(NotOfferedError):
        told(response)


def test_half_an_answer_is_not_free() -> None:
    with pytest.raises(PeerError):
        told(text(HOUR_BUSY[:80]))
