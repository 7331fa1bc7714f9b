"""Tests of calsync/ledger/packed.py: whatever is packed comes out as it was, and small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsync.ledger.packed import packed, signs, signs_read, unpacked
from tests.calsync.ledger.remembered import DIGESTS


@given(st.dictionaries(st.text(st.characters(), max_size=8), st.text(st.characters(), max_size=8), max_size=5))
def test_fields_come_back(fields: dict[str, str]) -> None:
    assert unpacked(packed(fields)) == fields


@given(DIGESTS)
def test_digests_come_back_whatever_their_order(digests: dict[str, bytes]) -> None:
    assert signs_read(signs(digests)) == digests
    assert signs(dict(reversed(digests.items()))) == signs(digests)


@pytest.mark.parametrize("wrong", [{"subject": b"short"}, {"two\nlines": b"12345678"}])
def test_what_is_no_digest_is_refused(wrong: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="a digest is 8 bytes"):
        signs(wrong)


def test_twelve_digests_take_little_room() -> None:
    names = ["when", "rule", "subject", "location", "body", "shows", "sensitivity", "categories", "reminder", "people"]
    assert len(signs(dict.fromkeys(names, b"12345678"))) < 160
