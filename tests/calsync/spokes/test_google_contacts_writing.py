"""A batch of writes to the contacts of one Google user."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.google_contacts_writing import GooglePlace, write
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.card import Card
from protocols.model.freebusy import Reason
from tests.contracts.spoke_events import SINGLE
from tests.contracts.spoke_world import creation
from tests.protocols.scripted import Peer, json, run

ANN = Card(display_name="Ann", company="C")
PERSON: dict[str, Any] = {
    "resourceName": "people/1",
    "etag": "%1",
    "metadata": {"sources": [{"type": "CONTACT", "etag": "#1"}]},
}
CHANGE = Write(act=Act.UPDATE, content=ANN, key="people/1", version="#1", changes=frozenset({"company"}))


def fetched(**more: Any) -> HttpResponse:
    return json({"responses": [{"requestedResourceName": "people/1", "person": PERSON, **more}]})


def done(peer: Peer, *writes: Write) -> list[Outcome]:
    async def groups() -> Sequence[str]:
        return ("contactGroups/myContacts",)

    at = GooglePlace(send=peer, api_url="https://people.example", clock=lambda: datetime.now(UTC))
    return run(write(at, writes, groups))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (9, {"stale": True}),
        (3, {"refused": True, "doubt": False}),
        (5, {"gone": True}),
        (8, {"refused": False, "doubt": False}),
        (14, {"refused": False, "doubt": True}),
    ],
)
def test_what_google_says_of_a_change(code: int, wanted: dict[str, bool]) -> None:
    told = {"people/1": {"requestedResourceName": "people/1", "status": {"code": code}}}
    [outcome] = done(Peer(fetched(), json({"updateResult": told})), CHANGE)
    assert isinstance(outcome, Failed)
    assert {name: getattr(outcome, name) for name in wanted} == wanted


def test_only_the_lists_that_change_are_written() -> None:
    peer = Peer(fetched(), json({"updateResult": {"people/1": {"person": PERSON}}}))
    [outcome] = done(peer, CHANGE)
    assert isinstance(outcome, Written)
    assert orjson.loads(peer.requests[1].body)["updateMask"] == "organizations"


def test_a_change_of_nothing_is_none() -> None:
    peer = Peer(fetched())
    [outcome] = done(
        peer, Write(act=Act.UPDATE, content=Card(), key="people/1", version="#1", changes=frozenset({"notes"}))
    )
    assert isinstance(outcome, Written)
    assert len(peer.requests) == 1


def test_a_version_of_before_is_not_written() -> None:
    newer = {**PERSON, "metadata": {"sources": [{"type": "CONTACT", "etag": "#2"}]}}
    for each in (CHANGE, Write(act=Act.DELETE, key="people/1", version="#1")):
        [outcome] = done(Peer(fetched(person=newer)), each)
        assert isinstance(outcome, Failed)
        assert outcome.stale


def test_what_became_part_of_another_is_gone() -> None:
    merged = {**PERSON, "resourceName": "people/2"}
    [outcome] = done(Peer(fetched(person=merged)), CHANGE)
    assert isinstance(outcome, Failed)
    assert outcome.gone
    assert done(Peer(fetched(person=merged)), Write(act=Act.DELETE, key="people/1", version="#1")) == [Written(None)]


def test_nothing_is_sent_where_nothing_can_be_read() -> None:
    peer = Peer(PeerError(Reason.UNREACHABLE, "no way"))
    outcomes = done(peer, CHANGE, creation(ANN))
    assert all(isinstance(each, Failed) and not each.doubt for each in outcomes)
    assert len(peer.requests) == 1


def test_only_contacts_are_written() -> None:
    wrong = Write(act=Act.CREATE, content=SINGLE["timed"], mark="busyline:h/1", token="t")
    [outcome] = done(Peer(), wrong)
    assert isinstance(outcome, Failed)
    assert outcome.refused
