"""What is kept of an Authorization header: how somebody proved who it is, and never what with."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from proxy.capture.pseudonyms import Pseudonyms

_SCHEMES: Final = {name.lower(): name for name in ("Basic", "Bearer", "Negotiate", "NTLM", "Digest", "WSSecurity")}
_ALGORITHMS: Final = frozenset({"none", "HS256", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
_TYPES: Final = frozenset({"JWT", "at+jwt", "jwt"})
_EVERYBODYS: Final = frozenset(
    # [MS-XOAUTH] 1.3: Exchange and the access control service, the same in every tenant
    {"00000002-0000-0ff1-ce00-000000000000", "00000001-0000-0000-c000-000000000000"}
)
_TRUTH: Final = frozenset({"true", "false"})
_NAME: Final = re.compile(r"[A-Za-z_]{1,40}|x5t|iss1")
_BETWEEN: Final = re.compile(r"([/@ ])")
_NTLM: Final = b"NTLMSSP\0"
_LONGEST: Final = 65_536
_DEEPEST: Final = 4  # the token in a token, and some to spare


def kept(value: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Scheme, and by scheme: the user name's pseudonym, the token's claims by name, or the kind of message."""
    written, _, rest = value.strip().partition(" ")
    scheme = _SCHEMES.get(written.lower())
    if scheme is None or len(value) > _LONGEST:
        return {"scheme": pseudonyms.text(written)}
    told = {"scheme": written}  # in the letter case it came in
    detail = _DETAILS.get(scheme)
    return told | detail(rest.strip(), pseudonyms) if detail else told


def everybodys(text: str, pseudonyms: Pseudonyms) -> str:
    """``text`` with its parts replaced, but for Microsoft's own identifiers and what stands between the parts."""
    if text in _TRUTH:
        return text
    if "/" not in text and text.partition("@")[0].lower() not in _EVERYBODYS:
        return pseudonyms.of(text)  # an address stays one
    return "".join(
        part if part.lower() in _EVERYBODYS or _BETWEEN.fullmatch(part) or not part else pseudonyms.of(part)
        for part in _BETWEEN.split(text)
    )


def _basic(rest: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
    try:
        user, colon, _ = base64.b64decode(rest, validate=True).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return {"user": "unreadable"}
    domain, backslash, name = user.rpartition("\\")
    told = f"{pseudonyms.text(domain.lower())}\\{pseudonyms.of(name)}" if backslash else pseudonyms.of(user)
    return {"user": told if user else ""} | ({} if colon else {"password": "missing"})


def _bearer(rest: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
    if not rest:
        return {"token": "empty"}
    return _token(rest, pseudonyms, 0) or {"token": pseudonyms.text(rest)}


def _token(token: str, pseudonyms: Pseudonyms, depth: int) -> dict[str, Any] | None:
    """Header and claims of a JSON web token; the signature only as present or not. None where it is no such token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    head, claims = _part(parts[0]), _part(parts[1])
    if head is None or claims is None:
        return None
    return {
        "header": {_name(name, pseudonyms): _header(name, value, pseudonyms) for name, value in head.items()},
        "claims": {_name(name, pseudonyms): _claim(value, pseudonyms, depth) for name, value in claims.items()},
        "signed": bool(parts[2]),
    }


def _part(text: str) -> Mapping[str, Any] | None:
    try:
        value = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _name(name: str, pseudonyms: Pseudonyms) -> str:
    return name if _NAME.fullmatch(name) else pseudonyms.text(name)


def _header(name: str, value: Any, pseudonyms: Pseudonyms) -> Any:
    known = {"alg": _ALGORITHMS, "typ": _TYPES}.get(name, frozenset())
    return value if isinstance(value, str) and value in known else _claim(value, pseudonyms, _DEEPEST)


def _claim(value: Any, pseudonyms: Pseudonyms, depth: int) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        inner = _token(value, pseudonyms, depth + 1) if depth < _DEEPEST else None
        return inner or everybodys(value, pseudonyms)
    if depth >= _DEEPEST:
        return "more"
    if isinstance(value, dict):
        return {_name(name, pseudonyms): _claim(one, pseudonyms, depth + 1) for name, one in value.items()}
    return [_claim(one, pseudonyms, depth + 1) for one in value]


def _handshake(rest: str, _: Pseudonyms) -> dict[str, Any]:
    try:
        data = base64.b64decode(rest, validate=True)
    except (binascii.Error, ValueError):
        return {"message": "unreadable"}
    if data.startswith(_NTLM) and data[8:9] in (b"\1", b"\2", b"\3"):
        return {"message": f"NTLM {data[8]}"}
    return {"message": "Kerberos or SPNEGO" if data[:1] in (b"\x60", b"\xa1") else "another"}


_DETAILS: Final[Mapping[str, Callable[[str, Pseudonyms], dict[str, Any]]]] = {
    "Basic": _basic,
    "Bearer": _bearer,
    "Negotiate": _handshake,
    "NTLM": _handshake,
}
