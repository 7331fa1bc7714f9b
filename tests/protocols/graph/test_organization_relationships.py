"""Organization relationships by cmdlet: read, made, changed by what differs, taken back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.cmdlets import Endpoint
from protocols.graph.organization_relationships import (
    LEVELS,
    PARAMETERS,
    Relationship,
    change,
    create,
    disabled,
    naming,
    relationships,
    remove,
    taken_back,
    wanted,
    without,
)
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ENDPOINT = Endpoint(api_url="https://outlook.office365.com", tenant="contoso.onmicrosoft.com")
ROW = {
    "Guid": "r1",
    "Name": "Fabrikam",
    "DomainNames": ["fabrikam.example", "A.example"],
    "Enabled": True,
    "FreeBusyAccessEnabled": True,
    "FreeBusyAccessLevel": "LimitedDetails",
    "FreeBusyAccessScope": None,
    "TargetOwaURL": {"AbsoluteUri": "https://x.example"},
    "WhenCreatedUTC": "2020-01-01T00:00:00Z",
}
SETTINGS = {
    "DomainNames": ["A.example", "fabrikam.example"],
    "Enabled": True,
    "FreeBusyAccessEnabled": True,
    "FreeBusyAccessLevel": "LimitedDetails",
    "FreeBusyAccessScope": None,
}
THERE = Relationship(key="r1", name="Fabrikam", settings=SETTINGS)
GONE = json({"error": {"code": "NotFound", "details": [{"message": "|A.ManagementObjectNotFoundException|x"}]}}, 404)


def refusal(kind: str) -> HttpResponse:
    return json({"error": {"code": "BadRequest", "details": [{"message": f"Ex6F9304|A.B.{kind}|words"}]}}, 400)


def called(peer: Peer) -> list[tuple[str, dict[str, Any]]]:
    bodies = [orjson.loads(request.body)["CmdletInput"] for request in peer.requests]
    return [(body["CmdletName"].partition("-")[0], body["Parameters"]) for body in bodies]


def test_read_as_they_stand() -> None:
    peer = Peer(json({"value": [ROW]}))
    assert run(relationships(peer, ENDPOINT, as_of=NOW)) == [THERE]
    assert called(peer) == [("Get", {})]
    assert THERE.enabled
    assert THERE.domains == {"a.example", "fabrikam.example"}
    assert Relationship.read(THERE.text) == THERE
    with pytest.raises(ValueError, match="no organization relationship"):
        Relationship.read('{"key": ""}')


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**ROW, "Guid": ""}, Reason.GARBLED),
        ({name: value for name, value in ROW.items() if name != "Enabled"}, Reason.GARBLED),
        ({**ROW, "Enabled": "True"}, Reason.GARBLED),
        ({**ROW, "DomainNames": [{"Domain": "x"}]}, Reason.GARBLED),
        ({**ROW, "DomainNames": {}}, Reason.GARBLED),
    ],
)
def test_what_cannot_be_read_is_not_half_read(row: dict[str, Any], reason: Reason) -> None:
    told = run(relationships(Peer(json({"value": [ROW, row]})), ENDPOINT, as_of=NOW))
    assert isinstance(told, PeerError)
    assert told.reason is reason


@pytest.mark.parametrize("answer", [html(), json({"value": None}), json({"error": {}}, 403), PeerError(Reason.TIMEOUT)])
def test_a_failure_is_not_none_of_them(answer: Any) -> None:
    assert isinstance(run(relationships(Peer(answer), ENDPOINT, as_of=NOW)), PeerError)


def test_who_names_a_domain() -> None:
    other = replace(THERE, key="r2", settings={**SETTINGS, "DomainNames": ["b.example"], "Enabled": False})
    none = Relationship(key="r3", name="n", settings={"DomainNames": None})
    assert naming([other, none, THERE], ["B.example", "FABRIKAM.example"]) == [other, THERE]
    assert naming([other], ["a.example"]) == []


def test_made_by_what_is_set() -> None:
    shall = wanted("Busyline p", ["Fabrikam.example", "a.example"], "availability")
    assert set(shall.settings) <= set(PARAMETERS)
    peer = Peer(json({"value": [ROW]}))
    assert run(create(peer, ENDPOINT, shall, as_of=NOW)) == THERE
    assert called(peer) == [
        (
            "New",
            {
                "Name": "Busyline p",
                "DomainNames": ["a.example", "fabrikam.example"],
                "Enabled": True,
                "FreeBusyAccessEnabled": True,
                "FreeBusyAccessLevel": "AvailabilityOnly",
                "TargetApplicationUri": "outlook.com",
                "TargetAutodiscoverEpr": "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc/WSSecurity",
            },
        )
    ]
    assert [wanted("n", [], word).settings["FreeBusyAccessLevel"] for word in LEVELS] == [*LEVELS.values()]


def test_made_without_a_word_is_looked_for() -> None:
    peer = Peer(HttpResponse(200), json({"value": [ROW]}))
    assert run(create(peer, ENDPOINT, THERE, as_of=NOW)) == THERE
    assert [verb for verb, _ in called(peer)] == ["New", "Get"]
    assert called(peer)[1][1] == {"Identity": "Fabrikam"}
    told = run(create(Peer(HttpResponse(200), json({"value": []})), ENDPOINT, THERE, as_of=NOW))
    assert isinstance(told, PeerError)


def test_a_name_that_is_taken() -> None:
    told = run(create(Peer(refusal("ADObjectAlreadyExistsException")), ENDPOINT, THERE, as_of=NOW))
    assert isinstance(told, PeerError)
    assert told.reason is Reason.FORBIDDEN


def test_only_what_differs_is_written() -> None:
    peer = Peer(HttpResponse(200))
    assert run(change(peer, ENDPOINT, THERE, disabled(THERE), as_of=NOW)) is None
    assert called(peer) == [("Set", {"Identity": "r1", "Enabled": False})]
    assert run(change(Peer(), ENDPOINT, THERE, THERE, as_of=NOW)) is None
    assert isinstance(run(change(Peer(GONE), ENDPOINT, THERE, disabled(THERE), as_of=NOW)), PeerError)


def test_removed_once() -> None:
    peer = Peer(HttpResponse(200), GONE, json({"error": {}}, 403))
    assert run(remove(peer, ENDPOINT, THERE, as_of=NOW)) is None
    assert run(remove(peer, ENDPOINT, THERE, as_of=NOW)) is None
    assert isinstance(run(remove(peer, ENDPOINT, THERE, as_of=NOW)), PeerError)
    assert called(peer)[0] == ("Remove", {"Identity": "r1", "Confirm": False})


def test_taken_back_but_for_what_somebody_changed() -> None:
    did = disabled(THERE)
    assert taken_back(did, was=THERE, did=did) == THERE
    now = replace(did, settings={**did.settings, "FreeBusyAccessLevel": "None"})
    back = taken_back(now, was=THERE, did=did)
    assert (back.enabled, back.settings["FreeBusyAccessLevel"]) == (True, "None")


def test_one_that_is_for_others_too_counts_for_them() -> None:
    both = Relationship(key="r1", name="F", settings={"DomainNames": ["A.example", "b.example"], "Enabled": True})
    left = without(both, ["a.example"])
    assert (left.settings["DomainNames"], left.enabled) == (["b.example"], True)
    assert without(both, ["a.example", "B.example"]) == disabled(both)
