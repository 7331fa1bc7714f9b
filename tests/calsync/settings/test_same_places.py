"""Tests of calsync/settings/same_places.py: what is surely one calendar is one, however it is written."""

from typing import Any

import pytest

from calsync.settings import same_places
from tests.calsync.settings.merger import SPOKES, wrong

ANN = "ann@northwind.example"
DAV = {**SPOKES["caldav"]}


@pytest.mark.parametrize(
    ("spoke", "one", "other"),
    [
        ("google", {"calendar": "primary"}, {"calendar": ""}),
        ("google", {"calendar": "Ann@Northwind.example"}, {"calendar": "primary"}),
        ("graph", {"calendar": "Merger"}, {"calendar": " merger "}),
        ("ews", {"url": "https://mail.fabrikam.example:443/EWS/Exchange.asmx"}, {}),
        ("ews", {"calendar": "Team/Shifts"}, {"calendar": "/team/shifts/"}),
        ("public", {"public_folder": "/Shared/Team/"}, {"public_folder": "/shared/team"}),
        ("caldav", {"url": "https://DAV.tailspin.example:443/calendars/team"}, {}),
        ("caldav", {"url": "https://dav.tailspin.example/calendars/te%61m/"}, {}),
    ],
)
def test_one_calendar_written_in_two_ways_is_one(spoke: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    written = {"one": SPOKES[spoke] | one, "two": SPOKES[spoke] | other}
    assert wrong({"name": "merger", "spokes": written}) == {
        "hubs.0.spokes.two": "one is the same calendar: name each once"
    }


def test_one_calendar_of_two_protocols_is_one() -> None:
    for url in (
        "https://apidata.googleusercontent.com/caldav/v2/{}/events",
        "https://www.google.com/calendar/dav/{}/events/",
    ):
        assert same_places.caldav(url.format("ann%40northwind.example")) == same_places.google("primary", ANN)
    online = same_places.ews("https://outlook.office365.com/EWS/Exchange.asmx", ANN, "Team")
    assert online == same_places.graph(ANN, "team")


def test_what_differs_is_not_one() -> None:
    dav = "https://dav.tailspin.example/calendars/"
    places = {
        same_places.caldav(f"{dav}team/"),
        same_places.caldav(f"{dav}Team/"),
        same_places.caldav("https://dav.tailspin.example:8443/calendars/team/"),
        same_places.caldav("https://apidata.googleusercontent.com/caldav/v2/ann%40northwind.example/user"),
        same_places.google("", ANN),
        same_places.google("", ANN, "Suppliers"),
        same_places.graph(ANN),
        same_places.graph(ANN, "Team"),
        same_places.ews("https://mail.fabrikam.example/EWS/Exchange.asmx", ANN),
        same_places.public_folder("https://mail.fabrikam.example/EWS/Exchange.asmx", "/Team"),
    }
    assert len(places) == 10
