"""Orders on the file system: written whole, for the owner alone, read back, replaced, withdrawn."""

from pathlib import Path

import pytest

from proxy.capture import order as orders
from proxy.capture.order import State
from tests.proxy.capture.samples import order


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """As a server makes it."""
    orders.clear(tmp_path / "captures")
    return tmp_path / "captures"


def test_an_order_is_read_as_it_was_placed_and_nobody_else_reads_it(directory: Path) -> None:
    one = order(strangers=True, times=False)
    orders.place(directory, one)
    assert list(orders.placed(directory)) == [one]
    assert orders.order_of(directory, "northwind") == one
    (file,) = (directory / "orders").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_second_order_for_the_same_caller_takes_the_place_of_the_first(directory: Path) -> None:
    orders.place(directory, order(id="1" * 16))
    orders.place(directory, order(id="2" * 16))
    orders.place(directory, order(id="3" * 16, caller="Northwind"))
    assert sorted(one.id[0] for one in orders.placed(directory)) == ["2", "3"]
    orders.withdraw(directory, "northwind")
    orders.withdraw(directory, "northwind")
    assert [one.id[0] for one in orders.placed(directory)] == ["3"]


def test_what_became_of_it(directory: Path) -> None:
    assert orders.told(directory, "northwind") is None
    state = State(id="1", file="x.jsonl", kept=3, missed=1, ended="it was stopped")
    orders.tell(directory, "northwind", state)
    assert orders.told(directory, "northwind") == state
    assert orders.told(directory, "contoso") is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"id":"1"}', b"\xff"])
def test_what_is_no_order_is_removed(directory: Path, data: bytes) -> None:
    (directory / "orders" / "x.order").write_bytes(data)
    assert list(orders.placed(directory)) == []
    assert list((directory / "orders").iterdir()) == []


def test_a_new_server_begins_without_orders_and_keeps_what_was_captured(directory: Path) -> None:
    orders.place(directory, order())
    orders.tell(directory, "northwind", State(id="1", file="x"))
    (directory / "x.jsonl").write_text("kept")
    orders.clear(directory)
    assert list((directory / "orders").iterdir()) == []
    assert (directory / "x.jsonl").read_text() == "kept"


def test_file_names_are_plain_and_different() -> None:
    names = [orders.slug(name) for name in ("northwind", "Northwind", "../../etc", "Ä", "ä", "x" * 300)]
    assert len(set(names)) == len(names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(name) < 60 for name in names)


def test_where_there_is_no_directory_the_order_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        orders.place(tmp_path, order())
    assert orders.new_id() != orders.new_id()
