"""Guests read and written, and who else is there."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.accounts import Account
from protocols.graph.guests import change, everything, one, properties, remove, some, who_has
from protocols.graph.people import EXTENSIONS
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from tests.protocols.scripted import Peer, html, json, run

API = "https://graph.microsoft.com/v1.0"
WHERE: Any = {"api_url": API, "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
GONE = json({"error": {"code": "Request_ResourceNotFound"}}, 404)
NONE = json({"value": []})


def _filter(peer: Peer, number: int) -> str:
    return parse_qs(urlsplit(peer.requests[number].url).query)["$filter"][0]


def test_users_contacts_and_groups_with_an_address() -> None:
    async def read(peer: Peer) -> list[Account]:
        return [account async for account in everything(peer, **WHERE)]

    peer = Peer(
        json(
            {"value": [{"id": "1", "mail": "a@b.example"}, {"id": "2"}], "@odata.nextLink": f"{API}/users?$skiptoken=x"}
        ),
        json({"value": [{"id": "3", "mail": "c@b.example"}]}),
        json({"value": [{"id": "4", "mail": "d@b.example"}]}),
        json({"value": [{"id": "5", "mail": "e@b.example"}, {"id": "6"}]}),
    )
    assert [account.key for account in run(read(peer))] == ["1", "3", "4", "5"]
    assert [urlsplit(request.url).path for request in peer.requests] == [
        f"/v1.0/{name}" for name in ("users", "users", "contacts", "groups")
    ]
    with pytest.raises(PeerError):
        run(read(Peer(json({"value": []}), json({"error": {}}, 403))))


async def _everything(peer: Peer) -> list[Account]:
    return [account async for account in everything(peer, **WHERE)]


@pytest.mark.parametrize("reading", [_everything, lambda peer: some(peer, [], ["a@b.example"], **WHERE)])
def test_a_page_that_is_too_old_by_now_is_an_answer_that_is_not_whole(reading: Any) -> None:
    first = json({"value": [{"id": "1", "mail": "a@b.example"}], "@odata.nextLink": f"{API}/users?$skiptoken=x"})
    for late in (html(410), json({"error": {"code": "Directory_ExpiredPageToken"}}, 400)):
        with pytest.raises(PeerError) as failed:
            run(reading(Peer(first, late)))
        assert failed.value.reason is Reason.INCOMPLETE


def test_no_more_than_fifteen_tests_in_a_question() -> None:
    addresses = ["o'neil@b.example", "x500:/o=b/cn=o'neil", "c@b.example", "d@b.example", "e@b.example"]
    peer = Peer(*[NONE] * 5)
    assert run(some(peer, [], addresses, **WHERE)) == []
    assert _filter(peer, 0).startswith("proxyAddresses/any(p:p eq 'smtp:o''neil@b.example') or mail eq 'o''neil@")
    assert "proxyAddresses/any(p:p eq 'x500:/o=b/cn=o''neil')" in _filter(peer, 0)
    assert [_filter(peer, number).count(" eq ") for number in range(4)] == [13, 4, 9, 9]
    assert run(some(Peer(), [], [], **WHERE)) == []


def test_what_does_not_answer_to_the_address_was_not_asked_for() -> None:
    other = {"id": "2", "mail": "other@b.example"}
    peer = Peer(
        json({"value": [{"id": "k"}]}), json({"value": [{"id": "1", "mail": "a@b.example"}, other]}), NONE, NONE
    )
    assert [account.key for account in run(some(peer, ["k"], ["a@b.example"], **WHERE))] == ["k", "1"]


def test_failures_of_looking_are_values() -> None:
    told = run(who_has(Peer(json({"error": {}}, 429)), "a@b.example", **WHERE))
    assert isinstance(told, PeerError)
    assert run(who_has(Peer(NONE, NONE, NONE), "a@b.example", **WHERE)) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (GONE, Reason.NO_SUCH_MAILBOX),
        (html(), Reason.GARBLED),
        (json({}), Reason.GARBLED),
        (json({}, 500), Reason.PEER_FAILED),
    ],
)
def test_one_of_them(answer: HttpResponse, reason: Reason) -> None:
    told = run(one(Peer(answer), "a/b", **WHERE))
    assert isinstance(told, PeerError)
    assert told.reason is reason
    peer = Peer(json({"id": "a/b"}))
    assert isinstance(run(one(peer, "a/b", **WHERE)), Account)
    assert peer.requests[0].url.startswith(f"{API}/users/a%2Fb?")


def test_a_change_writes_what_it_names() -> None:
    peer = Peer(HttpResponse(204))
    assert run(change(peer, "1", {"jobTitle": None}, **WHERE)) is None
    assert (peer.requests[0].method, orjson.loads(peer.requests[0].body)) == ("PATCH", {"jobTitle": None})
    failed = run(change(Peer(GONE), "1", {}, **WHERE))
    assert failed is not None
    assert failed.reason is Reason.NO_SUCH_MAILBOX


def test_removing_who_is_gone_is_done() -> None:
    assert run(remove(Peer(HttpResponse(204)), "1", **WHERE)) is None
    assert run(remove(Peer(GONE), "1", **WHERE)) is None
    assert run(remove(Peer(json({"error": {}}, 403)), "1", **WHERE)) is not None


@pytest.mark.parametrize("answer", [html(200), html(404), HttpResponse(200, body=b'{"id": "')])
def test_what_somebody_else_says_is_no_proof(answer: HttpResponse) -> None:
    for failure in (run(remove(Peer(answer), "1", **WHERE)), run(change(Peer(answer), "1", {}, **WHERE))):
        assert failure is not None
        assert failure.reason is Reason.GARBLED


def test_the_body_of_a_change() -> None:
    texts = {Field.TITLE: "Lead", Field.EXTRA_1: "one", Field.EXTRA_15: "mine", Field.PHONE: "1"}
    assert properties(texts, texts) == {"jobTitle": "Lead", EXTENSIONS: {"extensionAttribute1": "one"}}
    assert properties({}, [Field.TITLE, Field.DISPLAY_NAME, Field.EXTRA_2]) == {
        "jobTitle": None,
        EXTENSIONS: {"extensionAttribute2": None},
    }
    assert properties({}, [], stamp="busyline:s/a") == {EXTENSIONS: {"extensionAttribute15": "busyline:s/a"}}
    assert properties(texts, [Field.EXTRA_15], stamp="busyline:s/a", stamp_at="employeeType") == {
        "employeeType": "busyline:s/a",
        EXTENSIONS: {"extensionAttribute15": "mine"},
    }
