"""Organisational units as paths from the top, from ``OU=Sales,DC=fabrikam,DC=example`` or ``/Sales/West``."""

import re
from functools import lru_cache
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str, ...]
_PIECE: Final = re.compile(r"(?:\\.|[^\\,])+", re.DOTALL)
_ESCAPED: Final = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\(.)", re.DOTALL)


@lru_cache(maxsize=8_192)
def path(unit: str) -> Path:
    """``unit`` from the top down, in small letters: both directories take capitals and small ones for the same.

    A distinguished name is read as RFC 4514 writes it; what begins with a slash is a path of Google's, whose top is
    ``/``. Nothing gives the empty path for nothing but "", so that a unit never lies under one that cannot be read.
    """
    unit = unit.strip()
    if unit.startswith("/"):
        return ("/", *filter(None, unit.lower().split("/")))
    return tuple(_named(piece) for piece in reversed(_PIECE.findall(unit)))


def within(unit: str, top: Path) -> bool:
    """Whether ``unit`` is the one at ``top`` or lies under it. Nothing lies under the empty path."""
    return bool(top) and path(unit)[: len(top)] == top


def _named(piece: str) -> str:
    kind, equals, value = piece.partition("=")
    return f"{kind.strip().lower()}{equals}{_ESCAPED.sub(_unescaped, value.strip()).strip().lower()}"


def _unescaped(found: re.Match[str]) -> str:
    return found[1] or bytes.fromhex(found[0].replace("\\", "")).decode("utf-8", "replace")
