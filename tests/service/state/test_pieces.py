"""Tests of service/state/pieces.py: everything is asked for once, in its order."""

import pytest

from service.state.pieces import pieces


@pytest.mark.parametrize("many", [0, 1, 499, 500, 501, 1250])
def test_all_and_each_once(many: int) -> None:
    some = list(pieces(range(many)))
    assert [value for piece in some for value in piece] == list(range(many))
    assert all(0 < len(piece) <= 500 for piece in some)
