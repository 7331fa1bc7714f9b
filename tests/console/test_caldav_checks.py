"""`busyline check` finds what of a CalDAV connector contradicts itself."""

from pathlib import Path
from typing import Any

import pytest

from console.caldav_checks import check_caldav
from console.configuration import Configuration
from tests.proxy.served import configuration

AUTH = {"kind": "basic", "username": "busyline", "password": "file:password"}
DAV = {"protocol": "caldav", "url": "https://dav.x.example/dav", "auth": AUTH, "zone": "Europe/Berlin"}


def found(directory: Path, **more: Any) -> list[tuple[str, str, str]]:
    """What there is to say of a connector."""
    (directory / "password").write_text("secret")
    connectors = {"dav": {key: value for key, value in {**DAV, **more}.items() if value is not None}}
    settings = Configuration.model_validate({**configuration(), "connectors": connectors, "routes": []})
    return [
        (one.severity, one.key.removeprefix("connectors.dav."), one.what) for one in check_caldav(settings, directory)
    ]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"principal": "/p/{local}/"},
        {"home": "https://dav.x.example:443/{address}/"},
        {"strategy": "ifb", "ifb": "/{local}.ifb"},
        {"strategy": "outbox", "recipients": 20, "organizer": "busyline@x.example"},
        {"strategy": "expand", "auth": None, "home": "/{local}/"},
        {"auth": {"kind": "bearer", "token": "file:password"}},
        {"strategy": "ifb", "ifb": "/{local}.ifb", "zone": None},
    ],
)
def test_in_order(tmp_path: Path, more: dict[str, Any]) -> None:
    assert found(tmp_path, **more) == []


@pytest.mark.parametrize(
    ("more", "severity", "key", "words"),
    [
        ({"strategy": "ifb"}, "error", "strategy", "no ifb says"),
        ({"strategy": "outbox", "auth": None}, "error", "strategy", "no auth names one"),
        ({"strategy": "outbox", "home": "/{local}/"}, "warning", "home", "does not look at it"),
        ({"zone": None}, "note", "zone", "all-day and floating events are unknown"),
        ({"strategy": "expand", "zone": None}, "note", "zone", "all-day and floating events are unknown"),
        ({"strategy": "report"}, "warning", "strategy", "for UTC leaves doubt"),
        ({"strategy": "expand", "ifb": "/{local}"}, "warning", "ifb", "does not look at it"),
        ({"strategy": "expand", "recipients": 50}, "warning", "recipients", "does not look at it"),
        ({"strategy": "expand", "old_headers": True}, "warning", "old_headers", "does not look at it"),
        ({"home": "/{local}/", "principal": "/p/{local}/"}, "warning", "principal", "nobody looks at"),
        ({"home": "https://other.example/{local}/"}, "error", "home", "another host"),
        ({"principal": "https://dav.x.example:8443/{local}/"}, "error", "principal", "another host"),
        ({"ifb": "http://dav.x.example/{local}"}, "error", "ifb", "another host"),
        ({"auth": {**AUTH, "password": "file:none"}}, "error", "auth.password", "there is no file"),
        ({"auth": {"kind": "bearer", "token": "file:none"}}, "error", "auth.token", "there is no file"),
    ],
)
def test_contradictions(tmp_path: Path, more: dict[str, Any], severity: str, key: str, words: str) -> None:
    [(found_severity, found_key, what)] = found(tmp_path, **more)
    assert (found_severity, found_key) == (severity, key)
    assert words in what


def test_other_connectors_are_no_concern_of_these(tmp_path: Path) -> None:
    assert list(check_caldav(Configuration.model_validate(configuration()), tmp_path)) == []
