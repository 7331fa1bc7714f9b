"""Groups read again, and who is in which."""

from datetime import UTC, datetime
from typing import Any

from protocols.graph.changed_groups import changed_groups, memberships
from protocols.graph.people import Asked
from tests.protocols.scripted import Peer, json, run

WHERE: Any = {"api_url": "https://graph.microsoft.com", "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
TEAM = json({"value": [{"id": "g", "mail": "team@b.example"}]})


def test_members_are_read_where_they_are_asked_for() -> None:
    peer = Peer(TEAM, json({"value": [{"id": "1", "mail": "ann@b.example"}]}))
    told = run(changed_groups(peer, Asked(members=True), ["g", "gone"], **WHERE))
    assert told["g"].person.members == ("ann@b.example",)
    assert set(told) == {"g"}
    assert run(changed_groups(Peer(TEAM), Asked(), ["g"], **WHERE))["g"].person.members == ()


def test_memberships_are_read_where_they_matter() -> None:
    assert run(memberships(Peer(), Asked(), ["1"], **WHERE)) == {}
    told = run(memberships(Peer(TEAM), Asked(members=True), ["1"], **WHERE))
    assert told == {"1": {"g": "team@b.example"}}
