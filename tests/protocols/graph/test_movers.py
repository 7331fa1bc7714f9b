"""Who is marked as moving in Microsoft 365: every page or none, by an advanced query."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from protocols.errors import PeerError
from protocols.graph.movers import ATTRIBUTES, movers
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from tests.protocols.scripted import Peer, json, run

API = "https://graph.microsoft.com"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _user(name: str, value: str | None = None) -> dict[str, object]:
    attributes = {"extensionAttribute7": value}
    return {"mail": f"{name}@contoso.example", "userPrincipalName": name, "onPremisesExtensionAttributes": attributes}


def _ask(peer: Peer, attribute: str = "extensionAttribute7", value: str | None = None) -> tuple[Mover, ...]:
    return run(movers(peer, attribute=attribute, value=value, api_url=API, as_of=NOW))


def test_all_pages_are_read() -> None:
    following = f"{API}/v1.0/users?$skiptoken=x"
    peer = Peer(
        json({"@odata.count": 2, "value": [_user("ann", "2026-11-20")], "@odata.nextLink": following}),
        json({"value": [_user("bob")]}),
    )
    assert _ask(peer) == (
        Mover(Mailbox.parse("ann@contoso.example"), "2026-11-20"),
        Mover(Mailbox.parse("bob@contoso.example")),
    )
    assert [request.headers.get("ConsistencyLevel") for request in peer.requests] == ["eventual", "eventual"]
    assert peer.requests[1].url == following


@pytest.mark.parametrize(
    ("attribute", "value", "wanted"),
    [
        ("extensionAttribute7", None, "onPremisesExtensionAttributes/extensionAttribute7 ne null"),
        ("extensionAttribute7", "o'moved", "onPremisesExtensionAttributes/extensionAttribute7 eq 'o''moved'"),
        ("mail", "*@contoso.example", "endsWith(mail,'@contoso.example')"),
        ("otherMails", "*@contoso.example", "otherMails/any(m:endsWith(m,'@contoso.example'))"),
        ("otherMails", None, "otherMails/$count ne 0"),
    ],
)
def test_what_is_asked(attribute: str, value: str | None, wanted: str) -> None:
    peer = Peer(json({"value": []}))
    assert _ask(peer, attribute, value) == ()
    query = parse_qs(urlsplit(peer.requests[0].url).query)
    assert query["$filter"] == [wanted]
    assert query["$count"] == ["true"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({}, 404)], Reason.PEER_FAILED),
        ([json({"error": {}}, 403)], Reason.NO_ACCESS),
        ([json({"value": [{"userPrincipalName": "nobody"}]})], Reason.INCOMPLETE),
        ([json({"@odata.count": 9, "value": []})], Reason.INCOMPLETE),
    ],
)
def test_all_of_them_or_an_error(answers: list[object], reason: Reason) -> None:
    with pytest.raises(PeerError) as failed:
        _ask(Peer(*answers))  # type: ignore[arg-type]
    assert failed.value.reason is reason


def test_what_can_be_asked_for() -> None:
    assert ATTRIBUTES.fullmatch("extensionAttribute15")
    assert not ATTRIBUTES.fullmatch("extensionAttribute16")
