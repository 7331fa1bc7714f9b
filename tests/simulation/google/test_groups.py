"""Writes of groups in the simulated Workspace: rights, versions, domains, circles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person
from simulation.address_book import AddressBook
from simulation.google.groups import GROUPS, MEMBERS
from tests.galsync.sides.google_world import ADMIN, Workspace, workspace

MINE = "all@northwind.example"


@asynccontextmanager
async def asking(*scopes: str) -> AsyncIterator[tuple[Workspace, Any]]:
    people = [
        Person(anchor="u1", kind=Kind.USER, primary=Mailbox.parse("jack@northwind.example"), aliases=("j@x.example",))
    ]
    async with workspace(AddressBook(people)) as world, aiohttp.ClientSession() as session:
        token = world.server.tokens.issued(ADMIN, frozenset(scopes or (GROUPS, MEMBERS)))

        async def asked(method: str, path: str, told: Any = None, **headers: str) -> tuple[int, Any]:
            url = f"{world.server.url}/admin/directory/v1/groups{path}"
            fields = {
                "Authorization": f"Bearer {token}",
                **{key.replace("_", "-"): text for key, text in headers.items()},
            }
            async with session.request(method, url, json=told, headers=fields) as answer:
                return answer.status, await answer.json() if answer.status != 204 else None

        yield world, asked


async def test_a_group_is_made_changed_filled_and_removed() -> None:
    async with asking() as (world, asked):
        status, made = await asked("POST", "", {"email": MINE, "name": "All", "description": "N"})
        assert (status, made["email"], made["name"], made["description"]) == (200, MINE, "All", "N")
        key = f"/{made['id']}"
        assert (await asked("POST", f"{key}/members", {"email": "J@x.example"}))[1]["email"] == "jack@northwind.example"
        assert (await asked("POST", f"{key}/members", {"email": "ann@b.example"}))[1]["type"] == "EXTERNAL"
        _, listed = await asked("GET", f"{key}/members")
        assert [one["email"] for one in listed["members"]] == ["jack@northwind.example", "ann@b.example"]
        assert (await asked("PATCH", key, {"name": "A"}, If_Match=made["etag"]))[0] == 412  # it has members since
        _, now = await asked("GET", key)
        assert (await asked("PATCH", key, {"name": "A"}, If_Match=now["etag"]))[1]["name"] == "A"
        assert (await asked("PATCH", key, {"email": "new@northwind.example"}))[1]["aliases"] == [MINE]
        assert (await asked("DELETE", f"{key}/aliases/{MINE}"))[0] == 204
        assert (await asked("DELETE", f"{key}/members/ann@b.example"))[0] == 204
        assert (await asked("DELETE", f"{key}/members/ann@b.example"))[0] == 404
        assert (await asked("DELETE", key))[0] == 204
        assert (await asked("GET", key))[0] == 404
        assert len(world.server.groups.written) == 8


@pytest.mark.parametrize(
    ("path", "told", "status", "reason"),
    [
        ("", {"email": MINE}, 409, "duplicate"),
        ("", {"email": "jack@northwind.example"}, 409, "duplicate"),
        ("", {"email": "all@b.example"}, 404, "notFound"),
        ("", {"email": "nonsense"}, 400, "invalid"),
        (f"/{MINE}/members", {"email": "ann@b.example"}, 409, "duplicate"),
        (f"/{MINE}/members", {"email": "nobody@northwind.example"}, 404, "notFound"),
        (f"/{MINE}/members", {"email": "nonsense"}, 400, "invalid"),
        (f"/{MINE}/members", {"email": MINE}, 400, "cyclicMembershipsNotAllowed"),
        (f"/{MINE}/members", {"email": "bob@b.example"}, 412, "conditionNotMet"),
        ("/none@northwind.example/members", {"email": "bob@b.example"}, 404, "notFound"),
        (f"/{MINE}/else", {}, 404, "notFound"),
    ],
)
async def test_what_is_refused(path: str, told: dict[str, str], status: int, reason: str) -> None:
    async with asking() as (world, asked):
        await asked("POST", "", {"email": MINE, "name": "All"})
        await asked("POST", f"/{MINE}/members", {"email": "ann@b.example"})
        world.server.groups.external = False
        answered, refusal = await asked("POST", path, told)
    assert (answered, refusal["error"]["errors"][0]["reason"]) == (status, reason)


async def test_who_may_write_members_may_not_write_groups() -> None:
    async with asking(MEMBERS) as (world, asked):
        assert (await asked("POST", "", {"email": MINE}))[0] == 403
        world.server.groups.wait = 3
        assert (await asked("POST", f"/{MINE}/members", {"email": "x@b.example"}))[0] == 429
        world.server.groups.wait = None
        assert (await asked("POST", f"/{MINE}/members", {"email": "x@b.example"}))[0] == 404
        assert world.server.groups.written == []


async def test_a_group_that_is_gone_is_in_no_other_any_more() -> None:
    async with asking() as (_, asked):
        for name in ("inner", "outer"):
            await asked("POST", "", {"email": f"{name}@northwind.example", "name": name})
        joined = {"email": "inner@northwind.example"}
        assert (await asked("POST", "/outer@northwind.example/members", joined))[1]["type"] == "GROUP"
        circle = await asked("POST", "/inner@northwind.example/members", {"email": "outer@northwind.example"})
        assert circle[0] == 400
        await asked("DELETE", "/inner@northwind.example")
        assert "members" not in (await asked("GET", "/outer@northwind.example/members"))[1]
