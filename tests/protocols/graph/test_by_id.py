"""Objects read again by their ids, and what is told of groups, contacts and rooms."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.graph.by_id import by_id, contact_addresses, groups_of, members_of, quoted, room_addresses
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

API = "https://graph.microsoft.com/v1.0"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
WHERE: Any = {"api_url": API, "as_of": NOW}


def _query(peer: Peer, number: int = 0) -> dict[str, list[str]]:
    return parse_qs(urlsplit(peer.requests[number].url).query)


def test_fifteen_in_a_question_each_once() -> None:
    ids = [f"id{number}" for number in range(16)]
    peer = Peer(json({"value": [{"id": "id3"}, {"id": "id1"}]}), json({"value": []}))
    found = run(by_id(peer, "users", [*ids, "id0"], select=("id", "mail"), manager=True, **WHERE))
    assert found == {"id3": {"id": "id3"}, "id1": {"id": "id1"}}
    assert _query(peer) == {
        "$filter": [f"id in ({','.join(repr(one) for one in ids[:15])})"],
        "$select": ["id,mail"],
        "$expand": ["manager($select=id)"],
    }
    assert _query(peer, 1)["$filter"] == ["id in ('id15')"]
    assert run(by_id(Peer(), "users", [], select=("id",), **WHERE)) == {}


def test_what_is_not_all_of_it_is_an_error() -> None:
    for answer, reason in ((json({}, 404), Reason.INCOMPLETE), (json({"value": [{}]}), Reason.GARBLED)):
        with pytest.raises(PeerError) as failed:
            run(by_id(Peer(answer), "users", ["1"], select=("id",), **WHERE))
        assert failed.value.reason is reason


def test_the_groups_of_somebody() -> None:
    role = {"@odata.type": "#microsoft.graph.directoryRole", "id": "r"}
    group = {"@odata.type": "#microsoft.graph.group", "id": "g", "mail": "team@b.example"}
    peer = Peer(json({"value": [role, group, {"id": "h"}]}))
    assert run(groups_of(peer, "a/b", **WHERE)) == {"g": "team@b.example", "h": ""}
    assert peer.requests[0].url.startswith(f"{API}/users/a%2Fb/memberOf?")


def test_members_without_an_address_are_in_no_address_book() -> None:
    peer = Peer(json({"value": [{"id": "2", "mail": "b@b.example"}, {"id": "1", "mail": "a@b.example"}, {"id": "3"}]}))
    assert run(members_of(peer, "g", **WHERE)) == ("a@b.example", "b@b.example")


def test_contacts_and_rooms() -> None:
    peer = Peer(json({"value": [{"id": "c", "proxyAddresses": ["SMTP:c@b.example"]}, {"id": "d"}]}))
    assert run(contact_addresses(peer, **WHERE)) == {"c": "c@b.example"}
    peer = Peer(json({"value": [{"emailAddress": "Room@b.example"}, {"emailAddress": None}]}))
    assert run(room_addresses(peer, **WHERE)) == {"room@b.example"}


def test_quotes_are_doubled() -> None:
    assert quoted("o'neil") == "o''neil"
