"""The asking end of a CalDAV server: its sign-in, the well-known address, and what a call may hold."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from protocols.model.freebusy import Reason, Unavailable
from proxy.wiring.peers.peer import WINDOW
from service.secrets import SecretError
from tests.protocols.caldav.dav_samples import (
    NAMES,
    hrefs,
    multistatus,
    propstat,
    recipient,
    resource,
    schedule_response,
)
from tests.proxy.wiring.peers.asking import BUSY, DETAILS, FORMER, HOP, asked, built, windows

MEGABYTE = 1024 * 1024
BASIC = {"kind": "basic", "username": "busyline", "password": "file:secret"}
BEARER = {"kind": "bearer", "token": "file:secret"}
PERIOD = "\r\n".join(
    (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\nDTSTAMP:20261101T000000Z",
        "DTSTART:20261123T000000Z\r\nDTEND:20261130T000000Z\r\nFREEBUSY:20261123T090000Z/PT1H",
        "END:VFREEBUSY\r\nEND:VCALENDAR\r\n",
    )
)


class Site:
    """A server with an outbox, found by way of the well-known address; ``leads_to`` is where that redirects."""

    def __init__(self, status: int = 0) -> None:
        self.status, self.leads_to = status, "/dav/"
        self.seen: list[tuple[str, str, str | None, str | None]] = []

    async def answer(self, request: web.BaseRequest) -> web.Response:
        await request.read()
        headers = request.headers
        self.seen.append((request.method, request.path, headers.get("Authorization"), headers.get("Busyline-Hops")))
        if self.status:
            return web.Response(status=self.status)
        if request.path == "/.well-known/caldav":
            return web.Response(status=301, headers={"Location": self.leads_to})
        if request.path == "/dav/":
            found = multistatus(resource("/dav/", propstat(hrefs("D:current-user-principal", "/p/"))))
        elif request.path == "/p/":
            found = multistatus(
                resource(
                    "/p/",
                    propstat(
                        hrefs("C:schedule-outbox-URL", "/outbox/")
                        + hrefs("C:calendar-user-address-set", "mailto:busyline@x.example")
                    ),
                )
            )
        elif request.path == "/outbox/":
            found = schedule_response(recipient("ann", "2.0;Success", PERIOD))
        else:
            return web.Response(status=404)
        return web.Response(status=found.status, body=found.body, content_type="application/xml")


@asynccontextmanager
async def running(site: "Site | Huge") -> AsyncIterator[str]:
    """The address of the site while it runs."""
    runner = web.ServerRunner(web.Server(site.answer))
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def written(url: str, **more: Any) -> dict[str, Any]:
    return {"protocol": "caldav", "url": url, **more}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("hunter2")
    return tmp_path


@pytest.mark.parametrize(
    ("auth", "proof"), [(BASIC, "Basic YnVzeWxpbmU6aHVudGVyMg=="), (BEARER, "Bearer hunter2"), (None, None)]
)
async def test_every_request_is_signed_and_tells_the_hops(directory: Path, auth: Any, proof: str | None) -> None:
    site = Site()
    async with running(site) as url:
        [answer] = await asked(written(url, auth=auth), directory, ["ann@x.example"], BUSY)
    assert len(windows(answer)) == 1
    assert [seen[:2] for seen in site.seen] == [
        ("PROPFIND", "/.well-known/caldav"),
        ("PROPFIND", "/dav/"),
        ("PROPFIND", "/p/"),
        ("POST", "/outbox/"),
    ]
    assert {seen[2:] for seen in site.seen} == {(proof, f"{FORMER}, {HOP}")}


async def test_a_redirect_to_another_host_is_not_followed(directory: Path) -> None:
    site, other = Site(), Site()
    async with running(site) as url, running(other) as elsewhere:
        site.leads_to = f"{elsewhere}/dav/"
        [answer] = await asked(written(url, auth=BASIC), directory, ["ann@x.example"], BUSY)
    assert isinstance(answer, Unavailable)
    assert "another host" in answer.detail
    assert other.seen == []


@pytest.mark.parametrize("auth", [BASIC, BEARER])
@pytest.mark.parametrize(("status", "reason"), [(401, Reason.UNAUTHORIZED), (429, Reason.THROTTLED)])
async def test_refused(directory: Path, auth: Any, status: int, reason: Reason) -> None:
    async with running(Site(status)) as url:
        [answer] = await asked(written(url, auth=auth), directory, ["ann@x.example"], BUSY)
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason
    assert answer.whole_call


@pytest.mark.parametrize(("strategy", "mailboxes"), [("auto", 1), ("outbox", 7), ("report", 1), ("ifb", 1)])
async def test_portions(directory: Path, strategy: str, mailboxes: int) -> None:
    async with AsyncExitStack() as stack:
        peer = await built(written("https://dav.x.example", strategy=strategy, recipients=7), directory, stack)
    limits = [peer.limits(question) for question in (BUSY, DETAILS)]
    assert [(each.mailboxes, each.window) for each in limits] == [(mailboxes, WINDOW)] * 2
    assert len(peer.asks) == 1


class Huge:
    """A server whose free/busy file and whose events have fifty megabytes."""

    def __init__(self) -> None:
        self.sent = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        calendar = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
        if request.method == "PROPFIND":
            found = multistatus(resource("/ann/", propstat(calendar)))
            return web.Response(status=found.status, body=found.body, content_type="application/xml")
        begin, end = "BEGIN:VCALENDAR\r\n", "END:VCALENDAR\r\n"
        if b"calendar-query" in body:
            begin = f"<D:multistatus {NAMES}><D:response><D:href>/ann/1.ics</D:href>"
            end = "</D:response></D:multistatus>"
        response = web.StreamResponse(status=207 if b"calendar-query" in body else 200)
        await response.prepare(request)
        await response.write(begin.encode())
        with suppress(ConnectionError):
            while self.sent < 50 * MEGABYTE:
                await response.write(b"\r\n" * (MEGABYTE // 2))
                self.sent += MEGABYTE
            await response.write(end.encode())
        return response


@pytest.mark.parametrize(
    "more", [{"strategy": "ifb", "ifb": "/{local}.ifb"}, {"strategy": "expand", "home": "/{local}/"}]
)
async def test_fifty_megabytes_are_refused_before_they_are_all_taken_in(directory: Path, more: dict[str, str]) -> None:
    site = Huge()
    tracemalloc.start()
    try:
        async with running(site) as url:
            [answer] = await asked(written(url, **more), directory, ["ann@x.example"], BUSY)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.TOO_MANY_ENTRIES
    assert site.sent < 50 * MEGABYTE
    assert most < 100 * MEGABYTE


async def test_working_hours_that_do_not_come_hold_nobody_up_for_long(directory: Path) -> None:
    enough = asyncio.Event()

    class Slow(Site):
        async def answer(self, request: web.BaseRequest) -> web.Response:
            if request.path == "/p/ann/":
                await enough.wait()
            return await super().answer(request)

    async with running(Slow()) as url:
        [answer] = await asked(written(url, principal="/p/{local}/"), directory, ["ann@x.example"], BUSY)
        enough.set()
    assert len(windows(answer)) == 1


@pytest.mark.parametrize("auth", [{**BASIC, "password": "file:none"}, {**BEARER, "token": "file:none"}])
async def test_a_missing_secret_is_told_at_the_start(directory: Path, auth: Any) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(SecretError, match="there is no file"):
            await built(written("https://dav.x.example", auth=auth), directory, stack)
