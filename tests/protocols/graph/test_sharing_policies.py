"""Sharing policies by cmdlet: read, changed by what differs, taken back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.cmdlets import Endpoint
from protocols.graph.sharing_policies import (
    ACTIONS,
    SharingPolicy,
    change,
    policies,
    taken_back,
    wanted,
)
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ENDPOINT = Endpoint(api_url="https://outlook.office365.com", tenant="contoso.onmicrosoft.com")
ROW = {
    "Guid": "s1",
    "Name": "Default Sharing Policy",
    "Domains": ["Anonymous:CalendarSharingFreeBusyReviewer", "*: CalendarSharingFreeBusySimple, ContactsSharing"],
    "Enabled": True,
    "Default": True,
}
DOMAINS = {
    "Anonymous": ("CalendarSharingFreeBusyReviewer",),
    "*": ("CalendarSharingFreeBusySimple", "ContactsSharing"),
}
THERE = SharingPolicy(key="s1", name="Default Sharing Policy", domains=DOMAINS, default=True)
DETAIL = "CalendarSharingFreeBusyDetail"
GONE = json({"error": {"code": "NotFound", "details": [{"message": "|A.ManagementObjectNotFoundException|x"}]}}, 404)


def called(peer: Peer) -> list[tuple[str, dict[str, Any]]]:
    bodies = [orjson.loads(request.body)["CmdletInput"] for request in peer.requests]
    return [(body["CmdletName"], body["Parameters"]) for body in bodies]


def test_read_as_they_stand() -> None:
    peer = Peer(json({"value": [ROW, {**ROW, "Guid": "s2", "Name": "Other", "Default": False, "Domains": []}]}))
    told = run(policies(peer, ENDPOINT, as_of=NOW))
    assert told == [THERE, SharingPolicy(key="s2", name="Other", domains={})]
    assert called(peer) == [("Get-SharingPolicy", {})]
    assert SharingPolicy.read(THERE.text) == THERE
    with pytest.raises(ValueError, match="no sharing policy"):
        SharingPolicy.read("[]")


@pytest.mark.parametrize(
    "row",
    [
        {**ROW, "Default": False},
        {name: value for name, value in ROW.items() if name != "Default"},
        {**ROW, "Enabled": None},
        {**ROW, "Name": None},
        {**ROW, "Domains": None},
        {**ROW, "Domains": ["contoso.example"]},
        {**ROW, "Domains": [":CalendarSharingFreeBusySimple"]},
        {**ROW, "Domains": [{"Domain": "x"}]},
    ],
)
def test_what_cannot_be_read_is_not_half_read(row: dict[str, Any]) -> None:
    told = run(policies(Peer(json({"value": [row]})), ENDPOINT, as_of=NOW))
    assert isinstance(told, PeerError)
    assert told.reason is Reason.GARBLED


@pytest.mark.parametrize("answer", [html(), json({"error": {}}, 429), PeerError(Reason.UNREACHABLE)])
def test_a_failure_is_not_none_of_them(answer: Any) -> None:
    assert isinstance(run(policies(Peer(answer), ENDPOINT, as_of=NOW)), PeerError)


def test_a_domain_is_added_and_what_it_names_already_stays() -> None:
    shall = wanted(THERE, ["Fabrikam.example", "*"], "limited-details")
    assert shall.domains == {**DOMAINS, "fabrikam.example": (DETAIL,)}
    assert wanted(shall, ["fabrikam.example"], "reviewer") == shall
    peer = Peer(HttpResponse(200))
    assert run(change(peer, ENDPOINT, THERE, shall, as_of=NOW)) is None
    domains = [
        "Anonymous:CalendarSharingFreeBusyReviewer",
        "*:CalendarSharingFreeBusySimple, ContactsSharing",
        f"fabrikam.example:{DETAIL}",
    ]
    assert called(peer) == [("Set-SharingPolicy", {"Identity": "s1", "Domains": domains})]
    for word, action in ACTIONS.items():
        assert wanted(THERE, ["x.example"], word).domains["x.example"] == (action,)


def test_only_what_differs_is_written() -> None:
    assert run(change(Peer(), ENDPOINT, THERE, THERE, as_of=NOW)) is None
    peer = Peer(GONE)
    assert isinstance(run(change(peer, ENDPOINT, THERE, replace(THERE, enabled=False), as_of=NOW)), PeerError)
    assert called(peer) == [("Set-SharingPolicy", {"Identity": "s1", "Enabled": False})]


def test_taken_back_but_for_what_somebody_changed() -> None:
    did = wanted(THERE, ["a.example", "b.example"], "availability")
    assert taken_back(did, was=THERE, did=did) == THERE
    now = replace(did, domains={**did.domains, "b.example": (DETAIL,), "c.example": (DETAIL,)}, enabled=False)
    back = taken_back(now, was=THERE, did=did)
    assert back.domains == {**DOMAINS, "b.example": (DETAIL,), "c.example": (DETAIL,)}
    assert not back.enabled
    off = replace(THERE, enabled=False)
    assert taken_back(off, was=THERE, did=off) == THERE
