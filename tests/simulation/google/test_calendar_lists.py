"""Listings hold together over their pages, and their tokens tell what changed since, until they expire."""

import pytest

from simulation.google.calendar_lists import Lists
from simulation.google.refusals import GoogleRefusal
from tests.simulation.google.calendar_asking import event, store, weekly


def keys(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["id"] for each in page["items"]]


def refused(lists: Lists, calendar: object, **query: str) -> tuple[int, str]:
    with pytest.raises(GoogleRefusal) as caught:
        lists.page(calendar, query, "owner")  # type: ignore[arg-type]
    return caught.value.status, caught.value.reason


def test_pages_hold_together_while_events_change() -> None:
    calendars, calendar = store()
    made = [calendars.insert(calendar, event(day))["id"] for day in (9, 10, 11)]
    lists = Lists(calendars)
    first = lists.page(calendar, {"maxResults": "2"}, "owner")
    assert (keys(first), "nextSyncToken" in first) == (made[:2], False)
    calendars.patch(calendar, made[0], {"summary": "Other"})
    new = calendars.insert(calendar, event(12))["id"]
    last = lists.page(calendar, {"maxResults": "2", "pageToken": first["nextPageToken"]}, "owner")
    assert (keys(last), "nextPageToken" in last) == (made[2:], False)
    since = lists.page(calendar, {"syncToken": last["nextSyncToken"]}, "owner")
    assert keys(since) == [made[0], new]
    assert keys(lists.page(calendar, {"syncToken": since["nextSyncToken"]}, "owner")) == []


def test_what_is_deleted_is_told_to_those_who_know_it() -> None:
    calendars, calendar = store()
    key = calendars.insert(calendar, event())["id"]
    lists = Lists(calendars)
    token = lists.page(calendar, {}, "owner")["nextSyncToken"]
    calendars.delete(calendar, key)
    [told] = lists.page(calendar, {"syncToken": token}, "owner")["items"]
    assert (told["id"], told["status"], "summary" in told) == (key, "cancelled", False)
    assert keys(lists.page(calendar, {}, "owner")) == []
    assert keys(lists.page(calendar, {"showDeleted": "true"}, "owner")) == [key]


def test_cancelled_occurrences_stand_with_their_series() -> None:
    calendars, calendar = store()
    key = calendars.insert(calendar, weekly(iCalUID="u@busyline"))["id"]
    calendars.delete(calendar, f"{key}_20261116T090000Z")
    lists = Lists(calendars)
    page = lists.page(calendar, {}, "owner")
    assert keys(page) == [key, f"{key}_20261116T090000Z"]
    assert set(page["items"][1]) == {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"}
    assert keys(lists.page(calendar, {"iCalUID": "u@busyline"}, "owner")) == keys(page)
    calendars.delete(calendar, key)
    assert keys(lists.page(calendar, {}, "owner")) == []


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [("2026-11-16T00:00:00Z", "2026-11-17T00:00:00Z", True), ("2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z", False)],
)
def test_a_window_finds_a_series_by_its_occurrences(low: str, high: str, found: bool) -> None:
    calendars, calendar = store()
    calendars.insert(calendar, weekly())
    assert bool(keys(Lists(calendars).page(calendar, {"timeMin": low, "timeMax": high}, "owner"))) is found


def test_an_event_by_its_property() -> None:
    calendars, calendar = store()
    calendars.insert(calendar, event())
    key = calendars.insert(calendar, event(extendedProperties={"private": {"busyline": "m"}}))["id"]
    assert keys(Lists(calendars).page(calendar, {"privateExtendedProperty": "busyline=m"}, "owner")) == [key]


def test_tokens_expire_and_bear_nothing_beside() -> None:
    calendars, calendar = store()
    lists = Lists(calendars)
    token = lists.page(calendar, {}, "owner")["nextSyncToken"]
    assert refused(lists, calendar, syncToken=token, timeMin="2026-11-16T00:00:00Z") == (400, "invalid")
    calendars.expire()
    assert refused(lists, calendar, syncToken=token) == (410, "fullSyncRequired")
    assert refused(lists, calendar, syncToken="?") == (410, "fullSyncRequired")
    assert refused(lists, calendar, pageToken="?") == (400, "invalid")
    assert refused(lists, calendar, singleEvents="true") == (400, "invalid")


def test_what_the_switches_do() -> None:
    calendars, calendar = store()
    for day in (9, 10):
        calendars.insert(calendar, event(day))
    lists = Lists(calendars)
    lists.largest = 1
    token = lists.page(calendar, {}, "owner")["nextPageToken"]
    lists.lost_pages = True
    assert refused(lists, calendar, pageToken=token) == (500, "backendError")


def test_who_sees_only_when_somebody_is_busy() -> None:
    calendars, calendar = store()
    calendars.insert(calendar, event())
    page = Lists(calendars).page(calendar, {}, "freeBusyReader")
    assert page["accessRole"] == "freeBusyReader"
    assert "summary" not in page["items"][0]
