"""Rooms: where their subjects would be shown, and where nothing could be learnt of them."""

import pytest

from console.configuration import Configuration
from console.rooms_checks import check_rooms

EWS = {
    "protocol": "ews",
    "url": "https://mail.example/EWS/Exchange.asmx",
    "auth": {"kind": "basic", "username": "u", "password": "env:P"},
}
GOOGLE = {"protocol": "google", "service_account": "file:g.json", "subject": "target"}
ROUTES: list[dict[str, object]] = [{"match": "n.example", "via": "n"}, {"match": "own.example", "via": "own"}]
GOOGLES_ROOMS: dict[str, object] = {"match": "resource.calendar.google.com", "via": "g"}


def found(
    *,
    rooms: list[str] | None = None,
    routes: list[dict[str, object]] | None = None,
    subject: str = "target",
    **caller: object,
) -> list[str]:
    asking = {
        "name": "c",
        "basic": {"usernames": ["u"], "password": "file:hash"},
        "may_ask": ["*"],
        "never_via": ["own"],
        **caller,
    }
    written = {
        "server": {"public_url": "https://b.example", "certificate": {"kind": "none"}},
        "connectors": {"n": EWS, "own": EWS, "g": {**GOOGLE, "subject": subject}},
        "routes": routes or ROUTES,
        "callers": [asking],
        "rooms": {} if rooms is None else {"match": rooms},
    }
    return [f"{each.severity} {each.key}: {each.what}" for each in check_rooms(Configuration.model_validate(written))]


UNNAMED = "warning callers[1].sees: rooms' subjects are organisers' names, and [rooms] match names no room of {}"


def test_who_sees_details_sees_organisers_where_no_room_is_named() -> None:
    assert found(sees="details") == [UNNAMED.format("n.example")]
    assert found(sees="busy") == []
    assert found(sees="details", rooms_see="details") == []
    assert found(sees="details", may_ask=["elsewhere.example"]) == []


@pytest.mark.parametrize(
    ("rooms", "route"),
    [
        (["room-*@n.example"], {}),
        (["*@*"], {}),
        (["room@rooms.n.example"], {"match": "*.n.example"}),
        (["room-*@inner.example"], {"rewrite": "{local}@inner.example"}),
        (["room-*@n.example"], {"rewrite": "{local}@{domain}"}),
        ([], {"rooms": True}),
        ([], {"match": "ann@n.example"}),
    ],
)
def test_rooms_that_are_named(rooms: list[str], route: dict[str, object]) -> None:
    assert found(sees="details", rooms=rooms, routes=[{**ROUTES[0], **route}]) == []


def test_rooms_of_another_domain_do_not_help() -> None:
    assert found(sees="details", rooms=["room-*@own.example"]) == [UNNAMED.format("n.example")]


def test_googles_rooms_are_named_unless_the_default_was_replaced() -> None:
    routes: list[dict[str, object]] = [{"match": "g.example", "via": "g"}, GOOGLES_ROOMS]
    assert found(sees="details", routes=routes, subject="ann@g.example") == []
    unnamed = UNNAMED.format("resource.calendar.google.com")
    assert found(sees="details", routes=routes, subject="ann@g.example", rooms=["room@n.example"]) == [unnamed]


def test_nobody_can_act_as_a_room() -> None:
    words = 'warning connectors.g.subject: nobody can act as a room, and routes[2] leads rooms here: with "target" they'
    words += " stay unknown"
    assert found(routes=[ROUTES[0], GOOGLES_ROOMS]) == [words]
    assert found(routes=[ROUTES[0], {"match": "rooms.g.example", "via": "g", "rooms": True}]) == [words]
    assert found(routes=[ROUTES[0], GOOGLES_ROOMS], subject="ann@g.example") == []
    assert found(routes=[ROUTES[0], {"match": "g.example", "via": "g"}]) == []
