"""The first round of a delta query: everybody, each once, or an error."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.graph.everybody import everybody
from protocols.graph.people import USER, Asked
from protocols.graph.told import Told
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

API = "https://graph.microsoft.com"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
USERS = Asked(groups=False, rooms=False)


def _entry(one: str, **more: Any) -> dict[str, Any]:
    return {"id": one, "mail": f"{one}@b.example", "displayName": one.title(), **more}


def _page(collection: str, *values: Mapping[str, Any], following: str = "") -> Any:
    link = {"@odata.nextLink": f"{API}/v1.0/{collection}/delta?$skiptoken={following}"}
    last = {"@odata.deltaLink": f"{API}/v1.0/{collection}/delta?$deltatoken=d"}
    return json({"value": list(values), **(link if following else last)})


def _read(peer: Peer, asked: Asked = USERS) -> Told:
    return run(everybody(peer, asked, api_url=API, as_of=NOW))


def test_the_selection_is_fixed_by_what_is_asked() -> None:
    peer = Peer(_page("users"), _page("groups"))
    _read(peer, Asked(rooms=False, manager=True, members=True, attributes=("employeeId",)))
    users, groups = (parse_qs(urlsplit(request.url).query) for request in peer.requests)
    assert users == {"$select": [",".join((*USER, "employeeId", "manager"))]}
    assert groups == {"$select": ["id,displayName,description,mail,proxyAddresses,groupTypes,members"]}


def test_who_is_told_twice_or_gone_is_read_again() -> None:
    """Nobody promises an order: the later of two may be the older (Graph, delta query: $orderby)."""
    peer = Peer(
        _page("users", _entry("ann"), _entry("bob"), _entry("carl"), following="2"),
        _page("users", {"id": "bob", "jobTitle": "Lead"}, {"id": "carl", "@removed": {"reason": "deleted"}}),
        json({"value": [_entry("bob", department="Sales")]}),
    )
    told = _read(peer)
    assert list(told.listed) == ["ann", "bob"]
    assert told.listed["bob"].person.texts == {"display_name": "Bob", "department": "Sales"}
    assert told.gone == ()


def test_a_large_group_comes_in_pieces() -> None:
    peer = Peer(
        _page("users", _entry("ann"), _entry("bob")),
        _page("groups", _entry("team", **{"members@delta": [{"id": "ann"}]}), _entry("gone"), following="2"),
        _page(
            "groups",
            {"id": "team", "members@delta": [{"id": "bob"}, {"id": "c", "@odata.type": "#microsoft.graph.orgContact"}]},
            {"id": "gone", "@removed": {"reason": "changed"}},
        ),
        json({"value": []}),
        json({"value": [{"id": "c", "mail": "c@else.example"}, {"id": "d", "mail": "d@else.example"}]}),
    )
    told = _read(peer, Asked(rooms=False, members=True, memberships=True))
    assert told.listed["team"].person.members == ("ann@b.example", "bob@b.example", "c@else.example")
    assert told.listed["ann"].person.groups == ("team@b.example",)
    assert "gone" not in told.listed


def test_managers_are_told_by_their_addresses() -> None:
    peer = Peer(_page("users", _entry("ann", **{"manager@delta": [{"id": "bob"}]}), _entry("bob")))
    told = _read(peer, Asked(groups=False, rooms=False, manager=True))
    assert told.managers[told.listed["ann"].manager] == "bob@b.example"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([_page("users", following="2"), json({}, 410)], Reason.INCOMPLETE),
        ([_page("users", _entry("ann"), following="2"), json({"error": {}}, 500)], Reason.INCOMPLETE),
        ([json({"value": []})], Reason.INCOMPLETE),
        ([_page("users", {"mail": "ann@b.example"})], Reason.GARBLED),
        ([_page("users", _entry("a"), _entry("a")), json({"error": {}}, 503)], Reason.THROTTLED),
        ([_page("users", _entry("a"), _entry("a")), json({"value": []})], Reason.INCOMPLETE),
    ],
)
def test_all_of_them_or_an_error(answers: list[Any], reason: Reason) -> None:
    with pytest.raises(PeerError) as failed:
        _read(Peer(*answers))
    assert failed.value.reason is reason


def test_a_group_that_is_told_twice_and_not_found_may_be_there_all_the_same() -> None:
    team = _entry("team")
    peer = Peer(_page("users"), _page("groups", team, {**team, "displayName": "Other"}), json({"value": []}))
    with pytest.raises(PeerError, match="told twice"):
        _read(peer, Asked(rooms=False))


def test_who_is_gone_and_told_once_more_is_read_again() -> None:
    """Gone in one page and told in a later one, in whatever order they happened."""
    gone = {"id": "ann", "@removed": {"reason": "changed"}}
    back = _read(Peer(_page("users", gone, _entry("ann")), json({"value": [_entry("ann")]})))
    away = _read(Peer(_page("users", gone, _entry("ann")), json({"value": []})))
    assert (list(back.listed), list(away.listed)) == (["ann"], [])
