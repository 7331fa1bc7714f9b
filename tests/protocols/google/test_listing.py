"""Every page of a listing or an error, and one spoilt name that hides nobody else."""

from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.google.listing import pages, readable
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, html, json, run

KIND = {"kind": "admin#directory#users"}


def listed(*answers: HttpResponse | Exception, kind: str = "admin#directory#") -> tuple[list[list[Any]], Peer]:
    peer = Peer(*answers)

    async def everything() -> list[list[Any]]:
        url = "https://g.example/users"
        return [page async for page in pages(peer, url, "users", {"a": "b c"}, as_of=NOW, kind=kind)]

    return run(everything()), peer


def test_every_page_in_order() -> None:
    found, peer = listed(json({**KIND, "users": [{"id": 1}], "nextPageToken": "t/1"}), json(KIND))
    assert found == [[{"id": 1}], []]
    assert [request.url for request in peer.requests] == [
        "https://g.example/users?a=b%20c",
        "https://g.example/users?a=b%20c&pageToken=t%2F1",
    ]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({"error": {}}, 404)], Reason.NO_SUCH_MAILBOX),
        ([json({"error": {}}, 401)], Reason.UNAUTHORIZED),
        ([json({**KIND, "nextPageToken": "a"}), json({"error": {}}, 404)], Reason.INCOMPLETE),
        ([json({**KIND, "nextPageToken": "a"}), html(503)], Reason.INCOMPLETE),
        ([json({**KIND, "nextPageToken": "a"}), PeerError(Reason.TIMEOUT)], Reason.TIMEOUT),
        ([json({**KIND, "nextPageToken": token}) for token in "aba"], Reason.GARBLED),
        ([json({**KIND, "nextPageToken": 7})], Reason.GARBLED),
        ([json({**KIND, "users": [7]})], Reason.GARBLED),
        ([json({**KIND, "users": None})], Reason.GARBLED),
        ([json({})], Reason.GARBLED),
        ([json({**KIND, "error": {"code": 503}})], Reason.GARBLED),
        ([json({**KIND, "users": [{"id": 1}], "nextPageToken": "a"}), json({"error": {}})], Reason.INCOMPLETE),
        ([json({**KIND, "users": [{"id": 1}], "totalItems": 2})], Reason.INCOMPLETE),
        ([json({**KIND, "totalItems": 2, "nextPageToken": "a"}), json({**KIND, "users": [{}]})], Reason.INCOMPLETE),
        ([HttpResponse(200, body=b'{"kind": "admin#directory#users", "users": [{"id": "1"}')], Reason.GARBLED),
        ([HttpResponse(200, body=b'{"kind": "admin#directory#users", "users": [{"id": "\xff')], Reason.GARBLED),
    ],
)
def test_all_of_it_or_an_error(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        listed(*answers)
    assert caught.value.reason is reason


def test_an_api_that_does_not_say_what_its_answer_is() -> None:
    assert listed(json({}), kind="")[0] == [[]]
    assert listed(json({"totalItems": 0, "totalPeople": 0, "nextSyncToken": "t"}), kind="")[0] == [[]]
    for page in ({"error": {"code": 500}}, {"message": "sign in"}, {"users": None}):
        with pytest.raises(PeerError) as caught:
            listed(json(page), kind="")
        assert caught.value.reason is Reason.GARBLED


def test_how_many_there_are_is_what_the_last_page_tells() -> None:
    first = {**KIND, "users": [{"id": 1}], "totalItems": 3, "nextPageToken": "t"}
    for last in ({"users": [{"id": 2}], "totalItems": 2}, {"users": [{"id": 2}, {"id": 3}], "totalItems": True}):
        assert len(listed(json(first), json({**KIND, **last}))[0]) == 2


def test_a_spoilt_name_hides_nobody_else() -> None:
    assert readable(b'{"a": ["M\xfcller", "\\ud83d!", "\\ud83d\\ude00"]}') == {"a": ["M\ufffdller", "\ufffd!", "😀"]}
    with pytest.raises(PeerError):
        readable(b'["\xff"]')
