"""A tenant's security token service: its keys and certificates, the actor tokens it signs, the outer ones around."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from jwt.algorithms import get_default_algorithms

TENANT: Final = "5d2f6a3e-8c1b-4f0e-9a77-0b6c5d4e3f21"
EXCHANGE: Final = "00000002-0000-0ff1-ce00-000000000000"
_ACCESS_CONTROL: Final = "00000001-0000-0000-c000-000000000000"
_LIFETIME: Final = 24 * 3_600
_YEARS: Final = timedelta(days=1_825)

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key and the certificate it is published in; ``x5t`` names both."""

    private: rsa.RSAPrivateKey = field(repr=False)
    certificate: bytes = field(repr=False)
    x5t: str

    @classmethod
    def made(cls, bits: int = 2_048) -> "Key":
        """A new one."""
        private = rsa.generate_private_key(public_exponent=65_537, key_size=bits)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "accounts.accesscontrol.windows.net")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + _YEARS)
        certificate = builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER)
        return cls(private, certificate, _unpadded(hashlib.sha1(certificate).digest()))

    @property
    def published(self) -> dict[str, str]:
        """As an entry of a JSON Web Key Set."""
        numbers = self.private.public_key().public_numbers()
        n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        return {"kty": "RSA", "use": "sig", "kid": self.x5t, "x5t": self.x5t, "n": _unpadded(n), "e": "AQAB"}


class TokenService:
    """Signs actor tokens for ``tenant`` with the latest of its ``keys``, all of which it publishes."""

    def __init__(self, tenant: str = TENANT, *, clock: Callable[[], float] = time.time, key: Key | None = None) -> None:
        self.tenant, self._clock = tenant, clock
        self.keys = [key or Key.made()]

    def roll(self, *, keep: bool = True) -> None:
        """A new key signs from now on; without ``keep`` the old ones are no longer published."""
        self.keys = [*(self.keys if keep else []), Key.made()]

    def metadata(self) -> Claims:
        """The document at ``…/metadata/json/1``."""
        entries = [
            {
                "usage": "signing",
                "keyinfo": {"x5t": key.x5t},
                "keyvalue": {"type": "x509Certificate", "value": base64.b64encode(key.certificate).decode()},
            }
            for key in self.keys
        ]
        issuer = f"{_ACCESS_CONTROL}@{self.tenant}"
        return {"version": "1.0", "realm": self.tenant, "issuer": issuer, "keys": entries, "endpoints": []}

    def key_set(self) -> Claims:
        """The document at ``…/discovery/keys``."""
        return {"keys": [key.published for key in self.keys]}

    def actor_claims(self, host: str, *, app: str = EXCHANGE) -> Claims:
        """What an actor token says of ``app`` that asks ``host``."""
        now = int(self._clock())
        return {
            "iss": f"{_ACCESS_CONTROL}@{self.tenant}",
            "aud": f"{EXCHANGE}/{host}@{self.tenant}",
            "nameid": f"{app}@{self.tenant}",
            "identityprovider": f"{_ACCESS_CONTROL}@{self.tenant}",
            "trustedfordelegation": "true",
            "nbf": now,
            "exp": now + _LIFETIME,
        }

    def outer_claims(self, host: str, person: str, *, app: str = EXCHANGE) -> Claims:
        """What an application asserts of ``person``, for whom it asks ``host``; the actor token belongs into it."""
        now = int(self._clock())
        return {
            "iss": f"{app}@{self.tenant}",
            "aud": f"{EXCHANGE}/{host}@{self.tenant}",
            "nameid": "10032001A3B4C5D6",
            "nii": "urn:federation:MicrosoftOnline",
            "smtp": person,
            "upn": person,
            "sip": person,
            "nbf": now,
            "exp": now + _LIFETIME // 3,
        }

    def actor(self, claims: Claims, *, header: Mapping[str, Any] | None = None, algorithm: str = "RS256") -> str:
        """An actor token, signed by the latest key; ``header`` replaces fields of its own."""
        key = self.keys[-1]
        fields = {"typ": "JWT", "alg": algorithm, "x5t": key.x5t, "kid": key.x5t} | dict(header or {})
        signed = f"{_json({name: value for name, value in fields.items() if value is not None})}.{_json(claims)}"
        signature = get_default_algorithms()[algorithm].sign(signed.encode("ascii"), key.private)
        return f"{signed}.{_unpadded(signature)}"

    def token(self, host: str, person: str = "", *, app: str = EXCHANGE) -> str:
        """What Exchange shows: the actor token alone, or inside an outer one that names ``person``."""
        actor = self.actor(self.actor_claims(host, app=app))
        return unsigned(self.outer_claims(host, person, app=app) | {"actortoken": actor}) if person else actor


def unsigned(claims: Claims, *, header: Mapping[str, Any] | None = None, signature: bytes = b"") -> str:
    """The outer token, which nobody signs."""
    fields = {"typ": "JWT", "alg": "none"} | dict(header or {})
    return f"{_json(fields)}.{_json(claims)}.{_unpadded(signature)}"


def _json(value: Mapping[str, Any]) -> str:
    return _unpadded(json.dumps(value).encode())


def _unpadded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
