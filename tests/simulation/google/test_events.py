"""Events come page by page, in the words of Google."""

from typing import Any

from simulation.estate import Estate
from simulation.faults import Trouble
from tests.simulation.google.asking import SHARER, Asker, reason


async def test_pages_follow_one_another_and_can_get_lost(asker: Asker, estate: Estate) -> None:
    dispatch = "dispatch@northwind.example"
    found: list[object] = []
    page: dict[str, Any] = {"nextPageToken": ""}
    while "nextPageToken" in page:
        _, page = await asker.events(dispatch, dispatch, maxResults="10", pageToken=page["nextPageToken"])
        found += page["items"]
    assert len(found) == 24
    asker.server.faults.trouble = Trouble.LOST_PAGE
    _, page = await asker.events(dispatch, dispatch, maxResults="10")
    status, _ = await asker.events(dispatch, dispatch, maxResults="10", pageToken=page["nextPageToken"])
    assert status == 500
    asker.server.faults.clear()
    status, answer = await asker.events(
        dispatch, dispatch, timeMax="2026-11-26T00:00:00Z", pageToken=page["nextPageToken"]
    )
    assert (status, reason(answer)) == (400, "invalid")


async def test_all_day_events_are_days_and_statuses_are_googles(asker: Asker) -> None:
    _, answer = await asker.events(SHARER, timeMax="2026-11-29T00:00:00Z")
    home = next(event for event in answer["items"] if event["eventType"] == "workingLocation")
    assert home["transparency"] == "transparent"
    hold = next(event for event in answer["items"] if event.get("summary") == "Hold: customer visit")
    assert [a["responseStatus"] for a in hold["attendees"] if a.get("self")] == ["tentative"]
    birthday = next(event for event in answer["items"] if "date" in event["start"])
    assert (birthday["start"], birthday["end"]) == ({"date": "2026-11-24"}, {"date": "2026-11-25"})
    assert answer["timeZone"] == "Europe/Berlin"
