"""Tests of galsync/powershell/pending.py: orders are kept until they were seen done."""

from pathlib import Path

import pytest

from galsync.files.disk import UnreadableError
from galsync.powershell.orders import Order
from galsync.powershell.pending import Pending, keep, pending

ANN = Order(act="create", anchor="ann", stamp="s", add=("smtp:a@b.example",), personal={"Title": ("", "Lead")})
BOB = Order(act="update", anchor="bob", stamp="s", hidden=False, known=("bob@b.example",))


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    assert pending(tmp_path / "p") == Pending()
    kept = Pending().with_orders([ANN, BOB], serial="7")
    keep(tmp_path / "p", kept)
    assert pending(tmp_path / "p") == kept


def test_a_later_order_takes_the_place_of_the_earlier_but_a_removal_stays_before_what_comes_anew() -> None:
    removal = Order(act="remove", anchor="ann", stamp="s", guid="g")
    told = Pending().with_orders([removal, ANN], serial="1").with_orders([BOB, ANN], serial="2")
    assert told == Pending("2", (removal, BOB, ANN))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"serial": 1, "orders": [{}]}'])
def test_a_broken_file_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p").write_bytes(data)
    with pytest.raises(UnreadableError, match="is broken: remove it"):
        pending(tmp_path / "p")
