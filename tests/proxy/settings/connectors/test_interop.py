"""How Google's Calendar Interop may be written as a back end."""

from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.connectors import InteropConnector

WRITTEN: dict[str, Any] = {
    "protocol": "google-interop",
    "username": "Interop@northwind.example",
    "password": "env:NORTHWIND_INTEROP",
}


def test_the_role_account_is_enough() -> None:
    settings = InteropConnector.model_validate(WRITTEN)
    assert settings.username == "interop@northwind.example"
    assert settings.autodiscover_url == "https://calendar.google.com/Autodiscover/Autodiscover.xml"
    assert settings.hosts == ("calendar.google.com", "www.google.com")


def test_where_the_secret_may_go_can_be_narrowed() -> None:
    assert InteropConnector.model_validate({**WRITTEN, "hosts": []}).hosts == ()
    assert InteropConnector.model_validate({**WRITTEN, "hosts": ["EWS.Google.com"]}).hosts == ("ews.google.com",)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"username": "svc"}, "is no address"),
        ({"password": "hunter2"}, "a secret is never written here"),
        ({"autodiscover_url": "http://calendar.google.com/"}, "not an https address"),
        ({"hosts": ["https://www.google.com"]}, "is no host"),
        ({"hosts": ["*.google.com"]}, "is no host"),
        ({"hosts": ["www.google.com:8443"]}, "is no host"),
        ({"hosts": ["google"]}, "is no host"),
        ({"hosts": [""]}, "is no host"),
        ({"hosts": ["www.google.com\n.evil.example"]}, "is no host"),
    ],
)
def test_what_cannot(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        InteropConnector.model_validate({**WRITTEN, **more})
    assert "hunter2" not in str(raised.value)
