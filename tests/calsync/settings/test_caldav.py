"""Tests of calsync/settings/caldav.py: a collection with its path, and a file whose address may be a secret."""

import pytest

from service.secrets import Reference
from tests.calsync.settings.merger import hub, read, wrong


def test_the_address_of_a_file_may_lie_elsewhere() -> None:
    settings = read(hub("google", "ical", ical={"url": "env:HOLIDAYS_URL"}))
    spoke = settings.hubs[0].spokes["ical"]
    assert spoke.model_dump(mode="json")["url"] == "env:HOLIDAYS_URL"
    assert spoke.place == ("ical", str(Reference("env", "HOLIDAYS_URL")))


@pytest.mark.parametrize(
    ("spoke", "url", "words"),
    [
        ("ical", "webcal://calendars.example.net/hunter2.ics", "instead of webcal://"),
        ("ical", "nowhere", "no https address"),
        ("caldav", "http://dav.example/calendars/", "not an https address"),
    ],
)
def test_what_is_no_address(spoke: str, url: str, words: str) -> None:
    (told,) = wrong(hub("google", spoke, kind="calendar", **{spoke: {"url": url}})).values()
    assert words in told
    assert "hunter2" not in told


def test_a_slash_more_is_the_same_calendar() -> None:
    one, other = (
        read(hub("google", "caldav", caldav={"url": f"https://dav.tailspin.example/team{end}"})) for end in ("", "/")
    )
    assert one.hubs[0].spokes["caldav"].place == other.hubs[0].spokes["caldav"].place
