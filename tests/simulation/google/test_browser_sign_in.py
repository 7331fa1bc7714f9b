"""How people sign in to the simulated Google with a browser."""

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from simulation.google.browser_sign_in import CLIENT_ID, CLIENT_SECRET, BrowserSignIn

BACK, VERIFIER = "http://127.0.0.1:9/", "v" * 50
QUERY = {
    "client_id": CLIENT_ID,
    "redirect_uri": BACK,
    "scope": "a b",
    "state": "s",
    "code_challenge_method": "S256",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
}
FORM = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uri": BACK, "code_verifier": VERIFIER}


def _desk(person: str = "jack") -> tuple[BrowserSignIn, dict[str, str]]:
    kept: dict[str, str] = {}
    desk = BrowserSignIn(kept.__setitem__, lambda who, scopes: f"{who}: {' '.join(sorted(scopes))}")
    desk.person = person
    return desk, kept


def _told(desk: BrowserSignIn) -> dict[str, list[str]]:
    return parse_qs(urlsplit(desk.page(QUERY).headers["Location"]).query)


def test_a_code_is_good_once() -> None:
    desk, kept = _desk()
    [code] = _told(desk)["code"]
    told = json.loads(desk.grant(FORM | {"code": code}).text or "")
    assert told["access_token"] == "jack: a b"
    assert kept == {told["refresh_token"]: "jack"}
    assert desk.agreed[told["refresh_token"]] == {"a", "b"}
    assert desk.grant(FORM | {"code": code}).status == 400


@pytest.mark.parametrize(
    "wrong", [{"code_verifier": "w" * 50}, {"redirect_uri": "http://127.0.0.1:8/"}, {"client_secret": "x"}]
)
def test_who_cannot_prove_it_gets_nothing(wrong: dict[str, str]) -> None:
    desk, kept = _desk()
    assert desk.grant(FORM | {"code": _told(desk)["code"][0]} | wrong).status in (400, 401)
    assert kept == {}


def test_who_declines() -> None:
    assert _told(_desk("")[0]) == {"state": ["s"], "error": ["access_denied"]}


@pytest.mark.parametrize(
    "wrong", [{"client_id": "x"}, {"redirect_uri": "https://evil.example/"}, {"code_challenge_method": "plain"}]
)
def test_what_the_page_refuses(wrong: dict[str, str]) -> None:
    assert _desk()[0].page(QUERY | wrong).status == 400
