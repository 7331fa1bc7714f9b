"""How a CalDAV server may be written."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.connectors import CaldavConnector
from service.caldav_sign_in import CaldavBasicAuth, CaldavBearerAuth

WRITTEN: dict[str, Any] = {"protocol": "caldav", "url": "https://cloud.fabrikam.example/remote.php/dav/"}


@pytest.mark.parametrize(
    ("auth", "kind"),
    [
        ({"kind": "bearer", "token": "env:T"}, CaldavBearerAuth),
        ({"kind": "basic", "username": "busyline", "password": "env:P"}, CaldavBasicAuth),
        (None, type(None)),
    ],
)
def test_how_it_is_proved_who_asks(auth: Any, kind: type) -> None:
    assert type(CaldavConnector.model_validate({**WRITTEN, "auth": auth}).auth) is kind


def test_the_url_alone_is_enough() -> None:
    settings = CaldavConnector.model_validate(WRITTEN)
    assert settings.url == "https://cloud.fabrikam.example/remote.php/dav"
    assert (settings.strategy, settings.recipients, settings.zone) == ("auto", 50, None)
    assert settings.remember == timedelta(minutes=1)


@pytest.mark.parametrize("key", ["principal", "home", "ifb"])
@pytest.mark.parametrize("template", ["/{local}/", "/{domain}/{local}", "https://dav.x.example/{address}.ifb?start=-7"])
def test_templates(key: str, template: str) -> None:
    assert getattr(CaldavConnector.model_validate({**WRITTEN, key: template}), key) == template


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"url": "http://dav.fabrikam.example/"}, "not an https address"),
        ({"auth": {"kind": "basic", "username": "u", "password": "hunter2"}}, "a secret is never written here"),
        ({"auth": {"kind": "digest"}}, "'basic', 'bearer'"),
        ({"strategy": "all"}, "'auto', 'outbox', 'report', 'expand' or 'ifb'"),
        ({"home": "/calendars/"}, "names no person"),
        ({"home": "/{user}/"}, "names no person"),
        ({"home": "/{local}/{user}/"}, "names no person"),
        ({"principal": "{local}/"}, "begins with neither"),
        ({"principal": "ftp://dav.x.example/{local}/"}, "begins with neither"),
        ({"ifb": "/{local} x"}, "do not belong in it"),
        ({"zone": "Berlin"}, "no time zone"),
        ({"zone": "../etc/passwd"}, "no time zone"),
        ({"organizer": "busyline"}, "is no address"),
        ({"recipients": 0}, "greater than or equal to 1"),
        ({"remember": "5"}, "not a length of time"),
    ],
)
def test_what_cannot(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        CaldavConnector.model_validate({**WRITTEN, **more})
    assert "hunter2" not in str(raised.value)
