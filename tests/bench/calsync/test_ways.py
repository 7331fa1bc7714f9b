"""Tests of bench/calsync/ways.py: each request is counted by what it asks for, and clocks go as fast as they shall."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bench.calsync.ways import Counts, Faster, Way, exchange, google, graph, outlook, people, wire
from protocols.http import Headers, HttpRequest

EVENTS = "https://g.example/calendar/v3/calendars/c/events"


@pytest.mark.parametrize(
    ("method", "url", "name"),
    [
        ("GET", f"{EVENTS}?maxResults=5", "listing"),
        ("GET", f"{EVENTS}?maxResults=5&syncToken=x", "changes"),
        ("GET", f"{EVENTS}/e1?fields=id", "look"),
        ("POST", f"{EVENTS}/import?fields=id", "import"),
        ("PATCH", f"{EVENTS}/e1", "patch"),
        ("DELETE", f"{EVENTS}/e1", "DELETE"),
    ],
)
def test_what_google_is_asked(method: str, url: str, name: str) -> None:
    assert google(HttpRequest(method, url)) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("people/me/connections?pageSize=5", "google listing"),
        ("people/me/connections?pageSize=5&syncToken=x", "google changes"),
        ("people:batchGet?resourceNames=people%2Fc1", "google batchGet"),
        ("people:batchCreateContacts", "google batchCreateContacts"),
    ],
)
def test_what_google_is_asked_of_contacts(path: str, name: str) -> None:
    assert people(HttpRequest("POST", f"https://p.example/v1/{path}")) == name


def test_what_graph_is_asked_of_contacts() -> None:
    place = "https://m.example/v1.0/users/ann@b.example/contacts"
    assert outlook(HttpRequest("GET", f"{place}?$top=5")) == "graph listing"
    assert outlook(HttpRequest("GET", f"{place}/delta?$select=id")) == "graph listing"
    assert outlook(HttpRequest("GET", f"{place}/delta?$deltatoken=t")) == "graph changes"
    for body, name in ((b'[{"method":"GET"}]', "look"), (b'[{"method":"GET"},{"method":"PATCH"}]', "write")):
        batch = HttpRequest("POST", "https://m.example/v1.0/$batch", body=b'{"requests":' + body + b"}")
        assert outlook(batch) == f"graph {name}"


def test_what_the_others_are_asked() -> None:
    assert graph(HttpRequest("POST", "https://m.example/v1.0/$batch")) == "$batch"
    action = Headers({"SOAPAction": '"http://schemas.microsoft.com/exchange/services/2006/messages/FindItem"'})
    assert exchange(HttpRequest("POST", "https://e.example/EWS/Exchange.asmx", action)) == "FindItem"


async def test_requests_and_octets_are_counted() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=request.headers["Authorization"].encode())

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    counts = Counts()
    async with TestServer(app) as server, wire() as out:
        way = Way(wire=out, authorization="Bearer x", named=graph, counts=counts)
        told = await way.send(HttpRequest("POST", str(server.make_url("/v1.0/$batch")), body=b"12345"))
    assert told.body == b"Bearer x"
    assert (dict(counts.requests), counts.sent, counts.got) == ({"$batch": 1}, 5, 8)
    counts.clear()
    assert (dict(counts.requests), counts.sent, counts.got) == ({}, 0, 0)


async def test_a_faster_clock() -> None:
    begun = datetime(2026, 11, 2, tzinfo=UTC)
    fast = Faster(begun, 1000.0, datetime.now(UTC) - timedelta(seconds=60))
    assert fast.clock() - begun >= timedelta(seconds=60_000)
    await fast.sleep(0.001)
