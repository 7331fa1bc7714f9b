"""A calendar says whether it is there, in which zone it is, and how it tells its changes."""

from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.sync_collection import Calendar, look_at
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.sync_samples import AS_OF, PATH, URL, gone, many, there
from tests.protocols.scripted import Peer, run

KIND = "<resourcetype><collection/><C:calendar/></resourcetype>"
SYNC = "<supported-report><report><sync-collection/></report></supported-report>"
REPORT = f"<supported-report-set>{SYNC}</supported-report-set>"
ZONE = "<C:calendar-timezone>BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nEND:VTIMEZONE</C:calendar-timezone>"
READ = "<current-user-privilege-set><privilege><read/></privilege></current-user-privilege-set>"


def told(*properties: str) -> Calendar:
    return run(look_at(Peer(many(there(PATH, *properties))), URL, AS_OF))


def test_what_it_says_of_itself() -> None:
    assert told(KIND) == Calendar()
    ctag = "<A:getctag>7</A:getctag>"
    assert told(KIND, REPORT, ZONE, ctag, READ) == Calendar(
        zone=ZoneInfo("Europe/Berlin"), tells=True, ctag="7", writable=False
    )
    assert told(KIND, "<sync-token>http://x/1</sync-token>").tells
    assert told(KIND, READ.replace("<read/>", "<read/></privilege><privilege><write-content/>")).writable


def test_davicals_tokens_are_none_to_rely_on() -> None:
    ctag = '<A:getctag>"7"</A:getctag>'
    assert told(KIND, REPORT, ctag, "<sync-token>data:,12</sync-token>") == Calendar(ctag='"7" data:,12')
    assert told(KIND, REPORT, "<sync-token>data:,12</sync-token>") == Calendar()
    assert told(KIND, REPORT, ctag, "<sync-token>data:,36_58/5da8</sync-token>") == Calendar(tells=True, ctag='"7"')


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (HttpResponse(404, Headers(), b""), "not there any more"),
        (HttpResponse(410, Headers(), b""), "not there any more"),
        (many(gone(PATH)), "not there any more"),
        (many(), "not there any more"),
        (many(there(PATH, "<resourcetype><collection/></resourcetype>")), "no calendar"),
    ],
)
def test_one_that_vanished_is_named(answer: HttpResponse, words: str) -> None:
    with pytest.raises(PeerError, match=words) as raised:
        run(look_at(Peer(answer), URL, AS_OF))
    assert raised.value.reason is Reason.NO_CALENDAR


def test_other_failures_are_what_they_are() -> None:
    with pytest.raises(PeerError) as raised:
        run(look_at(Peer(HttpResponse(401, Headers(), b"")), URL, AS_OF))
    assert raised.value.reason is Reason.UNAUTHORIZED
