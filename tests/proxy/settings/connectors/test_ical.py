"""How published files may be named: https, for persons, and no address chooses the server."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.connectors.ical import IcalConnector

URL = "https://x.example/{local}/freebusy.ifb"


def valid(**written: Any) -> IcalConnector:
    return IcalConnector.model_validate({"protocol": "ical", **written})


def test_by_template_by_table_and_by_file() -> None:
    assert valid(url=URL).url == URL
    assert valid(url="https://x.example/home/{address}?fmt=ifb").people is None
    assert valid(people={"Ann@X.example": "https://y.example/a.ics"}).people == {
        "ann@x.example": "https://y.example/a.ics"
    }
    assert valid(people="people.csv").people == Path("people.csv")
    assert valid(url="http://127.0.0.1:8080/{local}").max_size == 10 * 2**20
    assert valid(url=URL, published_ahead="90d", zone="Europe/Berlin").published_ahead == timedelta(days=90)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({}, "nobody's file is named"),
        ({"url": "https://x.example/freebusy.ifb"}, "names no person"),
        ({"url": "https://{domain}/{local}.ics"}, "cannot choose the server"),
        ({"url": "https://{local}.x.example/a.ics"}, "cannot choose the server"),
        ({"url": "https://x.example{local}/a.ics"}, "cannot choose the server"),
        ({"url": "https://x.example:{local}/"}, "port|server"),
        ({"url": "https://{local}@x.example/a.ics"}, "without user|server"),
        ({"url": "http://x.example/{local}.ics"}, "no https address"),
        ({"url": "http://x.example/{local}.ics"}, "127.0.0.1"),
        ({"url": "webcal://x.example/{local}.ics"}, "write https:// instead of webcal://"),
        ({"people": {"ann@x.example": "webcal://x.example/a.ics"}}, "write https:// instead of webcal://"),
        ({"url": "file:///{local}"}, "no https address"),
        ({"url": "https://x.example/{name}/{local}"}, "braces"),
        ({"url": "https://x.example/{local}#x"}, "no https address"),
        ({"url": "https://x.example\\@evil.example/{local}"}, "backslashes"),
        ({"people": {"ann": "https://x.example/a.ics"}}, "is no address"),
        ({"people": {"ann@x.example": "ftp://x.example/a.ics"}}, "no https address"),
        (
            {"people": "p.csv", "auth": {"kind": "basic", "username": "u", "password": "env:P"}},
            "auth is for the server",
        ),
        ({"url": URL, "auth": {"kind": "basic", "username": "u", "password": "hunter2"}}, "never written here"),
        ({"url": URL, "zone": "Narnia"}, "no time zone"),
        ({"url": URL, "max_size": "1GiB"}, "less than or equal"),
        ({"url": URL, "colour": "red"}, "Extra inputs"),
    ],
)
def test_what_is_refused(written: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        valid(**written)
