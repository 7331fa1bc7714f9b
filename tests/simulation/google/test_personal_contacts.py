"""The simulated People API holds what comes to the limits that Google names."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from protocols.http import HttpRequest
from simulation.google.personal_contacts import READING, SCOPE, is_people
from tests.galsync.sides.google_world import ADMIN, Workspace, workspace

FIELDS = {"readMask": "names,clientData"}
ANN: dict[str, Any] = {"contactPerson": {"names": [{"givenName": "Ann"}]}}


@pytest_asyncio.fixture
async def world() -> AsyncIterator[Workspace]:
    async with workspace() as world:
        yield world


async def asked(world: Workspace, path: str, document: Any = None, scope: str = SCOPE) -> tuple[int, Any]:
    method = "GET" if document is None else "POST"
    body = b"" if document is None else orjson.dumps(document)
    answer = await world.send_as(ADMIN, scope)(HttpRequest(method, f"{world.server.url}/v1/{path}", body=body))
    return answer.status, orjson.loads(answer.body)


async def made(world: Workspace) -> dict[str, Any]:
    _, told = await asked(world, "people:batchCreateContacts", {"contacts": [ANN], **FIELDS})
    return dict(told["createdPeople"][0]["person"])


async def test_a_contact_comes_changes_and_goes(world: Workspace) -> None:
    person = await made(world)
    assert person["names"] == [{"givenName": "Ann", "displayName": "Ann"}]
    key = person["resourceName"]
    _, page = await asked(world, "people/me/connections?personFields=metadata")
    [full] = page["connections"]
    update = {"updateMask": "names", **FIELDS}
    changed = {**full, "names": [{"givenName": "Anne"}]}
    status, told = await asked(world, "people:batchUpdateContacts", {"contacts": {key: changed}, **update})
    assert (status, told["updateResult"][key]["person"]["names"][0]["givenName"]) == (200, "Anne")
    status, told = await asked(world, "people:batchUpdateContacts", {"contacts": {key: changed}, **update})
    assert (status, told["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert await asked(world, "people:batchDeleteContacts", {"resourceNames": [key]}) == (200, {})
    assert (await asked(world, "people:batchDeleteContacts", {"resourceNames": [key]}))[0] == 404
    _, told = await asked(world, f"people:batchGet?personFields=names&resourceNames={key}")
    assert told["responses"][0]["httpStatusCode"] == 404


@pytest.mark.parametrize(
    ("path", "document", "status"),
    [
        ("people:batchCreateContacts", {"contacts": [ANN] * 201, **FIELDS}, 400),
        ("people:batchCreateContacts", {"contacts": [ANN]}, 400),
        ("people:batchCreateContacts", {"contacts": [{"contactPerson": {"names": [{}, {}]}}], **FIELDS}, 400),
        (
            "people:batchCreateContacts",
            {
                "contacts": [
                    {"contactPerson": {"memberships": [{"contactGroupMembership": {"contactGroupResourceName": "x"}}]}}
                ],
                **FIELDS,
            },
            400,
        ),
        ("people:batchCreateContacts", [], 400),
        ("people:batchUpdateContacts", {"contacts": {}, "updateMask": "names", **FIELDS}, 400),
        ("people:batchUpdateContacts", {"contacts": {"people/c9": {}}, "updateMask": "names", **FIELDS}, 404),
        ("people:batchDeleteContacts", {"resourceNames": ["x"] * 501}, 400),
        ("people:batchGet?personFields=names", None, 400),
        ("people/me/connections?personFields=names&pageSize=1001", None, 400),
        ("people/me/connections", None, 400),
        ("contactGroups", {"contactGroup": {}}, 400),
        ("people:batchNothing", None, 404),
    ],
)
async def test_what_is_refused(world: Workspace, path: str, document: Any, status: int) -> None:
    assert (await asked(world, path, document))[0] == status


async def test_a_group_has_one_name(world: Workspace) -> None:
    _, group = await asked(world, "contactGroups", {"contactGroup": {"name": "B"}})
    assert (await asked(world, "contactGroups", {"contactGroup": {"name": "B"}}))[0] == 409
    _, told = await asked(world, "contactGroups")
    assert [one["resourceName"] for one in told["contactGroups"]] == ["contactGroups/myContacts", group["resourceName"]]


async def test_rights(world: Workspace) -> None:
    assert (await asked(world, "contactGroups", None, "other"))[0] == 403
    assert (await asked(world, "contactGroups", None, READING))[0] == 200
    assert (await asked(world, "people:batchDeleteContacts", {"resourceNames": ["people/c1"]}, READING))[0] == 403
    assert is_people("/v1/people/me/connections")
    assert not is_people("/v1/people/me")
