"""Who has changed: read again whole, so that a property that is missing is never an empty one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.people import Asked
from protocols.graph.people_delta import changed
from protocols.graph.streamed import Expired
from protocols.graph.told import Told, token_of
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from tests.protocols.scripted import Peer, json, run

API = "https://graph.microsoft.com"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
USERS = Asked(groups=False, rooms=False)
LINKS = {name: f"{API}/v1.0/{name}/delta?$deltatoken=1" for name in ("users", "groups")}
ANN = {"id": "ann", "mail": "ann@b.example", "displayName": "Ann", "jobTitle": "Lead"}


def _page(*values: dict[str, Any]) -> Any:
    return json({"value": list(values), "@odata.deltaLink": f"{API}/v1.0/users/delta?$deltatoken=2"})


def _read(peer: Peer, asked: Asked = USERS) -> Told:
    return run(changed(peer, asked, token_of(asked, LINKS), api_url=API, as_of=NOW))


def test_a_missing_property_is_not_an_empty_one() -> None:
    told = _read(Peer(_page({"id": "ann", "displayName": "Ann"}), json({"value": [ANN]})))
    assert told.listed["ann"].person.texts == {Field.DISPLAY_NAME: "Ann", Field.TITLE: "Lead"}


def test_nothing_changed_costs_one_question_a_chain() -> None:
    peer = Peer(_page(), _page())
    told = _read(peer, Asked(members=True, memberships=True, manager=True))
    assert (told.listed, told.gone, len(peer.requests)) == ({}, (), 2)


def test_who_went_is_gone_and_who_came_back_is_not() -> None:
    removed = {"@removed": {"reason": "changed"}}
    chain = _page({"id": "bob"}, {"id": "bob", **removed}, {"id": "ann", **removed}, {"id": "ann"})
    told = _read(Peer(chain, json({"value": [ANN]})))
    assert (list(told.listed), told.gone) == (["ann"], ("bob",))


def test_somebody_new_who_cannot_be_read_yet_calls_for_a_whole_reading() -> None:
    with pytest.raises(Expired):
        _read(Peer(_page({"id": "new"}), json({"value": []})))


def test_the_groups_of_a_member_with_a_new_address_are_told_too() -> None:
    group = {"id": "g", "mail": "team@b.example"}
    peer = Peer(
        _page({"id": "ann"}),
        _page(),
        json({"value": [ANN]}),
        json({"value": [group]}),
        json({"value": [group]}),
        json({"value": [{"id": "ann", "mail": "ann@b.example"}]}),
    )
    told = _read(peer, Asked(rooms=False, members=True))
    assert told.listed["g"].person.members == ("ann@b.example",)
    assert told.listed["ann"].person.groups == ()


def test_who_joined_a_group_is_told_where_memberships_matter() -> None:
    peer = Peer(
        _page(),
        _page({"id": "g", "members@delta": [{"id": "ann"}, {"id": "c", "@odata.type": "#microsoft.graph.orgContact"}]}),
        json({"value": [ANN]}),
        json({"value": [{"id": "g", "mail": "team@b.example"}]}),
        json({"value": [{"id": "g", "mail": "team@b.example"}]}),
    )
    told = _read(peer, Asked(rooms=False, memberships=True))
    assert told.listed["ann"].person.groups == ("team@b.example",)
    assert told.gone == ()


def test_the_manager_of_who_changed() -> None:
    peer = Peer(
        _page({"id": "ann"}),
        json({"value": [{**ANN, "manager": {"id": "boss"}}]}),
        json({"value": [{"id": "boss", "mail": "boss@b.example"}]}),
    )
    told = _read(peer, Asked(groups=False, rooms=False, manager=True))
    assert told.managers == {"boss": "boss@b.example"}


def test_an_old_token_and_half_an_answer() -> None:
    with pytest.raises(Expired):
        _read(Peer(json({"error": {"code": "x"}}, 410)))
    with pytest.raises(PeerError) as failed:
        _read(Peer(json({"value": []})))
    assert failed.value.reason is Reason.INCOMPLETE
