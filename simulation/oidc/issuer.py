"""What an issuer signs and publishes, apart from any network: keys of two kinds, claims, and what rolls them."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import get_default_algorithms

LIFETIME: Final = 3_600
Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key, the name it is published under, and the algorithm it is for."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    kid: str
    algorithm: str

    @classmethod
    def made(cls, kid: str, algorithm: str = "RS256", *, bits: int = 2_048) -> "Key":
        """A new one."""
        if algorithm == "ES256":
            return cls(ec.generate_private_key(ec.SECP256R1()), kid, algorithm)
        return cls(rsa.generate_private_key(public_exponent=65_537, key_size=bits), kid, algorithm)

    @property
    def published(self) -> Claims:
        """As an entry of a JSON Web Key Set."""
        told: Claims = get_default_algorithms()[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        told.pop("key_ops", None)
        return told | {"kid": self.kid, "use": "sig", "alg": self.algorithm}


class OidcIssuer:
    """Signs tokens as ``issuer`` with the latest of its ``keys``, all of which it publishes."""

    def __init__(self, issuer: str, *, key: Key | None = None, clock: Callable[[], float] = time.time) -> None:
        self.issuer, self._clock = issuer, clock
        self.keys = [key or Key.made("key-1")]

    def roll(self, *, keep: bool = True, algorithm: str = "RS256") -> None:
        """A new key signs from now on; without ``keep`` the old ones are no longer published."""
        number = len(self.keys) + 1
        self.keys = [*(self.keys if keep else []), Key.made(f"key-{number}-{algorithm}", algorithm)]

    def discovery(self) -> Claims:
        """OpenID Connect Discovery 3, as far as anybody here reads it."""
        base = self.issuer.rstrip("/")
        return {"issuer": self.issuer, "jwks_uri": f"{base}/keys", "token_endpoint": f"{base}/token"}

    def key_set(self) -> Claims:
        """The document at ``jwks_uri``."""
        return {"keys": [key.published for key in self.keys]}

    def claims(self, audience: str, **more: Any) -> Claims:
        """What a token for ``audience`` says; None takes a claim away."""
        now = int(self._clock())
        told = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + LIFETIME, **more}
        return {name: value for name, value in told.items() if value is not None}

    def token(self, claims: Claims, *, header: Mapping[str, Any] | None = None, key: Key | None = None) -> str:
        """``claims``, signed by the latest key or another; ``header`` replaces fields, None takes one away."""
        key = key or self.keys[-1]
        fields = {"typ": "JWT", "alg": key.algorithm, "kid": key.kid} | dict(header or {})
        signed = f"{_json({name: value for name, value in fields.items() if value is not None})}.{_json(claims)}"
        signature = get_default_algorithms()[key.algorithm].sign(signed.encode("ascii"), key.private)
        return f"{signed}.{_unpadded(signature)}"


def _json(value: Mapping[str, Any]) -> str:
    return _unpadded(json.dumps(value).encode())


def _unpadded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
