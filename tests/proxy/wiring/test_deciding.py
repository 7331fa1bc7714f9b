"""Tests of proxy/wiring/deciding.py: which keys of a connector decide answers is decided for each of them."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from proxy.settings import ProxySettings
from proxy.settings import connectors as kinds
from proxy.settings.connectors import ConnectorSettings, PeerSection
from proxy.settings.shares import share_of
from proxy.wiring.deciding import PASSED_OVER, deciding
from tests.proxy.served import configuration

DECIDES = {
    *("protocol", "url", "auth", "further_accounts", "impersonate", "private_network", "working_hours", "directory"),
    *("service_account", "subject", "further_subjects", "statuses", "api_url", "login_url", "graph_url"),
    *("tenant", "client_id", "certificate", "secret", "cloud", "anchors"),
    *("strategy", "principal", "home", "ifb", "organizer", "old_headers", "zone", "remember"),
    *("people", "published_ahead", "max_size"),
    *("username", "password", "autodiscover_url", "hosts", "requester"),
}
"""A key that is in neither list is new: say here, or in PASSED_OVER, whether an answer depends on it."""
_BASIC = {"kind": "basic", "username": "u", "password": "env:P"}
WRITTEN: dict[str, dict[str, Any]] = {
    "graph": {"tenant": "t.example", "client_id": "c", "secret": "env:S", "anchors": ["a@t.example"]},
    "google": {"service_account": "file:a.json", "subject": "a@b.example"},
    "ews": {"url": "https://mail.b.example/EWS/Exchange.asmx", "auth": _BASIC},
    "caldav": {"url": "https://dav.b.example"},
    "ical": {"people": "people.csv"},
    "google-interop": {"username": "i@b.example", "password": "env:P"},
    "http": {"url": "https://in.b.example/fb"},
}
OTHERS = {  # of what decides nothing
    "automatic_replies": True,
    "budget": ["7/1m"],
    "ca": "ca.pem",
    "concurrency": 2,
    "deadline": "9s",
    "extra_calls": 0.3,
    "keep": 1,
    "mailboxes": 7,
    "overdue": "1s",
    "recipients": 7,
    "total_budget": ["70/1m"],
}
_CLASSES: list[type[PeerSection]] = [
    kind
    for kind in map(vars(kinds).get, kinds.__all__)
    if isinstance(kind, type) and issubclass(kind, PeerSection) and kind is not PeerSection
]


def _settings(protocol: str, **more: Any) -> ConnectorSettings:
    adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
    return adapter.validate_python({"protocol": protocol, **WRITTEN[protocol], **more})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text("ann@b.example,https://x.example/ann.ics\n")
    return tmp_path


def test_each_kind_is_here() -> None:
    assert {type(_settings(protocol)) for protocol in WRITTEN} == set(_CLASSES)


@pytest.mark.parametrize("kind", _CLASSES, ids=lambda kind: kind.__name__)
def test_each_key_has_been_decided_about(kind: type[PeerSection]) -> None:
    assert [key for key in kind.model_fields if (key in DECIDES) == (key in PASSED_OVER)] == []


def test_nothing_is_passed_over_that_is_no_key() -> None:
    assert set(OTHERS) == PASSED_OVER == {key for kind in _CLASSES for key in kind.model_fields} - DECIDES


@pytest.mark.parametrize("protocol", WRITTEN)
def test_what_decides_nothing_may_differ(protocol: str, place: Path) -> None:
    plain = _settings(protocol)
    for key, value in OTHERS.items():
        if key in type(plain).model_fields:
            other = _settings(protocol, **{key: value})
            assert getattr(other, key) != getattr(plain, key)
            assert deciding(other, place) == deciding(plain, place)


@pytest.mark.parametrize("workers", [2, 3, 64])
def test_however_many_workers_there_are_it_is_the_same(workers: int, place: Path) -> None:
    several = {protocol: _settings(protocol, concurrency=4, budget=["600/1m"]) for protocol in WRITTEN}
    whole = ProxySettings.model_validate(configuration()).model_copy(update={"connectors": several})
    share = share_of(whole, workers)
    for protocol, settings in whole.connectors.items():
        assert deciding(share.connectors[protocol], place) == deciding(settings, place)


def test_what_decides_must_be_the_same(place: Path) -> None:
    found = [
        deciding(_settings("google", **more), place)
        for more in ({}, {"subject": "c@b.example"}, {"statuses": True}, {"private_network": True})
    ]
    assert len(set(found)) == 4


def test_a_file_counts_by_what_it_holds(place: Path) -> None:
    before = deciding(_settings("ical"), place)
    assert deciding(_settings("ical"), place) == before
    (place / "people.csv").write_text("ann@b.example,https://x.example/bob.ics\n")
    assert deciding(_settings("ical"), place) != before
    (place / "people.csv").unlink()
    with pytest.raises(FileNotFoundError):
        deciding(_settings("ical"), place)


def test_a_secret_counts_by_where_it_lies(place: Path) -> None:
    auth = {"kind": "negotiate", "keytab": "a.keytab"}  # which is not even there
    found = {deciding(_settings("ews", auth={**auth, "keytab": name}), place) for name in ("a.keytab", "b.keytab")}
    assert len(found) == 2
