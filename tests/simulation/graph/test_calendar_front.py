"""What the simulated Graph answers about calendars, over HTTP."""

from typing import Any

import aiohttp

from simulation.estate import Estate
from simulation.graph import GraphServer
from simulation.graph.calendar_front import CalendarFront
from simulation.graph.contacts import ContactsDesk
from tests.simulation.graph.calendar_asking import ANNA, EVENTS, NOW, body, desk

WRITER = ("Calendars.ReadWrite",)


async def ask(
    server: GraphServer, method: str, path: str, content: Any = None, *, roles: tuple[str, ...] = WRITER
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    headers = {"Authorization": f"Bearer {server.tokens.issue(roles=roles)}"}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{server.url}/v1.0{path}", json=content, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_single_requests_and_batches_are_answered() -> None:
    async with GraphServer(Estate(NOW.date())) as server:
        contacts = ContactsDesk([ANNA])
        front = server.calendars = CalendarFront(desk(), contacts=contacts)
        status, made = await ask(server, "POST", EVENTS, body())
        assert status == 201
        requests: list[dict[str, Any]] = [
            {"id": "1", "method": "GET", "url": f"{EVENTS}/{made['id']}?$select=subject"},
            {"id": "2", "method": "GET", "url": f"/users/{ANNA}/contacts"},
            {"id": "3", "method": "GET", "url": "/users/else/messages"},
        ]
        roles = ("Calendars.ReadWrite", "Contacts.ReadWrite")
        _, told = await ask(server, "POST", "/$batch", {"requests": requests}, roles=roles)
        assert {each["id"]: each["status"] for each in told["responses"]} == {"1": 200, "2": 200, "3": 404}
        assert front.batches == 1
        assert (await ask(server, "POST", "/subscriptions", {}))[0] == 400
        assert (await ask(server, "POST", "/$batch", []))[0] == 400
        assert len(server.questions) == 4


async def test_events_and_contacts_have_one_place_for_subscriptions() -> None:
    contacts = ContactsDesk([ANNA])
    front = CalendarFront(desk(), contacts=contacts)
    assert contacts.subscriptions is front.subscriptions


async def test_without_contacts_there_are_none() -> None:
    async with GraphServer(Estate(NOW.date())) as server:
        server.calendars = CalendarFront(desk())
        assert (await ask(server, "GET", f"/users/{ANNA}/contacts"))[0] == 404


async def test_what_is_no_json_is_refused() -> None:
    async with GraphServer(Estate(NOW.date())) as server, aiohttp.ClientSession() as session:
        server.calendars = CalendarFront(desk())
        headers = {"Authorization": f"Bearer {server.tokens.issue(roles=('Calendars.ReadWrite',))}"}
        async with session.post(f"{server.url}/v1.0{EVENTS}", data=b"{", headers=headers) as answer:
            assert answer.status == 400
