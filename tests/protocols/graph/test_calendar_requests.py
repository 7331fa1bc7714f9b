"""The requests for the events of one calendar."""

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from protocols.graph.batch import Part
from protocols.graph.calendar_requests import Place
from protocols.graph.calendar_times import PREFER
from protocols.model.window import TimeWindow

URL = "https://graph.example"
OWN = Place(user="ann@contoso.example", api_url=URL)
OTHER = Place(user="ann@contoso.example", calendar="a/b=", api_url=f"{URL}/v1.0")
START = datetime(2026, 11, 9, 9, tzinfo=UTC)
WINDOW = TimeWindow(START, datetime(2027, 1, 1, tzinfo=UTC))


def test_where_a_calendar_lies() -> None:
    assert OWN.path == "/users/ann@contoso.example/calendar/events"
    assert OTHER.path == "/users/ann@contoso.example/calendars/a%2Fb%3D/events"
    assert OWN.resource == "users/ann@contoso.example/events"
    assert OTHER.resource == "users/ann@contoso.example/calendars/a/b=/events"


def test_a_delta_names_its_window_and_nothing_else() -> None:
    query = "startDateTime=2026-11-09T09:00:00Z&endDateTime=2027-01-01T00:00:00Z"
    assert OWN.delta(WINDOW) == f"{URL}/v1.0/users/ann@contoso.example/calendarView/delta?{query}"
    assert OTHER.delta(WINDOW) == f"{URL}/v1.0/users/ann@contoso.example/calendars/a%2Fb%3D/calendarView/delta?{query}"


@pytest.mark.parametrize(
    ("part", "method", "below", "matches"),
    [
        (OWN.one("k/1"), "GET", "/k%2F1?", False),
        (OWN.series("k/1"), "GET", "/k%2F1?", False),
        (OWN.around("k/1", START), "GET", "/k%2F1/instances?", False),
        (OWN.creation({"a": 1}), "POST", "", False),
        (OWN.change("k/1", 'W/"x"', {"a": 1}), "PATCH", "/k%2F1", True),
        (OWN.removal("k/1", 'W/"x"'), "DELETE", "/k%2F1", True),
        (OWN.marked("busyline:h/it's"), "GET", "?", False),
    ],
)
def test_each_asks_alike_and_no_change_without_an_etag(part: Part, method: str, below: str, matches: bool) -> None:
    assert part.method == method
    assert part.path.startswith(f"{OWN.path}{below}")
    assert part.headers["Prefer"] == PREFER
    assert part.headers.get("If-Match") == ('W/"x"' if matches else None)


def test_stamps_are_asked_for_by_their_beginning_and_by_their_whole() -> None:
    assert "startswith(ep/value,'busyline:h/')" in unquote(OWN.stamped("busyline:h/"))
    assert "ep/value eq 'busyline:h/it''s'" in unquote(OWN.marked("busyline:h/it's").path)


def test_a_series_is_asked_for_with_what_differs() -> None:
    path = unquote(OWN.series("s").path)
    assert "cancelledOccurrences" in path
    assert path.endswith("$expand=exceptionOccurrences")
    assert "cancelledOccurrences" not in unquote(OWN.one("s").path)
