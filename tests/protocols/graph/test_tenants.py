"""Whose a domain is, and which domains are ours."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.tenants import Domain, Own, Tenant, own, tenant_of
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

WHERE: Any = {"api_url": "https://graph.microsoft.com", "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
ID = "22222222-2222-2222-2222-222222222222"
ORGANISATION = json({"value": [{"id": ID.upper(), "displayName": "Contoso"}]})
DOMAINS = [
    {"id": "Contoso.example", "isVerified": True, "isDefault": True, "supportedServices": ["Email"]},
    {"id": "b.onmicrosoft.example", "isVerified": True, "isInitial": True, "supportedServices": None},
    {"id": "later.example", "isVerified": False, "isDefault": False, "supportedServices": ["Email"]},
]


def test_whose_a_domain_is() -> None:
    entry = {"tenantId": ID.upper(), "displayName": "Fabrikam", "defaultDomainName": "Fabrikam.onmicrosoft.example"}
    peer = Peer(json(entry))
    found = run(tenant_of(peer, "o'x/y.example", **WHERE))
    assert found == Tenant(id=ID, name="Fabrikam", domain="fabrikam.onmicrosoft.example")
    root = "https://graph.microsoft.com/v1.0/tenantRelationships/findTenantInformationByDomainName"
    assert peer.requests[0].url == f"{root}(domainName='o%27%27x%2Fy.example')"


def test_nobody_s_domain_is_a_value() -> None:
    assert (
        run(tenant_of(Peer(json({"error": {"code": "Directory_ObjectNotFound"}}, 404)), "x.example", **WHERE)) is None
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json({"error": {"code": "Authorization_RequestDenied"}}, 403), Reason.NO_ACCESS),
        (json({"error": {}}, 429), Reason.THROTTLED),
        (html(404), Reason.GARBLED),
        (json({"displayName": "x"}), Reason.GARBLED),
        (html(), Reason.GARBLED),
        (PeerError(Reason.UNREACHABLE), Reason.UNREACHABLE),
    ],
)
def test_a_failure_is_not_nobody(answer: Any, reason: Reason) -> None:
    found = run(tenant_of(Peer(answer), "x.example", **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is reason


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
