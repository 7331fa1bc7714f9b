"""Each resource that is asked for is told, not there, or named with what is wrong, whatever the server passes over."""

import pytest

from protocols.caldav.sync_reading import Stored, fetch, named
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import at
from tests.protocols.caldav.sync_samples import AS_OF, PATH, URL, data, etag, gone, many, there
from tests.protocols.scripted import Peer, run

DATA = cal(*event("SUMMARY:a & b"), end="\n")
MODIFIED = "<getlastmodified>Sun, 01 Nov 2026 12:00:00 GMT</getlastmodified>"
TOO_MUCH = PeerError(Reason.TOO_MANY_ENTRIES, "too large")


def test_what_is_there_and_what_is_not() -> None:
    refused = "<propstat><prop><C:calendar-data/></prop><status>HTTP/1.1 403 No</status></propstat>"
    hidden = f"<response><href>{PATH}h.ics</href>{refused}</response>"
    answer = many(
        there(f"{PATH}a%20b.ics", etag("1"), MODIFIED, data(DATA)), gone(f"{PATH}c.ics"), hidden,
        gone(f"{PATH}d.ics", "500 Oh")
    )  # fmt: skip
    peer = Peer(answer, HttpResponse(500, Headers(), b""))
    found = run(fetch(peer, URL, ["a b.ics", "c.ics", "h.ics", "d.ics"], AS_OF))
    assert found["a b.ics"] == Stored(key="a b.ics", etag='"1"', data=DATA, changed_at=at(2026, 11, 1, 12))
    assert found["c.ics"] is None
    assert [each.wrong for key in ("h.ics", "d.ics") if (each := found[key])] == [
        "the server does not show it (HTTP 403)",
        "the server does not show it (HTTP 500)",
    ]
    assert f"{PATH}a b.ics".encode() in peer.requests[0].body


def test_what_is_passed_over_is_asked_for_alone() -> None:
    fetched = HttpResponse(200, Headers({"ETag": '"2"', "Last-Modified": "Sun, 01 Nov 2026 12:00:00 GMT"}), DATA)
    peer = Peer(many(), fetched, HttpResponse(404, Headers(), b""))
    found = run(fetch(peer, URL, ["a.ics", "b.ics"], AS_OF))
    assert found == {
        "a.ics": Stored(key="a.ics", etag='"2"', data=DATA, changed_at=at(2026, 11, 1, 12)),
        "b.ics": None,
    }
    assert [each.url for each in peer.requests[1:]] == [f"{URL}a.ics", f"{URL}b.ics"]


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_what_fails_for_now_is_asked_for_alone(status: int) -> None:
    fetched = HttpResponse(200, Headers({"ETag": '"2"'}), DATA)
    found = run(fetch(Peer(many(gone(f"{PATH}a.ics", f"{status} Oh")), fetched), URL, ["a.ics"], AS_OF))
    assert found == {"a.ics": Stored(key="a.ics", etag='"2"', data=DATA)}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_goes_on_to_fail_for_now_is_no_answer_at_all(status: int) -> None:
    part = f"<propstat><prop><C:calendar-data/></prop><status>HTTP/1.1 {status} Oh</status></propstat>"
    for answer in (
        many(gone(f"{PATH}a.ics", f"{status} Oh")),
        many(f"<response><href>{PATH}a.ics</href>{part}</response>"),
    ):
        with pytest.raises(PeerError):
            run(fetch(Peer(answer, HttpResponse(status, Headers(), b"")), URL, ["a.ics"], AS_OF))


def test_many_are_asked_for_in_parts() -> None:
    keys = [f"{number}.ics" for number in range(120)]
    parts = [keys[:50], keys[50:100], keys[100:]]
    peer = Peer(*(many(*(gone(f"{PATH}{key}") for key in part)) for part in parts))
    assert run(fetch(peer, URL, keys * 2, AS_OF)) == dict.fromkeys(keys)


def test_what_is_too_large_is_halved_until_it_is_named() -> None:
    one = many(there(f"{PATH}a.ics", etag("1"), data(DATA)))
    found = run(
        fetch(
            Peer(
                TOO_MUCH,
                one,
                TOO_MUCH,
            ),
            URL,
            ["a.ics", "b.ics"],
            AS_OF,
        )
    )
    assert isinstance(found["a.ics"], Stored)
    assert isinstance(found["b.ics"], Stored)
    assert not found["a.ics"].wrong
    assert "larger" in found["b.ics"].wrong


def test_without_an_etag_the_data_is_its_version() -> None:
    one, same, other = Stored(key="a", data=b"1"), Stored(key="b", data=b"1"), Stored(key="a", data=b"2")
    assert one.version == same.version != other.version
    assert Stored(key="a", etag='"1"', data=b"1").version == '"1"'


@pytest.mark.parametrize(("status", "reason"), [(404, Reason.NO_CALENDAR), (403, Reason.NO_ACCESS)])
def test_a_failure_is_one_of_all(status: int, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(fetch(Peer(*[HttpResponse(status, Headers(), b"")] * 3), URL, ["a.ics"], AS_OF))
    assert raised.value.reason is reason


def test_one_that_is_not_there_can_make_the_answer_about_all_a_404() -> None:
    nothing, calendar = (
        HttpResponse(404, Headers(), b""),
        many(there(PATH, "<resourcetype><C:calendar/></resourcetype>")),
    )
    one = many(there(f"{PATH}a.ics", etag("1"), data(DATA)))
    peer = Peer(nothing, one, nothing, nothing, calendar)
    found = run(fetch(peer, URL, ["a.ics", "b.ics"], AS_OF))
    assert found == {"a.ics": Stored(key="a.ics", etag='"1"', data=DATA), "b.ics": None}
    assert [each.method for each in peer.requests] == ["REPORT", "REPORT", "REPORT", "GET", "PROPFIND"]


def test_an_event_is_found_by_its_uid() -> None:
    assert run(named(Peer(many(there(f"{PATH}x.ics", etag("1")))), URL, "1@x", AS_OF)) == "x.ics"
    assert run(named(Peer(many()), URL, "1@x", AS_OF)) == ""
    assert run(named(Peer(HttpResponse(403, Headers(), b"")), URL, "1@x", AS_OF)) == ""
    with pytest.raises(PeerError):
        run(named(Peer(HttpResponse(401, Headers(), b"")), URL, "1@x", AS_OF))
