"""Subscriptions to changes, and what is told of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.subscriptions import Notification, Sort, Subscription, end, read, subscribe
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
WEEK = NOW + timedelta(days=7)
URL = "https://graph.example"
GONE = {"error": {"code": "ResourceNotFound"}}


def made(peer: Peer, *, until: datetime = WEEK, secret: str = "s") -> Subscription:
    return run(
        subscribe(
            peer, "users/a/events", url="https://us.example/h", secret=secret, until=until, api_url=URL, as_of=NOW
        )
    )  # fmt: skip


def body(peer: Peer, number: int) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(peer.requests[number].body)
    return found


def test_a_subscription_says_what_where_and_for_how_long() -> None:
    peer = Peer(json({"id": "k", "expirationDateTime": "2026-11-05T08:00:00.000Z"}, 201))
    assert made(peer) == Subscription(key="k", until=datetime(2026, 11, 5, 8, tzinfo=UTC))
    assert (peer.requests[0].method, peer.requests[0].url) == ("POST", f"{URL}/v1.0/subscriptions")
    assert body(peer, 0) == {
        "changeType": "created,updated,deleted",
        "notificationUrl": "https://us.example/h",
        "lifecycleNotificationUrl": "https://us.example/h",
        "resource": "users/a/events",
        "clientState": "s",
        "expirationDateTime": "2026-11-09T07:59:00Z",
    }


def test_where_a_week_is_refused_three_days_are_taken() -> None:
    peer = Peer(json({"error": {"code": "InvalidRequest"}}, 400), json({"id": "k"}, 201))
    assert made(peer).until == NOW + timedelta(minutes=4229)
    assert body(peer, 1)["expirationDateTime"] == "2026-11-05T06:29:00Z"


@pytest.mark.parametrize(
    ("until", "wanted"),
    [(NOW + timedelta(minutes=1), timedelta(minutes=45)), (NOW + timedelta(days=99), timedelta(minutes=10_079))],
)
def test_no_shorter_and_no_longer_than_graph_takes(until: datetime, wanted: timedelta) -> None:
    assert made(Peer(json({"id": "k"}, 201)), until=until).until == NOW + wanted


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({"error": {"code": "InvalidRequest"}}, 400)] * 2, Reason.PEER_FAILED),
        ([json({"error": {"code": "ExtensionError"}}, 403)], Reason.NO_ACCESS),
        ([json({}, 429, Retry_After="7")], Reason.THROTTLED),
        ([json({}, 201)], Reason.GARBLED),
    ],
)
def test_a_refusal_is_told(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        made(Peer(*answers))
    assert raised.value.reason is reason


@pytest.mark.parametrize("secret", ["", "x" * 129])
def test_a_secret_is_wanted(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        made(Peer(), secret=secret)


def test_one_is_ended_once() -> None:
    peer = Peer(HttpResponse(204), json(GONE, 404), json({}, 500))
    run(end(peer, "k", api_url=URL, as_of=NOW))
    run(end(peer, "k", api_url=URL, as_of=NOW))
    assert {each.method for each in peer.requests} == {"DELETE"}
    with pytest.raises(PeerError):
        run(end(peer, "k", api_url=URL, as_of=NOW))


def test_notifications_are_read_and_what_is_none_is_left_out() -> None:
    value = [
        {"subscriptionId": "k", "clientState": "s", "changeType": "updated", "resource": "Users/a/Events/b"},
        {"subscriptionId": "k", "clientState": "s", "lifecycleEvent": "reauthorizationRequired"},
        {"subscriptionId": "k", "lifecycleEvent": "subscriptionRemoved"},
        {"subscriptionId": "k", "clientState": 7, "lifecycleEvent": "missed"},
        {"subscriptionId": "k", "lifecycleEvent": "somethingNew"},
        {"clientState": "s"},
        "rubbish",
    ]
    assert list(read(orjson.dumps({"value": value}))) == [
        Notification(subscription="k", sort=Sort.CHANGED, secret="s"),
        Notification(subscription="k", sort=Sort.REAUTHORISE, secret="s"),
        Notification(subscription="k", sort=Sort.REMOVED),
        Notification(subscription="k", sort=Sort.MISSED),
    ]
    assert "secret" not in repr(Notification(subscription="k", sort=Sort.CHANGED, secret="secret"))


@pytest.mark.parametrize("told", [b"", b"[]", b"{}", b'{"value": 1}', orjson.dumps({"value": [{}] * 1001})])
def test_what_is_no_call_is_garbled(told: bytes) -> None:
    with pytest.raises(PeerError) as raised:
        read(told)
    assert raised.value.reason is Reason.GARBLED
