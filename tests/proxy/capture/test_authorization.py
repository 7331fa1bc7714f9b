"""Authorization: how somebody proved who it is, never what with."""

import base64
from typing import Any

import orjson
import pytest

from proxy.capture.authorization import everybodys, kept
from proxy.capture.pseudonyms import Pseudonyms

P = Pseudonyms(b"k" * 32)
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"


def part(value: object) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def token(header: object, claims: object, signature: str = "") -> str:
    """A token of three parts."""
    return f"{part(header)}.{part(claims)}.{signature}"


def basic(text: str) -> str:
    """A Basic header."""
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (basic("frieda@fabrikam.example:hunter2"), {"scheme": "Basic", "user": P.of("frieda@fabrikam.example")}),
        (basic("FABRIKAM\\frieda:hunter2"), {"scheme": "Basic", "user": f"{P.text('fabrikam')}\\{P.of('frieda')}"}),
        (basic("frieda"), {"scheme": "Basic", "user": P.of("frieda"), "password": "missing"}),
        ("Basic hunter2!", {"scheme": "Basic", "user": "unreadable"}),
        ("basic", {"scheme": "basic", "user": "", "password": "missing"}),
        ("Bearer", {"scheme": "Bearer", "token": "empty"}),
        ("Bearer ", {"scheme": "Bearer", "token": "empty"}),
        ("Bearer hunter2", {"scheme": "Bearer", "token": P.text("hunter2")}),
        ("Bearer a.b.c", {"scheme": "Bearer", "token": P.text("a.b.c")}),
        ("NTLM TlRMTVNTUAABAAAA", {"scheme": "NTLM", "message": "NTLM 1"}),
        ("Negotiate TlRMTVNTUAADAAAA", {"scheme": "Negotiate", "message": "NTLM 3"}),
        ("Negotiate YIIB", {"scheme": "Negotiate", "message": "Kerberos or SPNEGO"}),
        ("Negotiate aHVudGVyMg==", {"scheme": "Negotiate", "message": "another"}),
        ("Negotiate !", {"scheme": "Negotiate", "message": "unreadable"}),
        ("Digest username=frieda", {"scheme": "Digest"}),
        ("Hunter2 x", {"scheme": P.text("Hunter2")}),
    ],
)
def test_each_scheme(value: str, expected: dict[str, Any]) -> None:
    assert kept(value, P) == expected


def test_of_a_token_the_names_of_the_claims_are_kept_and_a_token_in_it_too() -> None:
    actor = token(
        {"alg": "RS256", "typ": "JWT", "x5t": "hunter2"},
        {"aud": f"{EXCHANGE}/busy.example.com@fabrikam.example", "exp": 1790000000, "trustedfordelegation": "true"},
        "signature",
    )
    outer = token({"alg": "none", "typ": "JWT"}, {"actortoken": actor, "smtp": "frieda@fabrikam.example", "x": [True]})
    told = kept(f"Bearer {outer}", P)
    assert told["header"] == {"alg": "none", "typ": "JWT"}
    assert told["signed"] is False
    assert told["claims"]["smtp"] == P.of("frieda@fabrikam.example")
    assert told["claims"]["x"] == [True]
    inner = told["claims"]["actortoken"]
    assert inner["header"] == {"alg": "RS256", "typ": "JWT", "x5t": P.of("hunter2")}
    assert inner["claims"] == {
        "aud": f"{EXCHANGE}/{P.of('busy.example.com')}@{P.of('fabrikam.example')}",
        "exp": "a number",
        "trustedfordelegation": "true",
    }
    assert inner["signed"] is True
    assert "signature" not in str(told)


def test_names_of_claims_that_are_no_names_are_replaced() -> None:
    told = kept(f"Bearer {token({'alg': 'hunter2', 'frieda@x': 1}, {'urn:frieda': 1}, 's')}", P)
    assert told["header"] == {"alg": P.of("hunter2"), P.text("frieda@x"): "a number"}
    assert told["claims"] == {P.text("urn:frieda"): "a number"}


def test_a_token_without_end_ends() -> None:
    value = token({}, {"deep": {"deep": {"deep": {"deep": {"deep": {"deep": "hunter2"}}}}}})
    assert "more" in str(kept(f"Bearer {value}", P))
    assert kept("Bearer " + "a" * 70_000, P) == {"scheme": P.text("Bearer")}


def test_an_address_in_it_stays_one() -> None:
    assert everybodys("frieda@fabrikam.example", P) == P.of("frieda@fabrikam.example")
    assert everybodys(f"{EXCHANGE}@fabrikam.example", P) == f"{EXCHANGE}@{P.of('fabrikam.example')}"
