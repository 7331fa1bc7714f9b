"""A JSON Web Key Set (RFC 7517) as far as tokens are checked by it: public keys that sign, and by which algorithm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import get_default_algorithms

_SMALLEST: Final = 2_048  # bits, RFC 7518 3.3
_MOST: Final = 64
_RSA: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_BY_KIND: Final[Mapping[str, str]] = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}  # whose reader knows the kind

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key, the name that tokens know it by (None where it has none), and what may be checked by it."""

    kid: str | None
    key: PublicKey
    algorithms: frozenset[str]


class KeySet(tuple[SigningKey, ...]):
    """All keys of an issuer."""

    __slots__ = ()

    def find(self, kid: str | None, algorithm: str) -> PublicKey | None:
        """The one key that ``kid`` names for ``algorithm``; without a name, the only one there is for it."""
        fit = [each for each in self if algorithm in each.algorithms and kid in (None, each.kid)]
        return fit[0].key if len(fit) == 1 else None


def read_key_set(document: Mapping[str, Any]) -> KeySet:
    """The public keys that sign; keys for other purposes, of other kinds, or too short are left out.

    One that cannot be read does not spoil the others. Empty where there are none.
    """
    entries = document.get("keys")
    if not isinstance(entries, list):
        return KeySet(())
    return KeySet(key for entry in entries[:_MOST] if isinstance(entry, dict) for key in _read(entry))


def _read(entry: dict[str, Any]) -> Iterator[SigningKey]:
    kid, only = entry.get("kid"), entry.get("alg")
    operations = entry.get("key_ops", ["verify"])
    if entry.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return
    if not isinstance(kid, str | None) or not isinstance(only, str | None):
        return
    reader = _BY_KIND.get(str(entry.get("kty")))
    if reader is None:
        return
    try:
        key = get_default_algorithms()[reader].from_jwk(entry)
    except (jwt.InvalidKeyError, ValueError, TypeError, KeyError, AttributeError):
        return
    known = _algorithms(key)
    algorithms = known if only is None else known & {only}
    if algorithms:
        yield SigningKey(kid, key, algorithms)


def _algorithms(key: object) -> frozenset[str]:
    """By which algorithms ``key`` may be checked: decided by the key itself, never by what a token says.

    None by a private key, which whoever published it made everybody's.
    """
    if isinstance(key, RSAPublicKey):
        return _RSA if key.key_size >= _SMALLEST else frozenset()
    if isinstance(key, EllipticCurvePublicKey):
        return frozenset({_CURVES[key.curve.name]}) if key.curve.name in _CURVES else frozenset()
    return frozenset({"EdDSA"}) if isinstance(key, Ed25519PublicKey) else frozenset()
