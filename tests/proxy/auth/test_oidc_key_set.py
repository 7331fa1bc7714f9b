"""Key sets: what signs is kept by its name and its algorithms, what does not is left out, one spoils no other."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from jwt.algorithms import get_default_algorithms

from proxy.auth.oidc_key_set import KeySet, read_key_set
from simulation.oidc.issuer import Key

RSA, EC, SHORT = Key.made("rsa"), Key.made("ec", "ES256"), Key.made("short", bits=1_024)


def algorithms(entry: dict[str, Any]) -> set[str]:
    """What one entry may check."""
    return {each for key in read_key_set({"keys": [entry]}) for each in key.algorithms}


def jwk(reader: str, key: Any) -> dict[str, Any]:
    """An entry without name or purpose."""
    entry: dict[str, Any] = get_default_algorithms()[reader].to_jwk(key, as_dict=True)
    entry.pop("key_ops", None)
    return entry


def without(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    """Less of it."""
    return {name: value for name, value in entry.items() if name not in names}


def test_a_key_is_found_by_its_name_and_for_its_algorithm() -> None:
    keys = read_key_set({"keys": [RSA.published, EC.published]})
    assert keys.find("rsa", "RS256") == RSA.private.public_key()
    assert keys.find("ec", "ES256") == EC.private.public_key()
    assert keys.find("ec", "RS256") is None
    assert keys.find("other", "RS256") is None
    assert keys.find(None, "RS256") == RSA.private.public_key()


def test_a_name_that_comes_twice_is_nobodys() -> None:
    twice = read_key_set({"keys": [RSA.published, Key.made("rsa").published]})
    assert twice.find("rsa", "RS256") is None
    assert twice.find(None, "RS256") is None


def test_the_key_says_what_it_is_for() -> None:
    family = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
    assert algorithms(without(RSA.published, "alg")) == family
    assert algorithms(RSA.published) == {"RS256"}
    assert algorithms(jwk("ES256", ec.generate_private_key(ec.SECP384R1()).public_key())) == {"ES384"}
    assert algorithms(jwk("ES256", ec.generate_private_key(ec.SECP521R1()).public_key())) == {"ES512"}
    assert algorithms(jwk("EdDSA", ed25519.Ed25519PrivateKey.generate().public_key())) == {"EdDSA"}


@pytest.mark.parametrize(
    "entry",
    [
        SHORT.published,
        RSA.published | {"use": "enc"},
        RSA.published | {"key_ops": ["encrypt"]},
        RSA.published | {"key_ops": "verify"},
        RSA.published | {"alg": "HS256"},
        RSA.published | {"alg": "ES256"},
        RSA.published | {"alg": 5},
        RSA.published | {"kid": 5},
        jwk("RS256", RSA.private),  # a private key
        RSA.published | {"kty": "oct", "k": "c2VjcmV0"},
        RSA.published | {"kty": ["RSA"]},
        RSA.published | {"n": "!"},
        without(RSA.published, "n"),
        EC.published | {"crv": "P-384"},
        EC.published | {"x": 5},
        jwk("ES256", ec.generate_private_key(ec.SECP256K1()).public_key()),
        {},
        "RSA",
        None,
    ],
    ids=range(19),
)
def test_what_signs_nothing_is_left_out_and_spoils_no_other(entry: Any) -> None:
    keys = read_key_set({"keys": [entry, EC.published]})
    assert [key.kid for key in keys] == ["ec"]


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": []}])
def test_no_keys_are_none(document: dict[str, Any]) -> None:
    assert read_key_set(document) == KeySet(())


def test_no_more_than_sixty_four_are_read() -> None:
    entries = [EC.published | {"kid": str(number)} for number in range(70)]
    assert len(read_key_set({"keys": entries})) == 64
