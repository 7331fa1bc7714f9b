"""The contacts in the mailboxes of the simulated Microsoft 365, over HTTP."""

from typing import Any

import orjson
import pytest

from protocols.http import Headers, HttpRequest
from simulation.faults import Trouble
from tests.galsync.sides.mailbox_world import ANNA, Mailboxes, mailboxes


async def ask(world: Mailboxes, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
    fields = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    content = b"" if body is None else orjson.dumps(body)
    url = path if path.startswith("http") else f"{world.server.url}/v1.0{path}"
    response = await world.send(HttpRequest(method, url, fields, content))
    return response.status, orjson.loads(response.body or b"{}")


async def test_folders_and_contacts_come_and_go() -> None:
    async with mailboxes() as world:
        folders = f"/users/{ANNA}/contactFolders"
        status, folder = await ask(world, "POST", folders, {"displayName": "B"})
        assert (status, folder["displayName"]) == (201, "B")
        assert (await ask(world, "POST", folders, {"displayName": "b"}))[0] == 409
        place = f"{folders}/{folder['id']}"
        status, made = await ask(world, "POST", f"{place}/contacts", {"displayName": "Ann"})
        one = f"{place}/contacts/{made['id']}"
        assert (status, made["fileAs"]) == (201, "Ann")
        status, changed = await ask(world, "PATCH", one, {"jobTitle": "Lead"}, If_Match=made["@odata.etag"])
        assert (status, changed["jobTitle"]) == (200, "Lead")
        assert (await ask(world, "PATCH", one, {"jobTitle": "x"}, If_Match=made["@odata.etag"]))[0] == 412
        assert (await ask(world, "DELETE", one, If_Match=made["@odata.etag"]))[0] == 412
        assert (await ask(world, "GET", one))[1]["jobTitle"] == "Lead"
        assert (await ask(world, "DELETE", one))[0] == 204
        assert (await ask(world, "GET", one))[0] == 404
        assert (await ask(world, "GET", place))[1]["id"] == folder["id"]
        assert (await ask(world, "DELETE", place))[0] == 204
        assert (await ask(world, "GET", f"{place}/contacts"))[0] == 404


async def test_pages_follow_one_another() -> None:
    async with mailboxes() as world:
        own = f"/users/{ANNA}/contacts"
        for number in range(5):
            assert (await ask(world, "POST", own, {"displayName": str(number)}))[0] == 201
        path, found = f"{own}?$top=2&$select=displayName", []
        while path:
            _, page = await ask(world, "GET", path)
            found += [each["displayName"] for each in page["value"]]
            path = page.get("@odata.nextLink", "")
        assert found == ["0", "1", "2", "3", "4"]
        assert (await ask(world, "GET", f"{own}?$top=0"))[0] == 400
        world.server.faults.trouble = Trouble.LOST_PAGE
        _, page = await ask(world, "GET", f"{own}?$top=2")
        assert (await ask(world, "GET", page["@odata.nextLink"]))[0] == 400


@pytest.mark.parametrize(
    ("roles", "reached", "method", "status"),
    [
        (("Contacts.Read",), None, "GET", 200),
        (("Contacts.Read",), None, "POST", 403),
        (("Calendars.Read",), None, "GET", 403),
        (("Contacts.ReadWrite",), frozenset({"else@contoso.example"}), "GET", 403),
        (("Contacts.ReadWrite",), frozenset({ANNA}), "POST", 201),
    ],
)
async def test_who_may_ask(roles: tuple[str, ...], reached: frozenset[str] | None, method: str, status: int) -> None:
    async with mailboxes() as world:
        world.roles, world.desk.reached = roles, reached
        body = {"displayName": "Ann"} if method == "POST" else None
        assert (await ask(world, method, f"/users/{ANNA}/contacts", body))[0] == status


async def test_whoever_is_not_there_is_told_so() -> None:
    async with mailboxes() as world:
        assert (await ask(world, "GET", "/users/nobody@contoso.example/contacts"))[0] == 404
        world.server.faults.trouble = Trouble.DENIED
        assert (await ask(world, "GET", f"/users/{ANNA}/contacts"))[0] == 401


async def test_a_batch_is_many_requests_in_one() -> None:
    async with mailboxes() as world:
        requests = [
            {
                "id": str(number),
                "method": "POST",
                "url": f"/users/{ANNA}/contacts",
                "headers": {"Content-Type": "application/json"},
                "body": {"displayName": str(number)} if number else {"unknown": 1},
            }
            for number in range(20)
        ]
        requests[19] |= {"method": "GET", "url": "/users/nobody@contoso.example/contacts"}
        status, told = await ask(world, "POST", "/$batch", {"requests": requests})
        by_id = {each["id"]: each["status"] for each in told["responses"]}
        assert status == 200
        assert by_id == {"0": 400, "19": 404, **{str(number): 201 for number in range(1, 19)}}
        assert (world.desk.batches, world.desk.limits.answered[201]) == (1, 18)
        assert (await ask(world, "POST", "/$batch", {"requests": requests + requests}))[0] == 400
        other = [{"id": "1", "method": "GET", "url": "/me/messages"}]
        _, told = await ask(world, "POST", "/$batch", {"requests": other})
        assert told["responses"][0]["status"] == 404
