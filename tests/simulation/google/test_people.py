"""The listings of the simulated Directory API: pages, rights, limits."""

from typing import Any

import pytest

from simulation.address_book import AddressBook
from simulation.google.people import GROUPS, MEMBERS, ROOMS, SCOPES, USERS, answer
from simulation.google.refusals import GoogleRefusal
from tests.contracts.source import ANN, BOB, EVERYBODY, ROOM, STRANGER, TEAM

ROOT = "/admin/directory/v1"
ALL = frozenset(SCOPES)
BOOK = AddressBook([*EVERYBODY, STRANGER])
MINE = {"customer": "my_customer"}


def listed(path: str, key: str, **query: str) -> list[Any]:
    found, token = [], ""
    while True:
        page = answer(f"{ROOT}{path}", {**MINE, **query, **({"pageToken": token} if token else {})}, BOOK, ALL)
        found += page.get(key, [])
        token = page.get("nextPageToken", "")
        if not token:
            return found


def test_everybody_has_a_place() -> None:
    assert [one["id"] for one in listed("/users", "users", maxResults="1")] == [
        ANN.anchor,
        BOB.anchor,
        STRANGER.anchor,
    ]
    assert [one["isGuestUser"] for one in listed("/users", "users")] == [False, False, True]
    assert [one["directMembersCount"] for one in listed("/groups", "groups")] == ["2"]
    assert [one["resourceId"] for one in listed("/customer/my_customer/resources/calendars", "items")] == [ROOM.anchor]
    assert [one["email"] for one in listed(f"/groups/{TEAM.anchor}/members", "members")] == list(TEAM.members)


def test_one_by_id_or_address() -> None:
    for key in (ANN.anchor, "ann@b.example", "ann.alias@b.example"):
        assert answer(f"{ROOT}/users/{key}", {}, BOOK, ALL)["id"] == ANN.anchor


@pytest.mark.parametrize(
    ("path", "query", "scopes", "status"),
    [
        ("/users", MINE, ALL - {USERS}, 403),
        ("/groups", MINE, ALL - {GROUPS}, 403),
        (f"/groups/{TEAM.anchor}/members", {}, ALL - {MEMBERS}, 403),
        ("/customer/my_customer/resources/calendars", {}, ALL - {ROOMS}, 403),
        ("/users", {}, ALL, 400),
        ("/users", {**MINE, "query": "orgUnitPath='/x'"}, ALL, 400),
        (f"/users/{ANN.anchor}/photos/thumbnail", {}, ALL, 404),
        ("/users", {**MINE, "maxResults": "501"}, ALL, 400),
        ("/groups", {**MINE, "maxResults": "201"}, ALL, 400),
        ("/users", {**MINE, "pageToken": "x"}, ALL, 400),
        ("/users/nobody@b.example", {}, ALL, 404),
        (f"/users/{TEAM.anchor}", {}, ALL, 404),
        ("/customer/my_customer/resources/buildings", {}, ALL, 404),
    ],
)
def test_what_is_refused(path: str, query: dict[str, str], scopes: frozenset[str], status: int) -> None:
    with pytest.raises(GoogleRefusal) as caught:
        answer(f"{ROOT}{path}", query, BOOK, scopes)
    assert caught.value.status == status
