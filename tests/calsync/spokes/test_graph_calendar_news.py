"""What Graph says at a hook."""

import orjson
import pytest

from calsync.notices.news import News, Said
from calsync.spokes.graph_calendar_news import SAID, read
from protocols.graph.subscriptions import Sort


def test_every_sort_of_notification_has_a_meaning() -> None:
    assert set(SAID) == set(Sort)


def test_notifications_are_told_in_order_with_what_proves_them() -> None:
    value = [
        {"subscriptionId": "k", "clientState": "s", "changeType": "updated"},
        {"subscriptionId": "k", "clientState": "s", "lifecycleEvent": "missed"},
        {"subscriptionId": "k", "clientState": "s", "lifecycleEvent": "reauthorizationRequired"},
        {"subscriptionId": "k", "clientState": "t", "lifecycleEvent": "subscriptionRemoved"},
    ]
    assert list(read({}, orjson.dumps({"value": value}))) == [
        News(Said.CHANGED, "s"),
        News(Said.CHANGED, "s"),
        News(Said.RENEW, "s"),
        News(Said.ENDED, "t"),
    ]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"value": []}', b"<xml/>"])
def test_what_is_none_is_not_read(body: bytes) -> None:
    with pytest.raises(ValueError, match="no notification of Graph"):
        read({}, body)
