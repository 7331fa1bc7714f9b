"""The calendars of the simulated mailboxes."""

from typing import Any

import pytest

from simulation.graph.calendar_desk import OWN, Calendar, CalendarDesk, Mail
from simulation.graph.mailbox_limits import Reply
from tests.simulation.graph.calendar_asking import ANNA, EVENTS, WRITER, ask, body, desk, weekly

GUEST = {"emailAddress": {"address": "guest@fabrikam.example"}, "type": "required"}
AROUND = "?startDateTime=2026-11-15T00:00:00Z&endDateTime=2026-11-24T00:00:00Z"


def of(reply: Reply) -> dict[str, Any]:
    assert reply.body is not None
    return dict(reply.body)


async def test_events_come_and_go() -> None:
    here = desk()
    made = await ask(here, "POST", EVENTS, body())
    one = f"{EVENTS}/{of(made)['id']}"
    etag = of(made)["@odata.etag"]
    assert made.status == 201
    changed = await ask(here, "PATCH", one, {"subject": "x"}, if_match=etag)
    assert (changed.status, of(changed)["subject"]) == (200, "x")
    for method, content in (("PATCH", {"subject": "y"}), ("DELETE", None)):
        assert (await ask(here, method, one, content, if_match=etag)).status == 412
    assert of(await ask(here, "GET", one))["subject"] == "x"
    assert (await ask(here, "DELETE", one)).status == 204
    assert (await ask(here, "GET", one)).status == 404


async def test_the_same_transaction_makes_one_event() -> None:
    here = desk()
    replies = [await ask(here, "POST", EVENTS, body(transactionId="t")) for _ in range(2)]
    assert {reply.status for reply in replies} == {201}
    assert len({of(reply)["id"] for reply in replies}) == 1
    assert len(here.mailboxes[ANNA][OWN].events) == 1


async def test_occurrences_are_events_of_their_own() -> None:
    here = desk()
    series = f"{EVENTS}/{of(await ask(here, 'POST', EVENTS, weekly()))['id']}"
    listed = of(await ask(here, "GET", f"{series}/instances{AROUND}"))["value"]
    assert [each["start"]["dateTime"][:10] for each in listed] == ["2026-11-16", "2026-11-23"]
    before = of(await ask(here, "GET", series))["@odata.etag"]
    second, third = (f"{EVENTS}/{each['id']}" for each in listed)
    assert of(await ask(here, "PATCH", second, {"subject": "x"}))["type"] == "exception"
    assert of(await ask(here, "GET", series))["@odata.etag"] != before
    assert (await ask(here, "DELETE", third, if_match=listed[1]["@odata.etag"])).status == 412
    assert (await ask(here, "DELETE", third)).status == 204
    assert (await ask(here, "GET", third)).status == 404
    assert len(of(await ask(here, "GET", f"{series}/instances{AROUND}"))["value"]) == 1
    assert (await ask(here, "GET", f"{series}.2026-11-17")).status == 404
    single = f"{EVENTS}/{here.plant(ANNA, body()).key}"
    assert (await ask(here, "GET", f"{single}/instances{AROUND}")).status == 400


async def test_whoever_takes_part_would_be_mailed() -> None:
    here = desk()
    key = of(await ask(here, "POST", EVENTS, body(attendees=[GUEST])))["id"]
    await ask(here, "PATCH", f"{EVENTS}/{key}", {"subject": "x"})
    await ask(here, "DELETE", f"{EVENTS}/{key}")
    to = ("guest@fabrikam.example",)
    assert here.mails == [Mail("request", "Subject", to), Mail("update", "x", to), Mail("cancellation", "x", to)]


async def test_calendars_are_told_and_lie_apart() -> None:
    here = desk()
    here.mailboxes[ANNA]["c2"] = Calendar("Team", writable=False)
    told = of(await ask(here, "GET", f"/users/{ANNA}/calendars"))["value"]
    assert [(each["id"], each["name"], each["canEdit"], each["isDefaultCalendar"]) for each in told] == [
        (OWN, "Calendar", True, True),
        ("c2", "Team", False, False),
    ]
    key = here.plant(ANNA, body(), "c2").key
    there = f"/users/{ANNA}/calendars/c2/events"
    assert (await ask(here, "GET", f"{there}/{key}")).status == 200
    assert (await ask(here, "GET", f"{EVENTS}/{key}")).status == 404
    assert (await ask(here, "DELETE", f"{there}/{key}")).status == 403
    assert (await ask(here, "GET", f"/users/{ANNA}/calendars/c3/events")).status == 404


async def test_events_are_listed_page_by_page() -> None:
    here = desk()
    for number in range(3):
        here.plant(ANNA, body(subject=str(number)))
    first = of(await ask(here, "GET", f"{EVENTS}?$top=2"))
    assert [each["subject"] for each in first["value"]] == ["0", "1"]
    following = first["@odata.nextLink"].removeprefix("https://g/v1.0")
    assert [each["subject"] for each in of(await ask(here, "GET", following))["value"]] == ["2"]


@pytest.mark.parametrize(
    ("method", "path", "roles", "status"),
    [
        ("GET", EVENTS, frozenset({"Calendars.Read"}), 200),
        ("POST", EVENTS, frozenset({"Calendars.Read"}), 403),
        ("GET", EVENTS, frozenset({"Contacts.ReadWrite"}), 403),
        ("GET", "/users/nobody@contoso.example/events", WRITER, 404),
        ("GET", f"/users/{ANNA}/messages", WRITER, 404),
        ("POST", EVENTS, WRITER, 400),
    ],
)
async def test_who_may_ask_what(method: str, path: str, roles: frozenset[str], status: int) -> None:
    assert (await ask(desk(), method, path, roles=roles)).status == status


async def test_a_key_changes_without_a_change_and_somebody_is_told() -> None:
    told: list[tuple[str, ...]] = []
    here = desk()
    here.changed = lambda *change: told.append(change)
    event = here.plant(ANNA, body(), organiser="bob@b.example")
    before = event.etag
    here.touch(ANNA, event.key)
    assert event.etag != before
    assert not of(await ask(here, "GET", f"{EVENTS}/{event.key}"))["isOrganizer"]
    await ask(here, "DELETE", f"{EVENTS}/{event.key}")
    assert [each[3] for each in told] == ["created", "updated", "deleted"]


def test_a_path_says_whose_mailbox_it_is() -> None:
    here = CalendarDesk()
    assert here.mailbox_of(f"{EVENTS}/x?$select=id") == ANNA
    assert here.mailbox_of("/users/x/contacts") == ""
    assert here.is_asked(f"/v1.0{EVENTS}")
    assert not here.is_asked(EVENTS)
