"""Takes a JSON web token apart (RFC 7515 7.1) so strictly that no two readers can see two different things in it."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_INSTANT: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Segments:
    """Header and claims, as they stand there: nothing of this is proved. ``signature`` is empty where there is none."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signature: bytes = field(repr=False)
    signed: bytes = field(repr=False)  # what a signature covers


def apart(token: str) -> Segments:
    """The parts of ``token``. Raises ValueError: not three parts, base64url with padding or dirt, no objects of JSON,
    a name that comes twice.
    """
    header, claims, signature = token.split(".")
    signed = f"{header}.{claims}".encode("ascii")
    return Segments(_object(header), _object(claims), _octets(signature), signed)


def instant(value: object) -> int | None:
    """POSIX seconds, which [MS-XOAUTH] writes as text and everybody else as a number; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 10**12 else None
    return int(value) if isinstance(value, str) and _INSTANT.fullmatch(value) else None


def _object(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(_octets(segment).decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _octets(segment: str) -> bytes:
    if not _BASE64URL.fullmatch(segment):
        raise ValueError("no base64url")
    try:
        octets = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except binascii.Error:
        raise ValueError("no base64url") from None
    if base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii") != segment:
        raise ValueError("bits left over")
    return octets
