"""How an in-house system may be written."""

from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.connectors import ProviderConnector
from proxy.settings.connectors.provider import ProviderBasicAuth, ProviderBearerAuth

WRITTEN: dict[str, Any] = {"protocol": "http", "url": "https://shifts.fabrikam.example/freebusy"}


@pytest.mark.parametrize(
    ("auth", "kind"),
    [
        ({"kind": "bearer", "token": "env:T"}, ProviderBearerAuth),
        ({"kind": "basic", "username": "busyline", "password": "env:P"}, ProviderBasicAuth),
        (None, type(None)),
    ],
)
def test_how_it_is_proved_who_asks(auth: Any, kind: type) -> None:
    assert type(ProviderConnector.model_validate({**WRITTEN, "auth": auth}).auth) is kind


def test_the_url_alone_is_enough() -> None:
    settings = ProviderConnector.model_validate(WRITTEN)
    assert (settings.auth, settings.requester, settings.mailboxes, settings.concurrency) == (None, "busyline", 50, 10)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"url": "http://shifts.fabrikam.example/"}, "not an https address"),
        ({"url": "https://shifts.fabrikam.example/?key=1"}, "has no user, no"),
        ({"auth": {"kind": "bearer", "token": "hunter2"}}, "a secret is never written here"),
        ({"auth": {"kind": "bearer", "token": "env:T", "username": "x"}}, "Extra inputs"),
        ({"auth": {"kind": "basic", "username": "", "password": "env:P"}}, "at least 1 character"),
        ({"auth": {"kind": "digest"}}, "'bearer', 'basic'"),
        ({"mailboxes": 0}, "greater than or equal to 1"),
        ({"mailboxes": 501}, "less than or equal to 500"),
        ({"requester": ""}, "at least 1 character"),
    ],
)
def test_what_cannot(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        ProviderConnector.model_validate({**WRITTEN, **more})
    assert "hunter2" not in str(raised.value)
