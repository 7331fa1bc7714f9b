"""Tests of protocols/spoilt_json.py: a spoilt text is mended, half an answer stays none."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.spoilt_json import readable


def strict(body: bytes) -> dict[str, Any]:
    try:
        return dict(orjson.loads(body))
    except (orjson.JSONDecodeError, TypeError, ValueError):
        raise PeerError(Reason.GARBLED, "strictly none") from None


def test_texts_are_mended_at_any_depth() -> None:
    body = b'{"a": ["M\xfcller", "\\ud83d!", {"\\udc00": "\\ud83d\\ude00"}], "b": 1}'
    assert readable(body, strict) == {"a": ["M\ufffdller", "\ufffd!", {"\ufffd": "\U0001f600"}], "b": 1}


@pytest.mark.parametrize("body", [b"", b'{"a": "\xff', b'{"a": "\\ud83d"', b"<html>\xff", b"[" * 100_000])
def test_half_an_answer_is_what_it_was(body: bytes) -> None:
    with pytest.raises(PeerError, match="strictly none"):
        readable(body, strict)


@pytest.mark.parametrize("depth", [600, 900])
def test_what_is_nested_too_deeply_to_be_mended_is_what_it_was(depth: int) -> None:
    with pytest.raises(PeerError, match="strictly none"):
        readable(b'{"a":' + b"[" * depth + b'"\xff"' + b"]" * depth + b"}", strict)


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(PeerError, match="no JSON object"):
        readable(b'["\xff"]', strict)


@given(st.dictionaries(st.text(), st.text() | st.integers(-(2**63), 2**63)))
def test_what_is_sound_is_not_touched(value: dict[str, Any]) -> None:
    assert readable(orjson.dumps(value), strict) == value
