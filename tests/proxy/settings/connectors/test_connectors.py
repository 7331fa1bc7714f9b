"""Which protocols there are, and the words for one that there is not."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from proxy.settings.connectors import (
    ConnectorSettings,
    EwsConnector,
    GoogleConnector,
    GraphConnector,
    InteropConnector,
    ProviderConnector,
)

WRITTEN: dict[type, dict[str, Any]] = {
    EwsConnector: {
        "protocol": "ews",
        "url": "https://x.example/EWS",
        "auth": {"kind": "basic", "username": "u", "password": "env:P"},
    },
    GraphConnector: {
        "protocol": "graph",
        "tenant": "t",
        "client_id": "c",
        "secret": "env:S",
        "anchors": ["a@x.example"],
    },
    GoogleConnector: {"protocol": "google", "service_account": "file:a.json", "subject": "fb@x.example"},
    InteropConnector: {"protocol": "google-interop", "username": "r@x.example", "password": "env:P"},
    ProviderConnector: {"protocol": "http", "url": "https://x.example/fb"},
}


def valid(written: dict[str, Any]) -> ConnectorSettings:
    adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
    return adapter.validate_python(written)


@pytest.mark.parametrize("kind", WRITTEN)
def test_each_protocol_has_its_section(kind: type) -> None:
    assert type(valid(WRITTEN[kind])) is kind


@pytest.mark.parametrize("kind", WRITTEN)
def test_unknown_keys_are_errors(kind: type) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        valid({**WRITTEN[kind], "colour": "red"})


def test_there_is_no_other() -> None:
    with pytest.raises(ValidationError, match="'graph', 'google', 'ews', 'caldav', 'ical', 'google-interop', 'http'"):
        valid({"protocol": "notes"})
