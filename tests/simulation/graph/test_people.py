"""The directory of the simulated Graph over HTTP: who may do what, limits, and what is told of whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.graph import GraphServer
from simulation.graph.objects import ORG_CONTACT
from simulation.graph.people import PeopleDesk

ALL = ("User.ReadWrite.All", "User.EnableDisableAccount.All", "Group.Read.All", "OrgContact.Read.All", "Place.Read.All")
Answer = tuple[int, Any, dict[str, str]]


def _person(name: str, kind: Kind = Kind.USER, *members: str, **attributes: str) -> Person:
    texts = {Field.DISPLAY_NAME: name.title()} | ({Field.MANAGER: "bob@b.example"} if name == "ann" else {})
    primary = Mailbox.parse(f"{name}@b.example")
    return Person(anchor=name, kind=kind, primary=primary, texts=texts, members=members, attributes=attributes)


EVERYBODY = (
    _person("ann"),
    _person("bob"),
    _person("inner", Kind.GROUP, "bob@b.example"),
    _person("outer", Kind.GROUP, "ann@b.example", "inner@b.example", "nobody@b.example"),
    _person("room", Kind.ROOM),
    _person("contact", Kind.CONTACT, type=ORG_CONTACT),
)


class Asker:
    """Asks the directory, with all rights unless told otherwise."""

    def __init__(self, server: GraphServer, desk: PeopleDesk, session: aiohttp.ClientSession) -> None:
        self.server, self.desk, self._session = server, desk, session

    async def ask(
        self, path: str, method: str = "GET", *, roles: tuple[str, ...] = ALL, body: Any = None, **headers: str
    ) -> Answer:
        url = path if path.startswith("http") else f"{self.server.url}/v1.0/{path}"
        token = self.server.tokens.issue(roles=roles)
        headers = {"Authorization": f"Bearer {token}", **headers}
        data = body if isinstance(body, bytes) else None
        async with self._session.request(
            method, url, headers=headers, json=None if isinstance(body, bytes) else body, data=data
        ) as answer:
            told = await answer.json() if answer.content_type == "application/json" else None
            return answer.status, told, dict(answer.headers)

    async def values(self, path: str, **headers: Any) -> list[dict[str, Any]]:
        status, told, _ = await self.ask(path, **headers)
        assert status == 200, told
        return list(told["value"])


@asynccontextmanager
async def _asked(estate: Estate, *people: Person) -> AsyncIterator[Asker]:
    desk = PeopleDesk(AddressBook(people or EVERYBODY), clock=lambda: 0.0)
    async with GraphServer(estate, people=desk) as server, aiohttp.ClientSession() as session:
        yield Asker(server, desk, session)


async def test_what_is_told_of_whom(estate: Estate) -> None:
    async with _asked(estate) as asker:
        assert [entry["id"] for entry in await asker.values("users?$select=id")] == ["ann", "bob", "room"]
        assert await asker.values("contacts?$select=mail") == [{"id": "contact", "mail": "contact@b.example"}]
        assert await asker.values("places/microsoft.graph.room") == [{"id": "room", "emailAddress": "room@b.example"}]
        told = await asker.values("users?$filter=id in ('ann')&$select=id&$expand=manager($select=id)")
        assert told == [{"id": "ann", "manager": {"id": "bob"}}]
        members = await asker.values("groups/outer/members?$select=id")
        assert members == [
            {"@odata.type": "#microsoft.graph.user", "id": "ann"},
            {"@odata.type": "#microsoft.graph.group", "id": "inner"},
        ]
        everybody = await asker.values("groups/outer/transitiveMembers?$select=id")
        assert [entry["id"] for entry in everybody] == ["ann", "inner", "bob"]
        assert [entry["id"] for entry in await asker.values("users/ann/memberOf?$select=id")] == ["outer"]
        status, told, _ = await asker.ask("users/ann@b.example?$select=displayName")
        assert (status, told) == (200, {"id": "ann", "displayName": "Ann"})


async def test_null_is_asked_for_with_the_header_alone(estate: Estate) -> None:
    async with _asked(estate) as asker:
        path = "users?$filter=mail ne null&$count=true&$select=id"
        assert (await asker.ask(path))[0] == 400
        assert len(await asker.values(path, ConsistencyLevel="eventual")) == 3


@pytest.mark.parametrize(
    ("path", "method", "roles", "status"),
    [
        ("users", "GET", (), 403),
        ("groups", "GET", ("User.Read.All",), 403),
        ("contacts", "GET", ("User.Read.All",), 403),
        ("places/microsoft.graph.room", "GET", ("User.Read.All",), 403),
        ("users/ann", "PATCH", ("User.Read.All",), 403),
        ("users/ann", "DELETE", ("User.Read.All",), 403),
        ("groups/outer", "DELETE", ALL, 403),
        ("invitations", "POST", ("User.Read.All",), 403),
        ("users/nobody", "GET", ALL, 404),
        ("users/outer", "GET", ALL, 404),
        ("users/ann", "PATCH", ALL, 400),
        ("users?$select=shoeSize", "GET", ALL, 400),
        ("users?$filter=shoeSize eq '1'", "GET", ALL, 400),
        ("users/delta?$top=1", "GET", ALL, 400),
    ],
)
async def test_what_is_refused(estate: Estate, path: str, method: str, roles: tuple[str, ...], status: int) -> None:
    async with _asked(estate) as asker:
        found, told, _ = await asker.ask(path, method, roles=roles, body=b"not json")
        assert (found, "error" in told) == (status, True)
        assert len(asker.desk.book.people) == len(EVERYBODY)
        asker.server.faults.trouble = Trouble.DENIED
        assert (await asker.ask(path, method, roles=roles))[0] == 401
        assert (await asker.ask("users/ann", "PATCH", body=["no object"]))[0] == 401


async def test_a_user_is_changed_and_removed(estate: Estate) -> None:
    async with _asked(estate) as asker:
        assert (await asker.ask("users/ann", "PATCH", body={"jobTitle": "Lead"}))[0] == 204
        assert (await asker.ask("users/ann?$select=jobTitle"))[1] == {"id": "ann", "jobTitle": "Lead"}
        assert (await asker.ask("users/ann", "PATCH", body=["no object"]))[0] == 400
        assert (await asker.ask("users/ann", "DELETE"))[0] == 204
        assert (await asker.ask("users/ann", "DELETE"))[0] == 404


async def test_a_new_guest_is_late(estate: Estate) -> None:
    async with _asked(estate) as asker:
        asker.desk.lag = 1
        body = {"invitedUserEmailAddress": "new@c.example", "inviteRedirectUrl": "https://c.example"}
        status, told, _ = await asker.ask("invitations", "POST", body=body)
        one = told["invitedUser"]["id"]
        assert status == 201
        assert await asker.values(f"users?$filter=id in ('{one}')") == []
        assert [(await asker.ask(f"users/{one}"))[0] for _ in range(2)] == [404, 200]


async def test_an_old_token_is_gone(estate: Estate) -> None:
    async with _asked(estate) as asker:
        _, told, _ = await asker.ask("users/delta()?$select=mail")
        token = told["@odata.deltaLink"]
        asker.desk.delta.forget()
        status, told, headers = await asker.ask(token)
        assert (status, told["error"]["code"]) == (410, "syncStateNotFound")
        assert headers["Location"] == f"{asker.server.url}/v1.0/users/delta()?$deltatoken="
        asker.desk.expired = (400, "resyncRequired")
        assert (await asker.ask(token))[0] == 400


async def test_limits_and_their_headers(estate: Estate) -> None:
    async with _asked(estate) as asker:
        asker.desk.units.most = 5
        headers = [(await asker.ask("users"))[2] for _ in range(2)]
        assert [each["x-ms-resource-unit"] for each in headers] == ["2", "2"]
        assert [each.get("x-ms-throttle-limit-percentage") for each in headers] == [None, "0.80"]
        status, told, headers_ = await asker.ask("users")
        assert (status, told["error"]["code"], headers_["Retry-After"]) == (429, "TooManyRequests", "11")
        assert headers_["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
        asker.desk.units.most, asker.desk.writes.most = 1000, 0
        _, _, headers_ = await asker.ask("users/ann", "DELETE")
        assert headers_["x-ms-throttle-information"] == "WriteLimitExceeded"


async def test_faults_befall_the_directory_too(estate: Estate) -> None:
    async with _asked(estate) as asker:
        asker.desk.page = 1
        asker.server.faults.trouble = Trouble.LOST_PAGE
        _, told, _ = await asker.ask("users?$top=2&$select=id")
        assert (await asker.ask(told["@odata.nextLink"]))[0] == 500
        asker.server.faults.trouble = Trouble.THROTTLED
        assert (await asker.ask("users"))[0] == 429
        assert (await asker.ask("nothing/of/ours"))[0] == 404
        assert [call.path for call in asker.server.questions] == ["/v1.0/users"] * 3


def test_what_is_of_the_directory() -> None:
    desk = PeopleDesk(AddressBook())
    asked = ("users", "users/delta()", "groups/microsoft.graph.delta", "users/1", "contacts", "invitations")
    assert all(desk.is_asked(f"/v1.0/{path}") for path in asked)
    assert not any(map(desk.is_asked, ("/v1.0/users/1/calendar/getSchedule", "/beta/users", "/v1.0/places/x")))
