"""The simulated security token service signs what another library verifies, by the keys that it publishes."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography import x509

from simulation.microsoft.issuer import EXCHANGE, TENANT, Key, TokenService, unsigned

SERVICE = TokenService(clock=lambda: 1_800_000_000)
HOST = "busy.example.com"


def _part(token: str, number: int) -> dict[str, Any]:
    part = token.split(".")[number]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_an_actor_token_is_verified_by_the_published_key() -> None:
    token = SERVICE.token(HOST)
    key = jwt.PyJWKSet.from_dict(SERVICE.key_set())[jwt.get_unverified_header(token)["kid"]]
    said = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience=f"{EXCHANGE}/{HOST}@{TENANT}",
        options={"verify_iat": False, "verify_exp": False, "verify_nbf": False},
    )
    assert said["iss"] == f"00000001-0000-0000-c000-000000000000@{TENANT}"
    assert said["nameid"] == f"{EXCHANGE}@{TENANT}"


def test_the_metadata_hold_a_certificate_of_the_same_key() -> None:
    value = SERVICE.metadata()["keys"][0]["keyvalue"]["value"]
    certificate = x509.load_der_x509_certificate(base64.b64decode(value))
    assert certificate.public_key() == SERVICE.keys[0].private.public_key()


def test_an_outer_token_is_unsigned_and_holds_the_actor_token() -> None:
    token = SERVICE.token(HOST, "ann@contoso.example")
    assert token.endswith(".")
    assert _part(token, 0) == {"typ": "JWT", "alg": "none"}
    outer = _part(token, 1)
    assert outer["iss"] == _part(outer["actortoken"], 1)["nameid"]
    assert outer["smtp"] == "ann@contoso.example"


@pytest.mark.parametrize("keep", [True, False])
def test_keys_roll_over(keep: bool) -> None:
    service = TokenService(key=SERVICE.keys[0])
    service.roll(keep=keep)
    published = [entry["kid"] for entry in service.key_set()["keys"]]
    assert len(published) == 1 + keep
    assert _part(service.token(HOST), 0)["x5t"] == published[-1]


def test_two_keys_are_not_the_same() -> None:
    assert Key.made(1_024).x5t != Key.made(1_024).x5t


def test_an_unsigned_token_may_be_given_a_signature_that_it_must_not_have() -> None:
    assert unsigned({}, signature=b"x").endswith(".eA")
