"""Cmdlets of the simulated Exchange Online over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import aiohttp
import pytest

from simulation.estate import Estate
from simulation.exchange_online import CmdletServer, Recipients
from simulation.exchange_online.server import ROLE, TENANT
from simulation.faults import Trouble

PATH = f"/adminapi/beta/{TENANT}/InvokeCommand"
GET = {"CmdletInput": {"CmdletName": "Get-Recipient", "Parameters": {}}}


@asynccontextmanager
async def _server() -> AsyncIterator[CmdletServer]:
    recipients = Recipients()
    for number in range(3):
        recipients.put("UserMailbox", f"p{number}@b.example")
    async with CmdletServer(Estate(date(2026, 11, 23)), recipients) as server:
        yield server


async def _ask(
    server: CmdletServer, path: str = PATH, body: Any = GET, *, roles: tuple[str, ...] = (ROLE,), **headers: str
) -> tuple[int, Any]:
    url = path if path.startswith("http") else server.url + path
    headers = {
        "Authorization": f"Bearer {server.tokens.issue(roles=roles)}",
        "X-AnchorMailbox": f"UPN:x@{TENANT}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_type == "application/json" else None


async def test_pages_with_what_was_selected() -> None:
    async with _server() as server:
        server.page = 2
        _, first = await _ask(server, f"{PATH}?$select=PrimarySmtpAddress")
        status, second = await _ask(server, first["@odata.nextLink"])
    assert status == 200
    told = [*first["value"], *second["value"]]
    assert told == [{"PrimarySmtpAddress": f"p{number}@b.example"} for number in range(3)]
    assert "@odata.nextLink" not in second
    assert server.cmdlets == ["Get-Recipient"] * 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"path": "/adminapi/beta/another/InvokeCommand"}, 404),
        ({"path": "/elsewhere"}, 404),
        ({"Authorization": "Bearer x"}, 401),
        ({"roles": ()}, 403),
        ({"X_AnchorMailbox": "UPN:x@another"}, 400),
        ({"body": {}}, 400),
        ({"body": [1]}, 400),
        ({"body": {"CmdletInput": {"CmdletName": "Get-Nothing", "Parameters": {}}}}, 403),
        ({"body": {"CmdletInput": {"CmdletName": "Get-Recipient", "Parameters": {"Identity": "x"}}}}, 404),
    ],
)
async def test_what_is_refused(asked: dict[str, Any], status: int) -> None:
    async with _server() as server:
        assert (await _ask(server, **asked))[0] == status


async def test_the_type_of_an_exception_is_told_in_the_details() -> None:
    async with _server() as server:
        _, told = await _ask(
            server, body={"CmdletInput": {"CmdletName": "Get-Recipient", "Parameters": {"Identity": "x"}}}
        )
    [detail] = told["error"]["details"]
    assert detail["message"].split("|")[1].endswith(".ManagementObjectNotFoundException")


@pytest.mark.parametrize(("in_words", "status"), [(False, 429), (True, 500)])
async def test_busy(in_words: bool, status: int) -> None:
    async with _server() as server:
        server.faults.trouble, server.busy_in_words = Trouble.THROTTLED, in_words
        assert (await _ask(server))[0] == status


async def test_a_page_is_lost_and_a_credential_refused() -> None:
    async with _server() as server:
        server.page, server.faults.trouble = 2, Trouble.LOST_PAGE
        status, first = await _ask(server)
        assert status == 200
        assert (await _ask(server, first["@odata.nextLink"]))[0] == 500
        server.faults.trouble = Trouble.DENIED
        assert (await _ask(server))[0] == 401
