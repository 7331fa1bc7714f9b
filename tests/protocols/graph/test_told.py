"""The token of a reading: whole links, of our own origin and wish alone."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.people import Asked, Listed
from protocols.graph.streamed import Expired
from protocols.graph.told import join, links_in, rooms_of, token_of
from protocols.model.freebusy import Reason
from protocols.model.person import Kind, Person
from tests.protocols.scripted import Peer, json, run

API = "https://graph.microsoft.com"
LINKS = {"users": f"{API}/v1.0/users/delta?$deltatoken=1", "groups": f"{API}/v1.0/groups/delta?$deltatoken=2"}


def test_a_token_comes_back_whole() -> None:
    assert links_in(Asked(), token_of(Asked(), LINKS), API) == LINKS
    alone = Asked(groups=False)
    users = {"users": LINKS["users"]}
    assert links_in(alone, token_of(alone, users), f"{API}/v1.0/") == users


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "[]",
        token_of(Asked(manager=True), LINKS),
        orjson.dumps({"asked": Asked().mark, "users": LINKS["users"]}).decode(),
        token_of(Asked(), LINKS | {"groups": "https://elsewhere.example/v1.0/groups/delta?$deltatoken=2"}),
        token_of(Asked(), LINKS | {"users": "http://graph.microsoft.com/v1.0/users/delta?$deltatoken=2"}),
    ],
)
def test_whatever_is_not_ours_is_not_asked(token: str) -> None:
    with pytest.raises(Expired):
        links_in(Asked(), token, API)


def test_a_chain_without_an_end_is_not_whole() -> None:
    with pytest.raises(PeerError) as failed:
        token_of(Asked(), LINKS | {"groups": ""})
    assert failed.value.reason is Reason.INCOMPLETE


def test_groups_are_told_of_users_alone() -> None:
    listed = {"1": Listed(person=Person(anchor="1", kind=Kind.USER, primary=None))}
    join(listed, {"1": ["b@b.example", "a@b.example", "b@b.example"], "2": ["a@b.example"]})
    assert listed["1"].person.groups == ("a@b.example", "b@b.example")
    assert set(listed) == {"1"}


def test_rooms_are_asked_for_where_they_are_wanted() -> None:
    now: Any = datetime(2026, 11, 20, tzinfo=UTC)
    peer = Peer(json({"value": [{"emailAddress": "room@b.example"}]}))
    assert run(rooms_of(peer, Asked(), API, now)) == {"room@b.example"}
    assert run(rooms_of(Peer(), Asked(rooms=False), API, now)) == frozenset()
