"""The partner of a policy over Graph: what is asked where, what is written in which order, and every answer that is
not what it should be."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.cross_tenant import AVAILABILITY, TRUST, Partner, everybody, wanted, written
from protocols.graph.cross_tenant_policy import NoPolicy, partner, write
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

WHERE: Any = {"api_url": "https://graph.microsoft.com/v1.0", "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
ID = "22222222-2222-2222-2222-222222222222"
ROOT = "https://graph.microsoft.com/{}/policies/crossTenantAccessPolicy"
V1, BETA = ROOT.format("v1.0"), ROOT.format("beta")
BASIC, TIPS = AVAILABILITY["availability"], "crossTenantMailTipsAll"
NOBODY = Partner(tenant=ID, way="v1.0/m365Capabilities")
SHALL = wanted(NOBODY, [BASIC])
NONE = json({"value": []})
NO_SEGMENT = json({"error": {"code": "BadRequest", "message": "Resource not found for the segment."}}, 400)
NOT_FOUND = json({"error": {"code": "ResourceNotFound"}}, 404)
TRUSTED = {"users": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}}
ACCESS = orjson.loads(everybody(BASIC))


def told(**more: Any) -> HttpResponse:
    settings = {"tenantId": ID, "isServiceProvider": None, "inboundTrust": None, TRUST: TRUSTED}
    return json({**settings, "automaticUserConsentSettings": {"inboundAllowed": None}, **more})


def capability(**more: Any) -> dict[str, Any]:
    typed = {"@odata.type": f"#microsoft.graph.{BASIC}", "name": BASIC, "lastModifiedDateTime": "2026-01-15T10:00:00Z"}
    return {**typed, "inboundAccess": ACCESS, **more}


def test_a_partner_as_it_is() -> None:
    peer = Peer(NONE, told(), json({"value": [capability()]}))
    assert run(partner(peer, ID, **WHERE)) == SHALL
    assert [request.url for request in peer.requests] == [
        f"{V1}/default/m365Capabilities",
        f"{V1}/partners/{ID}",
        f"{V1}/partners/{ID}/m365Capabilities",
    ]


def test_one_that_is_not_there_is_a_partner_too() -> None:
    found = run(partner(Peer(NONE, NOT_FOUND), ID, **WHERE))
    assert found == NOBODY
    assert isinstance(found, Partner)
    assert found.way == "v1.0/m365Capabilities"


def test_other_settings_and_whole_pages() -> None:
    page = {"value": [capability()], "@odata.nextLink": f"{V1}/partners/{ID}/m365Capabilities?$skiptoken=1"}
    second = {"value": [{"@odata.type": f"#microsoft.graph.{TIPS}", "inboundAccess": {"isAllowed": False}}]}
    answers = (told(inboundTrust={"isMfaAccepted": True}, **{TRUST: None}), json(page), json(second))
    found = run(partner(Peer(NONE, *answers), ID, **WHERE))
    capabilities = {BASIC: everybody(BASIC), TIPS: written({"isAllowed": False})}
    assert found == Partner(tenant=ID, there=True, more=True, capabilities=capabilities)


@pytest.mark.parametrize("absent", [NO_SEGMENT, NOT_FOUND])
def test_the_other_addresses_are_tried(absent: HttpResponse) -> None:
    peer = Peer(absent, absent, NONE, told(), NONE)
    found = run(partner(peer, ID, **WHERE))
    assert isinstance(found, Partner)
    assert (found.way, found.trusted) == ("beta/microsoft365CapabilitiesInbound", True)
    assert [request.url for request in peer.requests[1:]] == [
        f"{BETA}/default/m365Capabilities",
        f"{BETA}/default/microsoft365CapabilitiesInbound",
        f"{BETA}/partners/{ID}",
        f"{BETA}/partners/{ID}/microsoft365CapabilitiesInbound",
    ]
    peer = Peer(*([json({}, 204)] * 2))
    assert run(write(peer, found, replace(found, capabilities={BASIC: everybody(BASIC)}), **WHERE)) is None
    assert peer.requests[0].url == f"{BETA}/partners/{ID}/microsoft365CapabilitiesInbound"


def test_a_trust_that_is_not_told_is_not_taken_for_none() -> None:
    untold = json({"tenantId": ID})
    found = run(partner(Peer(NONE, untold, NONE, untold, NO_SEGMENT), ID, **WHERE))
    assert found == NoPolicy("HTTP 400 BadRequest")
    found = run(partner(Peer(NONE, untold, NONE, told(), NONE), ID, **WHERE))
    assert isinstance(found, Partner)
    assert found.way == "beta/m365Capabilities"


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (NO_SEGMENT, "HTTP 400 BadRequest"),
        (NOT_FOUND, "HTTP 404 ResourceNotFound"),
        (json({"error": {"code": "Directory_FeatureNotEnabled"}}, 403), "HTTP 403 Directory_FeatureNotEnabled"),
        (json({"error": {"code": "AadPremiumLicenseRequired"}}, 403), "HTTP 403 AadPremiumLicenseRequired"),
    ],
)
def test_no_policy_is_a_value(answer: HttpResponse, detail: str) -> None:
    assert run(partner(Peer(answer, answer, answer), ID, **WHERE)) == NoPolicy(detail)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((json({"error": {"code": "Authorization_RequestDenied"}}, 403),), Reason.NO_ACCESS),
        ((json({"error": {}}, 429),), Reason.THROTTLED),
        ((html(404),), Reason.GARBLED),
        ((PeerError(Reason.TIMEOUT),), Reason.TIMEOUT),
        ((NONE, json({"error": {}}, 500)), Reason.PEER_FAILED),
        ((NONE, html()), Reason.GARBLED),
        ((NONE, told(**{TRUST: "x"}), NONE), Reason.GARBLED),
        ((NONE, told(), NOT_FOUND), Reason.INCOMPLETE),
        ((NONE, told(), json({"value": [{"inboundAccess": ACCESS}]})), Reason.GARBLED),
        ((NONE, told(), json({"value": [capability(inboundAccess=None)]})), Reason.GARBLED),
        ((NONE, told(), json({"error": {}}, 503)), Reason.THROTTLED),
        ((NONE, told(), json({"value": {}})), Reason.GARBLED),
    ],
)
def test_anything_else_is_a_failure(answers: tuple[Any, ...], reason: Reason) -> None:
    found = run(partner(Peer(*answers), ID, **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is reason


def test_half_the_pages_are_no_partner() -> None:
    page = {"value": [capability()], "@odata.nextLink": f"{V1}/partners/{ID}/m365Capabilities?$skiptoken=1"}
    found = run(partner(Peer(NONE, told(), json(page), json({"error": {}}, 500)), ID, **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is Reason.INCOMPLETE


def test_widening_goes_from_the_partner_to_the_capability() -> None:
    peer = Peer(json({}, 201), json({}, 201))
    assert run(write(peer, NOBODY, SHALL, **WHERE)) is None
    assert [(each.method, each.url) for each in peer.requests] == [
        ("POST", f"{V1}/partners"),
        ("POST", f"{V1}/partners/{ID}/m365Capabilities"),
    ]
    assert [orjson.loads(each.body) for each in peer.requests] == [
        {"tenantId": ID, TRUST: TRUSTED},
        {"@odata.type": f"#microsoft.graph.{BASIC}", "inboundAccess": ACCESS},
    ]


def test_narrowing_goes_the_other_way_and_what_is_gone_is_gone() -> None:
    peer = Peer(NOT_FOUND, HttpResponse(204))
    assert run(write(peer, SHALL, NOBODY, **WHERE)) is None
    assert [(each.method, each.url) for each in peer.requests] == [
        ("DELETE", f"{V1}/partners/{ID}/m365Capabilities/{BASIC}"),
        ("DELETE", f"{V1}/partners/{ID}"),
    ]
    assert run(write(Peer(), NOBODY, NOBODY, **WHERE)) is None


def test_only_what_differs_is_written() -> None:
    assert run(write(Peer(), SHALL, SHALL, **WHERE)) is None
    was = replace(SHALL, capabilities={BASIC: written({"isAllowed": False}), TIPS: everybody(TIPS)})
    shall = replace(SHALL, trust="")
    peer = Peer(*([HttpResponse(204)] * 3))
    assert run(write(peer, was, shall, **WHERE)) is None
    assert [(each.method, each.url.removeprefix(V1)) for each in peer.requests] == [
        ("DELETE", f"/partners/{ID}/m365Capabilities/{TIPS}"),
        ("PATCH", f"/partners/{ID}"),
        ("PATCH", f"/partners/{ID}/m365Capabilities/{BASIC}"),
    ]
    assert [orjson.loads(each.body) for each in peer.requests[1:]] == [{TRUST: None}, {"inboundAccess": ACCESS}]


def test_a_page_for_people_is_no_success() -> None:
    for now, shall in ((NOBODY, SHALL), (SHALL, NOBODY)):
        error = run(write(Peer(html()), now, shall, **WHERE))
        assert isinstance(error, PeerError)
        assert error.reason is Reason.GARBLED


def test_what_means_the_same_is_not_written_again() -> None:
    access = {"resourceScopes": {"included": [{"resourceType": "user", "resourceId": "All"}]}, "isAllowed": True}
    again = replace(SHALL, capabilities={BASIC: written(access)})
    assert run(write(Peer(), again, SHALL, **WHERE)) is None


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_after_a_failure_nothing_more_is_written(refused: int) -> None:
    was = replace(NOBODY, there=True, capabilities={TIPS: everybody(TIPS)})
    conflict = json({"error": {"code": "Request_MultipleObjectsWithSameKeyValue"}}, 409)
    peer = Peer(*([HttpResponse(204)] * refused), conflict)
    error = run(write(peer, was, SHALL, **WHERE))
    assert isinstance(error, PeerError)
    assert error.detail == "HTTP 409 Request_MultipleObjectsWithSameKeyValue"
    assert len(peer.requests) == refused + 1
