"""Reads JSON in which single texts are spoilt, so that one name in a directory does not hide everybody else."""

import json
from collections.abc import Callable
from typing import Any

from protocols.errors import PeerError
from protocols.model.freebusy import Reason


def readable(body: bytes, strict: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    """The JSON object in ``body`` as ``strict`` reads it; where that refuses it, broken UTF-8 (RFC 8259 8.1) and half
    surrogates (8.2) in its texts become U+FFFD. For lists of people, never for somebody's time.

    Raises what ``strict`` raises where it is no JSON even so, half an answer included, and PeerError(GARBLED) where it
    is no object.
    """
    try:
        return strict(body)
    except PeerError as refusal:
        try:
            whole = _mended(json.loads(body.decode("utf-8", "replace")))
        except (ValueError, RecursionError):
            raise refusal from None
    if not isinstance(whole, dict):
        raise PeerError(Reason.GARBLED, "the answer is no JSON object")
    return whole


def _mended(value: Any) -> Any:
    """``value`` without half surrogates, which no encoding can write."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(each) for key, each in value.items()}
    return value
