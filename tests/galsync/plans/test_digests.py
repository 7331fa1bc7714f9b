"""Tests of galsync/plans/digests.py: eight bytes tell equal from different, whatever the text is."""

import pytest

from galsync.plans.digests import digest


def test_nothing_has_no_digest() -> None:
    assert digest("") == digest(b"") == b""


@pytest.mark.parametrize("text", ["a", "ß", "half \ud83d", b"\xff\xd8 a photo", "x" * 100_000])
def test_every_text_has_eight_bytes(text: str | bytes) -> None:
    assert len(digest(text)) == 8
    assert digest(text) == digest(text[:])


def test_spelling_matters() -> None:
    assert digest("Ann") != digest("ann")
    assert digest("Ann") == digest(b"Ann")
