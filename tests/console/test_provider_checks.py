"""`busyline check` looks at the secrets of in-house systems and of Google's service for Exchange, and where they go."""

from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.provider_checks import check_provider
from tests.proxy.served import configuration

URL = "https://shifts.fabrikam.example/freebusy"
BEARER = {"kind": "bearer", "token": "file:secret"}
INTEROP = {"protocol": "google-interop", "username": "interop@fabrikam.example", "password": "file:secret"}


def found(directory: Path, connector: dict[str, Any]) -> list[str]:
    """What there is to say."""
    settings = Configuration.model_validate({**configuration(), "connectors": {"fabrikam": connector}})
    return [f"{one.severity}: {one.key}: {one.what}" for one in check_provider(settings, directory)]


@pytest.fixture(autouse=True)
def secret(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")


@pytest.mark.parametrize(
    "connector",
    [
        {"protocol": "http", "url": URL, "auth": BEARER},
        {"protocol": "http", "url": URL, "auth": {"kind": "basic", "username": "b", "password": "file:secret"}},
        {"protocol": "http", "url": "http://127.0.0.1:8080/"},
        {"protocol": "http", "url": "https://shifts.local/", "auth": BEARER, "private_network": True},
        INTEROP,
        {**INTEROP, "hosts": ["ews.google.com"]},
    ],
)
def test_all_in_order(tmp_path: Path, connector: dict[str, Any]) -> None:
    assert found(tmp_path, connector) == []


def test_others_are_left_to_others(tmp_path: Path) -> None:
    assert list(check_provider(Configuration.model_validate(configuration()), tmp_path)) == []


@pytest.mark.parametrize(
    ("connector", "words"),
    [
        ({"protocol": "http", "url": URL}, "warning: connectors.fabrikam.auth: Busyline proves nothing there"),
        (
            {"protocol": "http", "url": URL, "auth": {**BEARER, "token": "file:missing"}},
            "error: connectors.fabrikam.auth.token: there is no file",
        ),
        (
            {"protocol": "http", "url": URL, "auth": {"kind": "basic", "username": "b", "password": "file:missing"}},
            "error: connectors.fabrikam.auth.password: there is no file",
        ),
        (
            {"protocol": "http", "url": "https://shifts.local/", "auth": BEARER},
            "warning: connectors.fabrikam.url: shifts.local looks like a name inside your network",
        ),
        (
            {"protocol": "http", "url": "https://10.1.2.3/", "auth": BEARER, "private_network": True},
            "warning: connectors.fabrikam.private_network: 10.1.2.3 is written out",
        ),
        ({**INTEROP, "password": "file:missing"}, "error: connectors.fabrikam.password: there is no file"),
        (
            {**INTEROP, "autodiscover_url": "https://relay.example/a.xml"},
            "warning: connectors.fabrikam.autodiscover_url: relay.example is not Google's",
        ),
        (
            {**INTEROP, "hosts": ["www.google.com", "notgoogle.com"]},
            "warning: connectors.fabrikam.hosts: notgoogle.com is not Google's",
        ),
    ],
)
def test_what_is_doubtful(tmp_path: Path, connector: dict[str, Any], words: str) -> None:
    (one,) = found(tmp_path, connector)
    assert one.startswith(words)
    assert "hunter2" not in one
