"""JSON as the state keeps it: whatever text comes from outside, and the same again when it is read."""

import json
from typing import Any

import orjson


def dumped(value: object) -> bytes:
    """``value`` as JSON; halves of surrogate pairs, which broken sources bring, are kept as they are."""
    try:
        return orjson.dumps(value)
    except TypeError:  # orjson writes UTF-8 alone
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def loaded(text: bytes) -> Any:
    """What :func:`dumped` was given."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text.decode("utf-8", "surrogatepass"))
