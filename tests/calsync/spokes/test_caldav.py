"""How changes are told by CalDAV servers of every sort; what all spokes promise is tested against real servers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from calsync.items import Item
from calsync.spoke import ExpiredError, Page
from calsync.spokes.caldav import CaldavCalendar
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.event import Event, Span
from tests.contracts.spoke_world import NOW, WINDOW, creation
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import START
from tests.protocols.caldav.sync_samples import PATH, URL, data, error, etag, gone, many, there
from tests.protocols.scripted import Peer

KIND = "<resourcetype><collection/><C:calendar/></resourcetype>"
TELLS = many(there(PATH, KIND, "<sync-token>t0</sync-token>"))
SILENT = many(there(PATH, KIND, "<A:getctag>7</A:getctag>"))
A, B = f"{PATH}a.ics", f"{PATH}b.ics"
DATA = data(cal(*event(START)))


def stands(*hrefs: str) -> HttpResponse:
    return many(*(there(href, etag("1"), DATA) for href in hrefs))


def spoke(peer: Peer) -> CaldavCalendar:
    return CaldavCalendar("dav", peer, url=URL, clock=lambda: NOW)


async def pages(peer: Peer, token: str = "", known: Mapping[str, str] | None = None) -> Sequence[Page]:
    async def versions() -> Mapping[str, str]:
        assert known is not None, "nobody asked for it"
        return known

    found = [page async for page in spoke(peer).changes(token, versions, WINDOW)]
    assert peer.answers == []
    assert all(not page.token for page in found[:-1])
    return found


def keys(found: Sequence[Page]) -> list[str]:
    return [item.key for page in found for item in page.items]


async def test_a_server_that_keeps_something_back_is_asked_on() -> None:
    part = many(there(A, etag("1")), gone(PATH, "507 Insufficient Storage"), token="t1")
    rest = many(there(B, etag("1")), gone(f"{PATH}c.ics"), token="t2")
    peer = Peer(TELLS, part, stands(A), rest, stands(B))
    found = await pages(peer)
    assert keys(found) == ["a.ics", "b.ics"]
    assert found[-1].token == "sync:t2"
    assert all(page.whole for page in found)
    assert b"<D:sync-token>t1</D:sync-token>" in peer.requests[3].body


async def test_changes_since_a_token() -> None:
    told = many(there(A, etag("2")), there(B, etag("2")), gone(f"{PATH}c.ics"), token="t2")
    found = await pages(Peer(TELLS, told, many(there(A, etag("2"), DATA), gone(B))), "sync:t1")
    assert keys(found) == ["a.ics"]
    assert [key for page in found for key in page.gone] == ["b.ics", "c.ics"]  # one went while it was asked for
    assert not any(page.whole for page in found)


async def test_a_server_that_says_more_than_it_knows_is_listed() -> None:
    refusal = HttpResponse(501, Headers(), b"")
    peer = Peer(TELLS, refusal, many(there(A, etag("1"))), stands(A))
    found = await pages(peer)
    assert (keys(found), found[-1].token, found[-1].whole) == (["a.ics"], "etags:", True)


async def test_without_a_feed_etags_are_compared() -> None:
    listed = many(there(A, etag("1")), there(B, etag("2")))
    peer = Peer(SILENT, listed, stands(B))
    found = await pages(peer, "etags:6", {"a.ics": '"1"', "b.ics": '"1"', "c.ics": '"1"'})
    assert keys(found) == ["b.ics"]
    assert (found[-1].gone, found[-1].token, found[-1].whole) == (["c.ics"], "etags:7", False)


async def test_a_server_that_refuses_the_report_is_not_read_anew_by_each_process() -> None:
    named = "<supported-report-set><supported-report><report><sync-collection/></report></supported-report>"
    says = many(there(PATH, KIND, f"<A:getctag>7</A:getctag>{named}</supported-report-set>"))
    listed, refusal = many(there(A, etag("1"))), HttpResponse(501, Headers(), b"")
    first = await pages(Peer(says, refusal, listed, stands(A)))
    assert (first[-1].token, first[-1].whole) == ("etags:7", True)
    assert await pages(Peer(says), first[-1].token) == [Page(token="etags:7")]
    [page] = await pages(Peer(says, listed), "etags:6", {"a.ics": '"1"'})
    assert (list(page.items), page.token, page.whole) == ([], "etags:7", False)


async def test_a_token_of_etags_goes_on_by_etags_where_the_server_tells_changes_by_now() -> None:
    found = await pages(Peer(TELLS, many(there(A, etag("2"))), stands(A)), "etags:", {"a.ics": '"1"', "b.ics": '"1"'})
    assert (keys(found), found[-1].gone, found[-1].token) == (["a.ics"], ["b.ics"], "etags:")


async def test_what_fails_for_now_in_the_feed_is_read_all_the_same() -> None:
    told = many(gone(A, "503 Service Unavailable"), token="t2")
    found = await pages(Peer(TELLS, told, stands(A)), "sync:t1")
    assert (keys(found), found[-1].token) == (["a.ics"], "sync:t2")


async def test_no_token_goes_past_what_goes_on_to_fail() -> None:
    told, busy = many(gone(A, "503 Service Unavailable"), token="t2"), HttpResponse(503, Headers(), b"")
    with pytest.raises(PeerError):
        await pages(Peer(TELLS, told, many(gone(A, "503 Service Unavailable")), busy), "sync:t1")


SABRE = "http://sabre.io/ns/sync/"
KNOWN = {"a.ics": '"0"', "b.ics": '"1"', "c.ics": '"1"'}


async def test_where_nothing_is_told_of_what_was_counted_etags_are_compared() -> None:
    listed = many(there(PATH, KIND), there(A, etag("1")), there(B, etag("1")))
    peer = Peer(TELLS, many(token=f"{SABRE}9"), listed, stands(A))
    found = await pages(peer, f"sync:{SABRE}5", KNOWN)
    assert (keys(found), [key for page in found for key in page.gone]) == (["a.ics"], ["c.ics"])
    assert (found[-1].token, any(page.whole for page in found)) == (f"sync:{SABRE}9", False)


async def test_where_less_is_told_than_was_counted_the_rest_is_found_once() -> None:
    part = many(there(A, etag("1")), gone(PATH, "507 Insufficient Storage"), token=f"{SABRE}8")
    rest = many(gone(f"{PATH}d.ics"), token=f"{SABRE}9")
    peer = Peer(TELLS, part, stands(A), rest, many(there(A, etag("1")), there(B, etag("2"))), stands(B))
    found = await pages(peer, f"sync:{SABRE}5", KNOWN)
    assert keys(found) == ["a.ics", "b.ics"]
    assert [key for page in found for key in page.gone] == ["d.ics", "c.ics"]
    assert found[-1].token == f"sync:{SABRE}9"


async def test_where_all_is_told_that_was_counted_nothing_is_listed() -> None:
    told = many(there(A, etag("1")), gone(f"{PATH}c.ics"), token=f"{SABRE}7")
    found = await pages(Peer(TELLS, told, stands(A)), f"sync:{SABRE}5")
    assert (keys(found), found[-1].token) == (["a.ics"], f"sync:{SABRE}7")


async def test_a_ctag_that_stayed_says_that_nothing_changed() -> None:
    assert await pages(Peer(SILENT), "etags:7") == [Page(token="etags:7")]


@pytest.mark.parametrize(
    ("peer", "token"),
    [
        (Peer(SILENT), "sync:t1"),
        (Peer(TELLS, error("<valid-sync-token/>", 403)), "sync:t1"),
        (Peer(TELLS, error("<valid-sync-token/>", 507)), "sync:t1"),
    ],
)
async def test_a_token_of_another_time_is_expired(peer: Peer, token: str) -> None:
    with pytest.raises(ExpiredError):
        await pages(peer, token)


async def test_a_calendar_that_vanished_is_no_empty_one() -> None:
    for answers in ([HttpResponse(404, Headers(), b"")], [TELLS, HttpResponse(404, Headers(), b"")]):
        with pytest.raises(PeerError, match="not there any more"):
            await pages(Peer(*answers), "sync:t1")


async def test_times_without_a_zone_are_those_of_the_calendar() -> None:
    zone = "<C:calendar-timezone>BEGIN:VTIMEZONE\nTZID:Asia/Kolkata\nEND:VTIMEZONE</C:calendar-timezone>"
    floating = many(there(A, etag("1"), data(cal(*event("DTSTART:20261109T143000")))))
    for calendar, own in ((many(there(PATH, KIND, zone)), None), (SILENT, ZoneInfo("Asia/Kolkata"))):
        here = CaldavCalendar("dav", Peer(calendar, floating), url=URL, clock=lambda: NOW, zone=own)
        item = (await here.look(["a.ics"]))["a.ics"]
        assert isinstance(item, Item)
        assert isinstance(item.content, Event)
        nine = NOW.replace(day=9, hour=9)
        assert item.content.when == Span(nine, nine, "Asia/Kolkata")


async def test_what_the_calendar_says_of_itself_is_asked_once_an_hour() -> None:
    now = [NOW]
    peer = Peer(SILENT, stands(A), stands(A), SILENT, stands(A))
    here = CaldavCalendar("dav", peer, url=URL, clock=lambda: now[0])
    for _ in range(2):
        await here.look(["a.ics"])
    now[0] += timedelta(hours=2)
    await here.look(["a.ics"])
    assert peer.answers == []


async def test_a_copy_under_another_name_is_found_by_its_uid() -> None:
    write = creation(Event(when=Span(NOW, NOW)))
    missing = many(gone(f"{PATH}{write.token}.ics"))
    peer = Peer(SILENT, missing, many(there(B, etag("1"))), stands(B))
    [found] = await spoke(peer).find([write])
    assert found is not None
    assert found.key == "b.ics"
    assert f"{write.token}@busyline".encode() in peer.requests[2].body
