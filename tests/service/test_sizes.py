"""Amounts of bytes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sizes import parse, written


@pytest.mark.parametrize(
    ("text", "size"), [("1MiB", 2**20), ("512KiB", 2**19), ("2 MB", 2_000_000), (4096, 4096), ("4096", 4096), ("9B", 9)]
)
def test_what_is_read(text: object, size: int) -> None:
    assert parse(text) == size


@pytest.mark.parametrize("text", ["", "MiB", "1.5MiB", "1mib", "-1", 0, True, None, "1TiB"])
def test_what_is_refused_with_a_remedy(text: object) -> None:
    with pytest.raises(ValueError, match='"1MiB"'):
        parse(text)


@given(st.integers(1, 2**36))
def test_written_and_read_again(size: int) -> None:
    assert parse(written(size)) == size
