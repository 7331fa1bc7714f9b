"""What a server answers to a write means one of a few things, and each is said in words."""

from datetime import timedelta

import pytest

from protocols.caldav.sync_writing import End, put, put_new, remove
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.sync_samples import AS_OF, PATH, URL, error
from tests.protocols.scripted import Peer, run


def plain(status: int, **headers: str) -> HttpResponse:
    return HttpResponse(status, Headers({name.replace("_", "-"): value for name, value in headers.items()}), b"")


@pytest.mark.parametrize(
    ("answer", "end", "reason"),
    [
        (plain(201), End.DONE, Reason.PEER_FAILED),
        (plain(204), End.DONE, Reason.PEER_FAILED),
        (plain(412), End.STALE, Reason.INCOMPLETE),
        (plain(404), End.FAILED, Reason.NO_CALENDAR),
        (plain(409), End.FAILED, Reason.NO_CALENDAR),
        (plain(401), End.FAILED, Reason.UNAUTHORIZED),
        (plain(403), End.FAILED, Reason.NO_ACCESS),
        (error("<need-privileges/>", 403), End.FAILED, Reason.NO_ACCESS),
        (error("<quota-not-exceeded/>", 403), End.FAILED, Reason.TOO_MANY_ENTRIES),
        (plain(507), End.FAILED, Reason.TOO_MANY_ENTRIES),
        (plain(423), End.FAILED, Reason.THROTTLED),
        (plain(500), End.FAILED, Reason.PEER_FAILED),
        (plain(302), End.FAILED, Reason.PEER_FAILED),
        (plain(413), End.REFUSED, Reason.PEER_FAILED),
        (plain(415), End.REFUSED, Reason.PEER_FAILED),
        (error("<C:valid-calendar-data/>", 403), End.REFUSED, Reason.PEER_FAILED),
        (error("<C:max-resource-size/>", 403), End.REFUSED, Reason.PEER_FAILED),
        (error("<C:max-instances/>", 409), End.REFUSED, Reason.PEER_FAILED),
    ],
)
def test_what_an_answer_to_something_new_means(answer: HttpResponse, end: End, reason: Reason) -> None:
    told = run(put_new(Peer(answer), URL, "a.ics", b"data", AS_OF))
    assert (told.end, told.reason) == (end, reason)
    assert bool(told.words) is (end is not End.DONE)


def test_an_event_of_the_same_uid_elsewhere() -> None:
    for condition in ("no-uid-conflict", "unique-scheduling-object-resource"):
        for status in (403, 409, 412):
            answer = error(f"<C:{condition}><href>{PATH}b.ics</href></C:{condition}>", status)
            told = run(put_new(Peer(answer), URL, "a.ics", b"data", AS_OF))
            assert (told.end, told.elsewhere) == (End.ELSEWHERE, "b.ics")
    other = error("<C:no-uid-conflict><href>/ann%40x/private/b.ics</href></C:no-uid-conflict>", 403)
    assert run(put_new(Peer(other), URL, "a.ics", b"data", AS_OF)).elsewhere == ""
    foreign = error("<C:no-uid-conflict><href>https://elsewhere.example/b.ics</href></C:no-uid-conflict>", 403)
    assert run(put_new(Peer(foreign), URL, "a.ics", b"data", AS_OF)).elsewhere == ""


@pytest.mark.parametrize(
    "words",
    [
        "Calendar object with uid already exists in this calendar collection.",
        "Deleted calendar object with uid already exists in this calendar collection.",
    ],
)
def test_nextcloud_says_in_words_alone_that_it_has_the_uid(words: str) -> None:
    said = f'<S:message xmlns:S="http://sabredav.org/ns">{words}</S:message>'
    told = run(put_new(Peer(error(said, 400)), URL, "a.ics", b"data", AS_OF))
    assert (told.end, told.elsewhere) == (End.ELSEWHERE, "")
    assert "trash" in told.words
    other = error('<S:message xmlns:S="http://sabredav.org/ns">Validation error in iCalendar</S:message>', 400)
    assert run(put_new(Peer(other), URL, "a.ics", b"data", AS_OF)).end is End.REFUSED


def test_what_stood_there_may_be_gone() -> None:
    for status in (404, 410):
        assert run(put(Peer(plain(status)), URL, "a.ics", b"data", '"1"', AS_OF)).end is End.GONE
        assert run(remove(Peer(plain(status)), URL, "a.ics", '"1"', AS_OF)).end is End.GONE


def test_a_server_that_asks_for_patience() -> None:
    told = run(remove(Peer(plain(503, Retry_After="30")), URL, "a.ics", '"1"', AS_OF))
    assert (told.reason, told.retry_after) == (Reason.THROTTLED, timedelta(seconds=30))
