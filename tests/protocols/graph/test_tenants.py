"""Whose a domain is, and which domains are ours."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.tenants import Domain, Own, own
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

WHERE: Any = {"api_url": "https://graph.microsoft.com", "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
ID = "22222222-2222-2222-2222-222222222222"
ORGANISATION = json({"value": [{"id": ID.upper(), "displayName": "Contoso"}]})
DOMAINS = [
    {"id": "Contoso.example", "isVerified": True, "isDefault": True, "supportedServices": ["Email"]},
    {"id": "b.onmicrosoft.example", "isVerified": True, "isInitial": True, "supportedServices": None},
    {"id": "later.example", "isVerified": False, "isDefault": False, "supportedServices": ["Email"]},
]


def test_the_own_organisation() -> None:
    peer = Peer(ORGANISATION, json({"value": DOMAINS}))
    found = run(own(peer, **WHERE))
    initial = Domain(name="b.onmicrosoft.example", initial=True)
    assert found == Own(
        id=ID, name="Contoso", domains=(initial, Domain(name="contoso.example", default=True, mail=True))
    )
    assert found.has("CONTOSO.example")
    assert not found.has("later.example")
    assert [request.url for request in peer.requests] == [
        "https://graph.microsoft.com/v1.0/organization?$select=id,displayName",
        "https://graph.microsoft.com/v1.0/domains",
    ]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((json({"value": []}),), Reason.GARBLED),
        ((json({"value": [{}]}), json({"value": []})), Reason.GARBLED),
        ((ORGANISATION, json({"error": {}}, 403)), Reason.NO_ACCESS),
        ((ORGANISATION, json({"value": [{"isVerified": True}]})), Reason.GARBLED),
        ((ORGANISATION, json({"error": {"code": "x"}}, 404)), Reason.PEER_FAILED),
        ((PeerError(Reason.TIMEOUT),), Reason.TIMEOUT),
    ],
)
def test_half_an_organisation_is_none(answers: tuple[Any, ...], reason: Reason) -> None:
    found = run(own(Peer(*answers), **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is reason
