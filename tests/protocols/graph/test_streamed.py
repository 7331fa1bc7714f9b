"""Collections page by page: all pages or an error."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.streamed import Expired, Page, origin, pages, unbroken
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

URL = "https://graph.microsoft.com/v1.0/users/delta?$select=id"
NEXT = "https://graph.microsoft.com/v1.0/users/delta?$skiptoken=2"
DELTA = "https://GRAPH.microsoft.com/v1.0/users/delta?$deltatoken=3"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


async def _all(peer: Peer) -> list[Page]:
    return [page async for page in pages(peer, URL, as_of=NOW)]


def test_an_empty_page_goes_on_and_the_last_one_has_the_token() -> None:
    peer = Peer(
        json({"value": [], "@odata.nextLink": NEXT}),
        json({"value": [{"id": "1"}], "@odata.deltaLink": DELTA}),
    )
    assert run(_all(peer)) == [Page([]), Page([{"id": "1"}], DELTA)]
    assert [request.url for request in peer.requests] == [URL, NEXT]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({"error": {}}, 403)], Reason.NO_ACCESS),
        ([json({"error": {}}, 404)], Reason.PEER_FAILED),
        ([html()], Reason.GARBLED),
        ([json({})], Reason.GARBLED),
        ([json({"value": ["x"]})], Reason.GARBLED),
        ([json({"value": [], "@odata.nextLink": URL})], Reason.GARBLED),
        ([json({"value": [], "@odata.nextLink": 7})], Reason.GARBLED),
        ([json({"value": [], "@odata.nextLink": "https://elsewhere.example/"})], Reason.GARBLED),
        ([json({"value": [], "@odata.deltaLink": "https://elsewhere.example/"})], Reason.GARBLED),
        ([json({"value": [], "@odata.deltaLink": 7})], Reason.GARBLED),
        ([json({"value": [], "@odata.nextLink": NEXT}), json({"error": {}}, 500)], Reason.INCOMPLETE),
        ([json({"value": [], "@odata.nextLink": NEXT}), json({"error": {}}, 404)], Reason.INCOMPLETE),
        ([json({"value": [], "@odata.nextLink": NEXT}), html()], Reason.INCOMPLETE),
        ([json({"value": [], "@odata.nextLink": NEXT}), json({})], Reason.INCOMPLETE),
        ([json({"value": [], "@odata.nextLink": NEXT}), PeerError(Reason.TIMEOUT)], Reason.TIMEOUT),
    ],
)
def test_half_of_it_is_an_error(answers: list[Any], reason: Reason) -> None:
    with pytest.raises(PeerError) as failed:
        run(_all(Peer(*answers)))
    assert failed.value.reason is reason


def test_a_throttled_page_says_when() -> None:
    peer = Peer(json({"value": [], "@odata.nextLink": NEXT}), json({"error": {}}, 429, Retry_After="7"))
    with pytest.raises(PeerError) as failed:
        run(_all(peer))
    assert (failed.value.reason, failed.value.retry_after) == (Reason.THROTTLED, timedelta(seconds=7))


@pytest.mark.parametrize(
    "answer",
    [
        json({"error": {"code": "resyncRequired"}}, 410),
        html(410),
        json({"error": {"code": "SyncStateNotFound"}}, 400),
        json({"error": {"code": "syncStateInvalid"}}, 404),
        json({"error": {"code": "Directory_ExpiredPageToken"}}, 400),
    ],
)
def test_an_old_token_is_no_error(answer: HttpResponse) -> None:
    with pytest.raises(Expired):
        run(_all(Peer(answer)))


@pytest.mark.parametrize("answer", [json({"error": "x"}, 400), html(400), json({"error": {"code": "other"}}, 400)])
def test_another_refusal_is_one(answer: HttpResponse) -> None:
    with pytest.raises(PeerError):
        run(_all(Peer(answer)))


def test_the_origin_of_what_is_no_url() -> None:
    assert origin("HTTPS://Graph.example:1/x") == ("https", "graph.example:1")
    assert origin("http://[") == ("", "")


@pytest.mark.parametrize("answer", [html(410), json({"error": {"code": "Directory_ExpiredPageToken"}}, 400)])
def test_who_asks_for_no_changes_has_lost_a_page_where_it_is_too_old(answer: HttpResponse) -> None:
    async def read(peer: Peer) -> list[Page]:
        return [page async for page in unbroken(peer, URL, as_of=NOW)]

    first = json({"value": [{"id": "1"}], "@odata.nextLink": NEXT})
    assert run(read(Peer(first, json({"value": []})))) == [Page([{"id": "1"}]), Page([])]
    with pytest.raises(PeerError) as failed:
        run(read(Peer(first, answer)))
    assert failed.value.reason is Reason.INCOMPLETE
