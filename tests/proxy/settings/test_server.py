"""[server] and [cache]: the caps, the times and whose word is believed."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.server import CacheSettings, ServerSettings
from service.addresses import ListenAddress


def server(**keys: Any) -> ServerSettings:
    return ServerSettings.model_validate(
        {"public_url": "https://busy.example.com", "certificate": {"kind": "first-run", "directory": "c"}, **keys}
    )


def test_the_defaults_are_the_narrow_ones() -> None:
    found = server()
    assert all(address.is_loopback for address in (*found.listen, *found.metrics_listen))
    assert found.trusted_proxies == found.plain_listen == ()
    assert (found.connections, found.connections_per_address) == (4096, 512)
    assert (found.head_timeout, found.body_timeout) == (timedelta(seconds=15), timedelta(seconds=30))


def test_addresses_and_networks_are_read() -> None:
    found = server(trusted_proxies=["10.0.0.5", "2001:db8::/48"], plain_listen=["0.0.0.0:80"])
    assert [str(each) for each in found.trusted_proxies] == ["10.0.0.5/32", "2001:db8::/48"]
    assert found.plain_listen == (ListenAddress("0.0.0.0", 80),)
    assert found.model_dump(mode="json")["trusted_proxies"] == ["10.0.0.5", "2001:db8::/48"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"trusted_proxies": ["10.0.0.5/8"]},
        {"trusted_proxies": ["0.0.0.0/0"]},
        {"trusted_proxies": ["::/0"]},
        {"trusted_proxies": ["proxy.example.com"]},
        {"connections": 0},
        {"connections_per_address": 0},
        {"head_timeout": "0s"},
        {"body_timeout": "-1s"},
        {"listen": []},
        {"public_url": "https://busy.example.com/path"},
        {"public_url": "http://busy.example.com"},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        server(**wrong)


def test_a_cache_may_be_none() -> None:
    assert CacheSettings.model_validate({"mailboxes": 0}).mailboxes == 0
    with pytest.raises(ValidationError):
        CacheSettings.model_validate({"mailboxes": -1})


def test_what_has_expired_says_who_was_busy_for_a_day_at_most() -> None:
    assert CacheSettings.model_validate({"stale_if_error": "0s"}).stale_if_error == timedelta()
    assert CacheSettings.model_validate({"stale_if_error": "10m"}).stale_if_error == timedelta(minutes=10)
    with pytest.raises(ValidationError, match="a day at most"):
        CacheSettings.model_validate({"stale_if_error": "25h"})
    with pytest.raises(ValidationError):
        CacheSettings.model_validate({"refresh_asks": -1})
