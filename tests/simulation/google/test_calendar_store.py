"""Events change by patches, series by their occurrences, and whoever would be mailed is written down."""

from datetime import timedelta
from typing import Any

import pytest

from simulation.google.calendar_store import Calendars, Mail, merged
from simulation.google.refusals import GoogleRefusal
from tests.simulation.google.calendar_asking import ANN, JACK, KEY, NOW, event, store, weekly

GUESTS = [{"email": KEY}, {"email": ANN}]


def refusal(call: Any, *arguments: Any, **more: Any) -> tuple[int, str]:
    with pytest.raises(GoogleRefusal) as caught:
        call(*arguments, **more)
    return caught.value.status, caught.value.reason


def test_an_event_comes_changes_and_goes() -> None:
    calendars, calendar = store()
    made = calendars.insert(calendar, event())
    assert (made["status"], made["organizer"], made["eventType"]) == (
        "confirmed",
        {"email": KEY, "self": True},
        "default",
    )
    changed = calendars.patch(
        calendar, made["id"], {"location": "Room 1", "summary": None, "id": "other"}, etag=made["etag"]
    )
    assert (changed["id"], changed["location"], "summary" in changed) == (made["id"], "Room 1", False)
    assert changed["etag"] != made["etag"]
    assert refusal(calendars.patch, calendar, made["id"], {}, etag=made["etag"]) == (412, "conditionNotMet")
    assert refusal(calendars.delete, calendar, made["id"], etag=made["etag"]) == (412, "conditionNotMet")
    calendars.delete(calendar, made["id"])
    assert calendar.events[made["id"]]["status"] == "cancelled"
    assert refusal(calendars.delete, calendar, made["id"]) == (410, "deleted")
    assert refusal(calendars.delete, calendar, "nothing") == (404, "notFound")
    assert calendars.patch(calendar, made["id"], {"status": "confirmed"})["status"] == "confirmed"


def test_a_whole_update_leaves_nothing_of_what_was() -> None:
    calendars, calendar = store()
    made = calendars.insert(calendar, event(location="Room 1"))
    after = calendars.patch(calendar, made["id"], event(summary="Other"), whole=True)
    assert (after["summary"], after["iCalUID"], "location" in after) == ("Other", made["iCalUID"], False)


def test_a_uid_is_there_once_even_when_deleted() -> None:
    calendars, calendar = store()
    made = calendars.insert(calendar, event(iCalUID="u@busyline"), kind="import")
    assert refusal(calendars.insert, calendar, event(iCalUID="u@busyline"), kind="import") == (409, "duplicate")
    calendars.delete(calendar, made["id"])
    assert refusal(calendars.insert, calendar, event(iCalUID="u@busyline"), kind="import") == (409, "duplicate")
    assert refusal(calendars.insert, calendar, event(id=made["id"])) == (409, "duplicate")


def test_an_occurrence_becomes_an_event_of_its_own() -> None:
    calendars, calendar = store()
    key = calendars.insert(calendar, weekly())["id"]
    second = f"{key}_20261116T090000Z"
    assert calendars.find(calendar, second)["summary"] == "Day 9"
    calendars.patch(calendar, second, {"summary": "Other"})
    calendars.delete(calendar, f"{key}_20261123T090000Z")
    told = [(each["id"][-16:-8], each["summary"], each["status"]) for each in calendars.instances(calendar, key)]
    assert told == [
        ("20261109", "Day 9", "confirmed"),
        ("20261116", "Other", "confirmed"),
        ("20261123", "Day 9", "cancelled"),
        ("20261130", "Day 9", "confirmed"),
    ]
    assert refusal(calendars.find, calendar, f"{key}_20261117T090000Z") == (404, "notFound")
    calendars.delete(calendar, key)
    assert {each["status"] for each in calendar.events.values()} == {"cancelled"}
    assert refusal(calendars.find, calendar, f"{key}_20261130T090000Z") == (404, "notFound")
    assert refusal(lambda: list(calendars.instances(calendar, key))) == (404, "notFound")


def test_exceptions_go_with_the_occurrences_that_they_were_of() -> None:
    calendars, calendar = store()
    key = calendars.insert(calendar, weekly())["id"]
    calendars.patch(calendar, f"{key}_20261116T090000Z", {"summary": "Other"})
    calendars.patch(calendar, f"{key}_20261130T090000Z", {"summary": "Last"})
    calendars.patch(calendar, key, {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]})
    assert [each["summary"] for each in calendar.exceptions(key)] == ["Other"]
    calendars.patch(calendar, key, {"recurrence": []})
    assert calendar.exceptions(key) == []


@pytest.mark.parametrize(("told", "mails"), [("all", 3), ("externalOnly", 3), ("none", 0)])
def test_who_would_be_mailed(told: str, mails: int) -> None:
    calendars, calendar = store()
    key = calendars.insert(calendar, event(attendees=GUESTS), told=told)["id"]
    calendars.patch(calendar, key, {"summary": "Other"}, told=told)
    calendars.delete(calendar, key, told=told)
    assert calendars.mails == [Mail(what, key, (ANN,)) for what in ("invitation", "update", "cancellation")][:mails]


def test_whoever_is_uninvited_would_be_mailed_too() -> None:
    calendars, calendar = store()
    key = calendars.insert(calendar, event(attendees=GUESTS), told="none")["id"]
    calendars.patch(calendar, key, {"attendees": []})
    assert calendars.mails == [Mail("update", key, (ANN,))]


def test_an_import_mails_nobody() -> None:
    calendars, calendar = store()
    made = calendars.insert(calendar, event(iCalUID="u", attendees=GUESTS, organizer={"email": ANN}), kind="import")
    assert calendars.mails == []
    assert made["organizer"] == {"email": ANN}
    assert [each.get("self") for each in made["attendees"]] == [True, None]


def test_a_quota_of_a_minute() -> None:
    now = [NOW]
    calendars = Calendars(lambda: now[0])
    calendars.quota = 2
    assert [calendars.take(JACK) for _ in range(3)] == [True, True, False]
    assert calendars.take(ANN)
    now[0] += timedelta(seconds=60)
    assert calendars.take(JACK)


def test_patches_merge_objects_and_replace_lists() -> None:
    old = {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": 1}
    assert merged(old, {"a": {"b": None, "d": 3}, "l": [3], "x": None}) == {"a": {"c": 2, "d": 3}, "l": [3]}


def test_whoever_listens_hears_of_a_change() -> None:
    calendars, calendar = store()
    heard: list[str] = []
    calendars.heard = heard.append
    calendars.plant(calendar, {"summary": "?"})
    assert heard == [KEY]
