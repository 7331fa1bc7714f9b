"""The public keys of a Microsoft tenant, read from either of the documents in which they are published."""

import base64
import binascii
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from protocols.errors import PeerError
from protocols.model.freebusy import Reason

_SMALLEST: Final = 2_048  # bits, RFC 7518 3.3
_MOST: Final = 64
Keys = Mapping[str, RSAPublicKey]


def read_keys(document: bytes, issuers: Collection[str] | None = None) -> Keys:
    """The RSA keys by every name a token may know them by, ``kid`` and ``x5t``.

    ``document`` is a JSON Web Key Set (RFC 7517), or the metadata of Microsoft's access control service
    (``…/metadata/json/1``), which gives certificates. Keys for other purposes, of other kinds or of less than 2048 bits
    are left out, and those beside which another ``issuer`` stands than one of ``issuers`` (None: any): a key of one
    issuer must not sign in the name of another. Raises PeerError(GARBLED) where it is neither document.
    """
    try:
        entries = json.loads(document)["keys"]
        if not isinstance(entries, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PeerError(Reason.GARBLED, "what came are no keys") from None
    return {
        name: key
        for entry in entries[:_MOST]
        if isinstance(entry, dict) and _is_of(entry, issuers)
        for name, key in _named(entry)
        if key.key_size >= _SMALLEST
    }


def _is_of(entry: dict[str, Any], issuers: Collection[str] | None) -> bool:
    return issuers is None or "issuer" not in entry or entry["issuer"] in tuple(issuers)


def _named(entry: dict[str, Any]) -> Iterator[tuple[str, RSAPublicKey]]:
    try:
        yield from _jwk(entry) if "kty" in entry else _certified(entry)
    except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return  # one key that cannot be read does not spoil the others


def _jwk(entry: dict[str, Any]) -> Iterator[tuple[str, RSAPublicKey]]:
    if entry["kty"] != "RSA" or entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return
    key = RSAPublicNumbers(_number(entry["e"]), _number(entry["n"])).public_key()
    for name in (entry.get("kid"), entry.get("x5t")):
        if isinstance(name, str) and name:
            yield name, key


def _certified(entry: dict[str, Any]) -> Iterator[tuple[str, RSAPublicKey]]:
    lower = {name.lower(): value for name, value in entry.items()}
    value, info = lower["keyvalue"], lower.get("keyinfo") or {}
    if lower.get("usage", "signing").lower() != "signing" or value["type"].lower() != "x509certificate":
        return
    octets = base64.b64decode(value["value"], validate=True)
    key = x509.load_der_x509_certificate(octets).public_key()
    if isinstance(key, RSAPublicKey):
        print_of_it = base64.urlsafe_b64encode(hashlib.sha1(octets).digest())  # noqa: S324  RFC 7515 4.1.7: a name
        yield print_of_it.rstrip(b"=").decode("ascii"), key
        if isinstance(info.get("x5t"), str):
            yield info["x5t"], key


def _number(text: str) -> int:
    try:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
    except binascii.Error:
        raise ValueError from None
