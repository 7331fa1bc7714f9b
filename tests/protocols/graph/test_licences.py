"""Licences: counted, given, taken back."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.licences import Assigned, Licence, Refused, assigned, give, lacking, licences, take
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

WHERE: Any = {"api_url": "https://graph.microsoft.com", "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
USER = "https://graph.microsoft.com/v1.0/users/u1"
E3 = Licence(sku="a1", part="SPE_E3", enabled=10, consumed=7)
NOBODY = json({"error": {"code": "Request_ResourceNotFound"}}, 404)


def sku(**more: Any) -> dict[str, Any]:
    told = {"skuId": "A1", "skuPartNumber": "SPE_E3", "capabilityStatus": "Enabled", "appliesTo": "User"}
    return {**told, "consumedUnits": 7, "prepaidUnits": {"enabled": 10, "warning": 0}, **more}


def refusal(text: str) -> HttpResponse:
    return json({"error": {"code": "Request_BadRequest", "message": text}}, 400)


def holds(*direct: str, groups: tuple[str, ...] = (), unknown: tuple[str, ...] = ()) -> HttpResponse:
    states = [{"skuId": each, "assignedByGroup": None} for each in direct]
    states += [{"skuId": each, "assignedByGroup": "g"} for each in groups]
    every = [{"skuId": each} for each in (*direct, *groups, *unknown)]
    return json({"id": "u1", "assignedLicenses": every, "licenseAssignmentStates": states})


def test_they_are_counted() -> None:
    suspended = sku(skuPartNumber="OLD", capabilityStatus="Suspended")
    company = sku(skuPartNumber="WHOLE", appliesTo="Company")
    over = sku(skuPartNumber="OVER", consumedUnits=12)
    peer = Peer(json({"value": [sku(), suspended, company, over]}))
    found = run(licences(peer, **WHERE))
    assert isinstance(found, list)
    assert found[0] == E3
    assert [(each.part, each.free) for each in found] == [("SPE_E3", 3), ("OLD", 0), ("WHOLE", 0), ("OVER", 0)]
    assert peer.requests[0].url == "https://graph.microsoft.com/v1.0/subscribedSkus"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (sku(consumedUnits=None), Reason.GARBLED),
        (sku(prepaidUnits={}), Reason.GARBLED),
        (sku(prepaidUnits=None), Reason.GARBLED),
        (sku(skuPartNumber=""), Reason.GARBLED),
        (sku(skuId=None), Reason.GARBLED),
    ],
)
def test_a_number_that_is_not_told_is_no_number(entry: Any, reason: Reason) -> None:
    found = run(licences(Peer(json({"value": [entry]})), **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is reason


@pytest.mark.parametrize(
    ("parts", "users", "lack"),
    [
        (("SPE_E3",), 3, {}),
        (("spe_e3",), 4, {"spe_e3": 1}),
        (("SPE_E3", "NONE"), 2, {"NONE": 2}),
        (("SPE_E3",), 0, {}),
        ((), 9, {}),
    ],
)
def test_how_many_lack(parts: tuple[str, ...], users: int, lack: dict[str, int]) -> None:
    assert lacking([E3], parts, users) == lack


def test_two_subscriptions_of_one_product_count_together() -> None:
    assert lacking([E3, E3], ["SPE_E3"], 7) == {"SPE_E3": 1}


def test_what_a_user_has() -> None:
    peer = Peer(holds("A1", "b2", groups=("b2", "c3"), unknown=("d4",)))
    found = run(assigned(peer, "u1", **WHERE))
    assert found == Assigned(direct=frozenset({"a1", "b2", "d4"}), groups=frozenset({"b2", "c3"}))
    assert found.every == {"a1", "b2", "c3", "d4"}
    assert peer.requests[0].url == f"{USER}?$select=id,assignedLicenses,licenseAssignmentStates"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NOBODY, Reason.NO_SUCH_MAILBOX),
        (json({"id": "u1", "assignedLicenses": []}), Reason.GARBLED),
        (json({"assignedLicenses": [{}], "licenseAssignmentStates": []}), Reason.GARBLED),
        (html(), Reason.GARBLED),
        (json({"error": {}}, 403), Reason.NO_ACCESS),
    ],
)
def test_who_has_nothing_told_has_not_nothing(answer: HttpResponse, reason: Reason) -> None:
    found = run(assigned(Peer(answer), "u1", **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is reason


def test_given_all_at_once() -> None:
    peer = Peer(json({"id": "u1"}))
    assert run(give(peer, "u1", ["a1", "b2", "a1"], **WHERE)) is None
    assert (peer.requests[0].method, peer.requests[0].url) == ("POST", f"{USER}/assignLicense")
    assert orjson.loads(peer.requests[0].body) == {
        "addLicenses": [{"skuId": "a1", "disabledPlans": []}, {"skuId": "b2", "disabledPlans": []}],
        "removeLicenses": [],
    }
    assert run(give(Peer(), "u1", [], **WHERE)) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Subscription with SKU a1 does not have any available licenses.", Refused.NONE_LEFT),
        ("License assignment cannot be done for user with invalid usage location.", Refused.NO_USAGE_LOCATION),
        ("License a1 does not correspond to a valid company License.", Refused.UNKNOWN),
    ],
)
def test_a_refusal_is_a_value(words: str, told: Refused) -> None:
    assert run(give(Peer(refusal(words)), "u1", ["a1"], **WHERE)) is told


def test_each_refusal_has_its_words() -> None:
    assert len(Refused) == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refusal("Something else."), Reason.PEER_FAILED),
        (html(400), Reason.GARBLED),
        (html(), Reason.GARBLED),
        (json({"error": {}}, 429), Reason.THROTTLED),
        (NOBODY, Reason.PEER_FAILED),
        (json({"error": {"message": "does not have any available licenses"}}, 503), Reason.THROTTLED),
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT),
    ],
)
def test_any_other_is_a_failure(answer: Any, reason: Reason) -> None:
    found = run(give(Peer(answer), "u1", ["a1"], **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is reason


def test_taken_back_is_what_was_given_directly() -> None:
    peer = Peer(holds("a1", groups=("b2",)), json({}))
    assert run(take(peer, "u1", ["A1", "b2", "c3"], **WHERE)) is None
    assert orjson.loads(peer.requests[1].body) == {"addLicenses": [], "removeLicenses": ["a1"]}
    assert run(take(Peer(holds()), "u1", ["a1"], **WHERE)) is None
    assert run(take(Peer(NOBODY), "u1", ["a1"], **WHERE)) is None


def test_what_was_not_taken_is_told() -> None:
    error = run(take(Peer(holds("a1"), refusal("No.")), "u1", ["a1"], **WHERE))
    assert isinstance(error, PeerError)
    error = run(take(Peer(holds("a1"), html()), "u1", ["a1"], **WHERE))
    assert isinstance(error, PeerError)
    error = run(take(Peer(json({"error": {}}, 503)), "u1", ["a1"], **WHERE))
    assert isinstance(error, PeerError)
