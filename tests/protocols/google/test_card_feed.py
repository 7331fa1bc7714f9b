"""Which contacts of a Google user have changed."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from protocols.errors import PeerError
from protocols.google.card_feed import ExpiredTokenError, Part, changes, groups_of
from protocols.google.card_person import MASK
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOKEN = orjson.dumps({"mask": MASK, "sync": "s1"}).decode()


def person(key: str, **metadata: Any) -> dict[str, Any]:
    return {"resourceName": key, "etag": f"%{key}", "metadata": metadata}


def told(peer: Peer, token: str = "") -> list[Part]:
    async def every() -> list[Part]:
        return [part async for part in changes(peer, token, api_url="https://people.example", as_of=NOW)]

    return run(every())


def test_everything_page_by_page_and_a_token_at_its_end() -> None:
    peer = Peer(
        json({"connections": [person("people/1")], "nextPageToken": "p2", "totalItems": 2}),
        json({"connections": [person("people/2")], "nextSyncToken": "s1", "totalItems": 2}),
    )
    first, second = told(peer)
    assert ([each.key for each in (*first.there, *second.there)], first.token) == (["people/1", "people/2"], "")
    assert second.token == TOKEN
    asked = [parse_qs(urlsplit(each.url).query) for each in peer.requests]
    assert asked[1].pop("pageToken") == ["p2"]
    assert asked[0] == asked[1]
    assert asked[0]["requestSyncToken"] == ["true"]


def test_what_went_and_what_became_part_of_another() -> None:
    answer = [person("people/1", deleted=True), person("people/2", previousResourceNames=["people/3", "people/2"])]
    peer = Peer(json({"connections": answer, "nextSyncToken": "s2", "totalItems": 500}))
    [part] = told(peer, TOKEN)
    assert ([each.key for each in part.there], part.gone) == (["people/2"], ("people/1", "people/3"))
    assert parse_qs(urlsplit(peer.requests[0].url).query)["syncToken"] == ["s1"]


def test_of_nothing_there_is_no_list() -> None:
    [part] = told(Peer(json({"nextSyncToken": "s2"})), TOKEN)
    assert (part.there, part.gone) == ((), ())


@pytest.mark.parametrize("status", [400, 410])
def test_an_expired_token(status: int) -> None:
    error = {"code": status, "status": "FAILED_PRECONDITION", "details": [{"reason": "EXPIRED_SYNC_TOKEN"}]}
    with pytest.raises(ExpiredTokenError):
        told(Peer(json({"error": error}, status)), TOKEN)
    with pytest.raises(PeerError):
        told(Peer(json({"error": error}, status)))


@pytest.mark.parametrize("token", ["no json", "[]", "{}", orjson.dumps({"mask": "names", "sync": "s"}).decode()])
def test_a_token_of_another_question_is_not_asked_with(token: str) -> None:
    peer = Peer()
    with pytest.raises(ExpiredTokenError):
        told(peer, token)
    assert peer.requests == []


def test_half_a_listing_is_an_error() -> None:
    first = json({"connections": [person("people/1")], "nextPageToken": "p2"})
    for peer, reason in (
        (Peer(first, json({"error": {}}, 503)), Reason.INCOMPLETE),
        (Peer(first, json({"error": {}}, 429)), Reason.THROTTLED),
        (Peer(first, json({"connections": [], "nextPageToken": "p2"})), Reason.GARBLED),
        (Peer(json({"connections": [person("people/1")], "nextSyncToken": "s", "totalItems": 2})), Reason.INCOMPLETE),
        (Peer(json({"connections": []})), Reason.INCOMPLETE),
        (Peer(json({"connections": "x", "nextSyncToken": "s"})), Reason.GARBLED),
        (Peer(json({"connections": [{}], "nextSyncToken": "s"})), Reason.INCOMPLETE),
        (Peer(html(400)), Reason.GARBLED),
    ):
        with pytest.raises(PeerError) as caught:
            told(peer)
        assert caught.value.reason is reason


def test_contact_groups() -> None:
    memberships = [
        {"contactGroupMembership": {"contactGroupResourceName": "contactGroups/1"}},
        {"domainMembership": {}},
        None,
    ]
    assert groups_of({"memberships": memberships}) == {"contactGroups/1"}
