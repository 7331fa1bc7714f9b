"""Who is marked as moving at Google: every page or none."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.google.movers import movers
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KIND = {"kind": "admin#directory#users"}


def _ask(peer: Peer, attribute: str = "Moves.at", value: str | None = None) -> tuple[Mover, ...]:
    return run(movers(peer, attribute=attribute, value=value, api_url="https://admin.googleapis.com", as_of=NOW))


def _user(name: str, at: object = None) -> dict[str, object]:
    return {"primaryEmail": f"{name}@n.example", "orgUnitPath": "/Moved", "customSchemas": {"Moves": {"at": at}}}


def test_all_pages_are_read_and_only_those_with_a_value_count() -> None:
    peer = Peer(
        json({**KIND, "users": [_user("ann", "2026-11-20"), _user("bob")], "nextPageToken": "x"}),
        json({**KIND, "users": [_user("eve", [{"value": "2026-11-21"}]), {"primaryEmail": "zoe@n.example"}]}),
    )
    assert _ask(peer) == (
        Mover(Mailbox.parse("ann@n.example"), "2026-11-20"),
        Mover(Mailbox.parse("eve@n.example"), "2026-11-21"),
    )
    first, second = (parse_qs(urlsplit(request.url).query) for request in peer.requests)
    assert (first["customFieldMask"], first["projection"], second["pageToken"]) == (["Moves"], ["custom"], ["x"])


def test_an_organisational_unit() -> None:
    peer = Peer(json({**KIND, "users": [_user("ann")]}))
    assert _ask(peer, "orgUnitPath", "/O'Moved") == (Mover(Mailbox.parse("ann@n.example")),)
    assert parse_qs(urlsplit(peer.requests[0].url).query)["query"] == ["orgUnitPath='/O\\'Moved'"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({**KIND, "users": [{**_user("x", "y"), "primaryEmail": None}]})], Reason.INCOMPLETE),
        ([json({"users": 7})], Reason.GARBLED),
        ([json({})], Reason.GARBLED),
        ([json({**KIND, "nextPageToken": "x"}), json({}, 500)], Reason.INCOMPLETE),
        ([json({**KIND, "nextPageToken": 7})], Reason.GARBLED),
    ],
)
def test_all_of_them_or_an_error(answers: list[object], reason: Reason) -> None:
    with pytest.raises(PeerError) as failed:
        _ask(Peer(*answers))  # type: ignore[arg-type]
    assert failed.value.reason is reason


def test_nobody() -> None:
    assert _ask(Peer(json(KIND))) == ()
