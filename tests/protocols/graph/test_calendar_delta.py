"""What a delta of a calendar view says, and the token by which it is gone on with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from protocols.errors import PeerError
from protocols.graph.calendar_delta import ROLL, Chain, sorted_out
from protocols.graph.calendar_requests import Place
from protocols.graph.streamed import Expired
from protocols.model.window import TimeWindow
from tests.protocols.graph.calendar_samples import entry, moment, occurrence, weekly

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
WINDOW = TimeWindow(NOW - timedelta(days=100), NOW + timedelta(days=300))
PLACE = Place(user="ann@contoso.example", api_url="https://graph.example")
LINK = "https://graph.example/v1.0/users/ann@contoso.example/calendarView/delta?$deltatoken=1"


def test_singles_are_whole_and_series_are_asked_for() -> None:
    bare = {"id": "x.1", "type": "occurrence", "seriesMasterId": "x", "start": moment("2026-11-09T09:00:00")}
    gone = {"id": "g", "@removed": {"reason": "deleted"}}
    told = sorted_out([entry("one"), weekly("s"), bare, occurrence("2026-11-16"), gone, {"id": "odd"}])
    assert [each["id"] for each in told.singles] == ["one"]
    assert told.series == ("s", "x", "odd")
    assert told.gone == ("g",)


def test_what_has_no_id_is_garbled() -> None:
    with pytest.raises(PeerError):
        sorted_out([{"type": "singleInstance"}])


def test_a_token_is_read_again() -> None:
    chain = replace(Chain.begun(PLACE, WINDOW, NOW), link=LINK)
    assert chain.window == TimeWindow(WINDOW.start, WINDOW.end + ROLL)
    assert Chain.read(chain.token, PLACE, WINDOW, NOW) == chain
    later = NOW + timedelta(days=30)
    moved = TimeWindow(WINDOW.start + timedelta(days=30), WINDOW.end + timedelta(days=30))
    assert Chain.read(chain.token, PLACE, moved, later) == chain


TOKEN = replace(Chain.begun(PLACE, WINDOW, NOW), link=LINK).token


@pytest.mark.parametrize(
    ("token", "place", "window", "now"),
    [
        ("", PLACE, WINDOW, NOW),
        ("[]", PLACE, WINDOW, NOW),
        ("{}", PLACE, WINDOW, NOW),
        (TOKEN.replace("2026-", "later"), PLACE, WINDOW, NOW),
        (TOKEN.replace("https://graph.example", "https://else.example"), PLACE, WINDOW, NOW),
        (TOKEN, replace(PLACE, calendar="other"), WINDOW, NOW),
        (TOKEN, replace(PLACE, user="bob@contoso.example"), WINDOW, NOW),
        (TOKEN, PLACE, TimeWindow(WINDOW.start - timedelta(days=1), WINDOW.end), NOW),
        (TOKEN, PLACE, TimeWindow(WINDOW.start, WINDOW.end + timedelta(days=32)), NOW),
        (TOKEN, PLACE, WINDOW, NOW + timedelta(days=32)),
        (TOKEN, PLACE, WINDOW, NOW - timedelta(days=32)),
    ],
)
def test_a_token_that_is_not_good_begins_anew(token: str, place: Place, window: TimeWindow, now: datetime) -> None:
    with pytest.raises(Expired):
        Chain.read(token, place, window, now)
