"""Changes are told whole, or not at all; a token that is not good any more is known by any of its signs."""

import pytest

from protocols.caldav.errors import NotOfferedError
from protocols.caldav.sync_feed import Changes, TokenExpiredError, changes, etags
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.sync_samples import AS_OF, PATH, URL, error, etag, gone, many, there, xml
from tests.protocols.scripted import Peer, run

TASK = "<getcontenttype>text/calendar; charset=utf-8; component=VTODO</getcontenttype>"
FOLDER = "<resourcetype><collection/></resourcetype>"


def test_what_is_there_and_what_is_gone() -> None:
    answer = many(
        there(PATH),
        there(f"{PATH}a%20b.ics", etag("1")),
        there(f"{PATH}todo.ics", etag("2"), TASK),
        there(f"{PATH}sub/", FOLDER),
        gone(f"{PATH}c.ics"),
        token="t2",
    )
    told = run(changes(Peer(answer), URL, "t1", AS_OF))
    assert told == Changes(etags={"a%20b.ics": '"1"'}, gone=("c.ics",), token="t2")


def test_a_part_says_that_there_is_more() -> None:
    answer = many(there(f"{PATH}a.ics", etag("1")), gone(PATH, "507 Insufficient Storage"), token="t2")
    assert run(changes(Peer(answer), URL, "t1", AS_OF)).more
    with pytest.raises(PeerError, match="nowhere to go on"):
        run(changes(Peer(answer), URL, "t2", AS_OF))


@pytest.mark.parametrize(
    "failure", ["403 Forbidden", "423 Locked", "500 Oh", "503 Service Unavailable", "507 Insufficient Storage"]
)
def test_what_fails_is_to_be_asked_for_by_itself(failure: str) -> None:
    part = f"<propstat><prop><getetag/></prop><status>HTTP/1.1 {failure}</status></propstat>"
    for failed in (gone(f"{PATH}b.ics", failure), f"<response><href>{PATH}b.ics</href>{part}</response>"):
        told = run(changes(Peer(many(there(f"{PATH}a.ics", etag("1")), failed, token="t2")), URL, "t1", AS_OF))
        assert told == Changes(etags={"a.ics": '"1"', "b.ics": ""}, token="t2")


ELSEWHERE = "/dav/uids/4711/work/"


@pytest.mark.parametrize("own", [ELSEWHERE, PATH, PATH.replace("ann", "Ann")])
def test_a_calendar_of_which_all_is_elsewhere_is_not_empty(own: str) -> None:
    parts = (there(own, FOLDER), there(f"{ELSEWHERE}a.ics", etag("1")))
    with pytest.raises(PeerError, match="another address") as raised:
        run(etags(Peer(many(*parts)), URL, AS_OF))
    assert raised.value.reason is Reason.GARBLED
    for told in (parts[1], gone(f"{ELSEWHERE}c.ics"), gone(ELSEWHERE, "507 Insufficient Storage")):
        with pytest.raises(PeerError, match="another address"):
            run(changes(Peer(many(told, token="t2")), URL, "t1", AS_OF))


@pytest.mark.parametrize(
    "parts", [(), (there(PATH, FOLDER),), (there("https://dav.example/ann@x/work", FOLDER),), (there(f"{PATH}sub/"),)]
)
def test_an_empty_calendar_is_empty(parts: tuple[str, ...]) -> None:
    assert run(etags(Peer(many(*parts)), URL, AS_OF)) == {}
    assert run(changes(Peer(many(*parts, token="t2")), URL, "t1", AS_OF)) == Changes(etags={}, token="t2")


def test_an_answer_by_a_draft_is_not_read_as_an_empty_one() -> None:
    told = there(f"{PATH}a.ics", etag("1")).replace("response>", "sync-response>")
    with pytest.raises(PeerError, match="no multistatus"):
        run(changes(Peer(many(told, token="1700000000")), URL, "", AS_OF))


SABRE = "http://sabre.io/ns/sync/"


@pytest.mark.parametrize(
    ("before", "after", "gaps"),
    [
        (f"{SABRE}5", f"{SABRE}7", False),
        (f"{SABRE}5", f"{SABRE}6", False),
        (f"{SABRE}5", f"{SABRE}8", True),
        (f"{SABRE}5", f"{SABRE}4", True),
        ("http://sabredav.org/ns/sync/5", "http://sabredav.org/ns/sync/8", True),
        ("", f"{SABRE}8", False),
        (f"{SABRE}init_5_1", f"{SABRE}init_5_900", False),
        ("5", "8", False),
    ],
)
def test_a_token_that_counts_tells_whether_something_is_missing(before: str, after: str, *, gaps: bool) -> None:
    two = (there(f"{PATH}a.ics", etag("1")), gone(f"{PATH}b.ics"))
    for parts in (two, (*two, two[0], gone(PATH, "507 Insufficient Storage"))):
        assert run(changes(Peer(many(*parts, token=after)), URL, before, AS_OF)).gaps is gaps


def test_many_thousands_are_told_at_once() -> None:
    answer = many(*(there(f"{PATH}{number}.ics", etag("1")) for number in range(12_000)), token="t")
    assert len(run(changes(Peer(answer), URL, "", AS_OF)).etags) == 12_000


@pytest.mark.parametrize(
    "answer",
    [
        error("<valid-sync-token/>", 403),
        error("<valid-sync-token/>", 409),
        error("<valid-sync-token/>", 507),
        HttpResponse(410, Headers(), b""),
        HttpResponse(400, Headers({"Content-Type": "text/plain"}), b"no"),
    ],
)
def test_a_token_that_expired(answer: HttpResponse) -> None:
    with pytest.raises(TokenExpiredError):
        run(changes(Peer(answer), URL, "t1", AS_OF))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HttpResponse(401, Headers(), b""), Reason.UNAUTHORIZED),
        (HttpResponse(404, Headers(), b""), Reason.NO_CALENDAR),
        (HttpResponse(429, Headers({"Retry-After": "7"}), b""), Reason.THROTTLED),
        (error("<need-privileges/>", 403), Reason.NO_ACCESS),
        (HttpResponse(503, Headers(), b""), Reason.THROTTLED),
        (many(there(f"{PATH}a.ics", etag("1"))), Reason.GARBLED),  # without a token
        (xml("<html/>"), Reason.GARBLED),
        (xml("<multistatus"), Reason.GARBLED),
    ],
)
def test_any_other_failure_is_no_expiry(answer: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(changes(Peer(answer), URL, "t1", AS_OF))
    assert raised.value.reason is reason
    assert not isinstance(raised.value, TokenExpiredError)


def test_a_server_without_the_report_says_so() -> None:
    for status in (501, 405, 400):
        with pytest.raises(NotOfferedError):
            run(changes(Peer(HttpResponse(status, Headers(), b"")), URL, "", AS_OF))


def test_a_listing_is_whole_or_none() -> None:
    listed = (there(PATH, FOLDER), there(f"{PATH}a.ics", etag("1")), there(f"{PATH}b.ics"), gone(f"{PATH}c.ics"))
    assert run(etags(Peer(many(*listed)), URL, AS_OF)) == {"a.ics": '"1"', "b.ics": ""}
    with pytest.raises(PeerError, match="leaves something out"):
        run(etags(Peer(many(*listed, gone(f"{PATH}d.ics", "403 Forbidden"))), URL, AS_OF))
    with pytest.raises(PeerError, match="leaves something out"):
        run(etags(Peer(many(*listed, gone(PATH, "507 Insufficient Storage"))), URL, AS_OF))
