"""How people sign in to the simulated Entra tenant."""

import json
from typing import Any

from aiohttp import web

from simulation.graph.people_sign_in import DEVICE_CODE, PeopleSignIn

ANN = "ann@contoso.example"


def _desk() -> PeopleSignIn:
    return PeopleSignIn("tenant", lambda person, scope: f"{person} {scope}", lifetime=60)


def _told(response: web.Response | None) -> dict[str, Any]:
    assert response is not None
    told: dict[str, Any] = json.loads(response.text or "")
    return told


def _granted(desk: PeopleSignIn, code: str) -> dict[str, Any]:
    return _told(desk.grant({"grant_type": DEVICE_CODE, "device_code": code, "client_id": "app"}))


def test_a_code_is_good_once_it_was_approved_and_then_once() -> None:
    desk = _desk()
    begun = _told(desk.begin({"scope": "Contacts.Read"}, "https://login"))
    assert begun["verification_uri"] == "https://login/device"
    assert _granted(desk, begun["device_code"])["error"] == "authorization_pending"
    desk.approve(begun["user_code"], ANN)
    told = _granted(desk, begun["device_code"])
    assert (told["access_token"], told["expires_in"]) == (f"{ANN} Contacts.Read", 60)
    assert _granted(desk, begun["device_code"])["error"] == "bad_verification_code"


def test_a_refresh_token_is_good_once_and_not_after_it_was_revoked() -> None:
    desk = _desk()
    begun = _told(desk.begin({"scope": "x"}, ""))
    desk.approve(begun["user_code"], ANN)
    form = {"grant_type": "refresh_token", "refresh_token": _granted(desk, begun["device_code"])["refresh_token"]}
    second = _told(desk.grant(form))
    assert second["access_token"] == f"{ANN} x"
    assert _told(desk.grant(form))["error"] == "invalid_grant"
    desk.revoke()
    assert _told(desk.grant(form | {"refresh_token": second["refresh_token"]}))["error"] == "invalid_grant"


def test_nobody_gets_more_than_somebody_agreed_to() -> None:
    desk = _desk()
    form = {"grant_type": "refresh_token", "refresh_token": desk.agreed(ANN, ["Contacts.Read"])}
    refused = _told(desk.grant(form | {"scope": "Contacts.ReadWrite openid"}))
    assert (refused["error"], "AADSTS65001" in refused["error_description"]) == ("invalid_grant", True)
    assert "Contacts.Read" in _told(desk.grant(form | {"scope": "Contacts.Read openid"}))["access_token"]


def test_who_declines_and_who_is_in_a_hurry() -> None:
    desk = _desk()
    begun = _told(desk.begin({}, ""))
    desk.slow_down = 1
    assert _granted(desk, begun["device_code"])["error"] == "slow_down"
    desk.decline(begun["user_code"])
    assert _granted(desk, begun["device_code"])["error"] == "authorization_declined"


def test_other_grants_are_not_its_affair() -> None:
    assert _desk().grant({"grant_type": "client_credentials"}) is None
