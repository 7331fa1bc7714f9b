"""A batch of writes to a folder of contacts in Microsoft 365."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.graph_contacts_writing import GraphFolder, write
from protocols.http import HttpResponse
from protocols.model.card import Card
from protocols.model.freebusy import Reason
from tests.contracts.spoke_events import SINGLE
from tests.contracts.spoke_world import creation
from tests.protocols.scripted import Peer, json, run

ANN = Card(display_name="Ann")
THERE = {"id": "k", "@odata.etag": "e1", "displayName": "Ann", "parentFolderId": "p"}


def answers(*bodies: tuple[int, Mapping[str, object]]) -> HttpResponse:
    """What a batch is answered."""
    told = [{"id": str(number), "status": status, "body": body} for number, (status, body) in enumerate(bodies)]
    return json({"responses": told})


def done(peer: Peer, *writes: Write) -> list[Outcome]:
    at = GraphFolder(
        send=peer, user="ann@b.example", folder="", api_url="https://g.example", clock=lambda: datetime.now(UTC)
    )
    return run(write(at, "p", writes))


def change(**more: object) -> Write:
    told = Write(
        act=Act.UPDATE, content=replace(ANN, company="C"), key="k", version="e1", changes=frozenset({"company"})
    )
    return replace(told, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        (412, "ErrorIrresolvableConflict", {"stale": True}),
        (404, "ErrorItemNotFound", {"stale": True, "gone": True}),
        (400, "ErrorInvalidArgument", {"refused": True, "doubt": False}),
        (503, "ErrorServerBusy", {"refused": False, "stale": False}),
    ],
)
def test_what_graph_says_of_a_change(status: int, code: str, wanted: dict[str, bool]) -> None:
    [outcome] = done(Peer(answers((200, THERE)), answers((status, {"error": {"code": code}}))), change())
    assert isinstance(outcome, Failed)
    assert {name: getattr(outcome, name) for name in wanted} == wanted


def test_a_deletion_of_what_went_meanwhile_is_done() -> None:
    gone = (404, {"error": {"code": "ErrorItemNotFound"}})
    deletion = Write(act=Act.DELETE, key="k", version="e1")
    assert done(Peer(answers(gone), answers((200, {"value": []}))), deletion) == [Written(None)]
    assert done(Peer(answers((200, THERE)), answers(gone)), deletion) == [Written(None)]
    thrown_away = {**THERE, "parentFolderId": "deleted"}
    assert done(Peer(answers((200, thrown_away))), deletion) == [Written(None)]


def test_nothing_is_sent_for_a_version_of_before() -> None:
    peer = Peer(answers((200, THERE)))
    [outcome] = done(peer, change(version="e0"))
    assert isinstance(outcome, Failed)
    assert outcome.stale
    assert len(peer.requests) == 1


def test_an_item_that_cannot_be_looked_at_is_not_written() -> None:
    [outcome] = done(Peer(answers((503, {"error": {"code": "x"}}))), change())
    assert isinstance(outcome, Failed)
    assert not outcome.doubt or outcome.reason is Reason.PEER_FAILED


def test_only_contacts_are_written() -> None:
    [outcome] = done(Peer(answers((200, THERE))), change(content=SINGLE["timed"]))
    assert isinstance(outcome, Failed)
    assert outcome.refused
    [outcome] = done(Peer(), replace(creation(ANN), content=SINGLE["timed"]))
    assert isinstance(outcome, Failed)
    assert outcome.refused


def test_an_answer_without_the_contact_leaves_a_doubt() -> None:
    [outcome] = done(Peer(answers((201, {}))), creation(ANN))
    assert isinstance(outcome, Failed)
    assert outcome.doubt
