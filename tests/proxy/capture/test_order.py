"""Orders on the file system: written whole, for the owner alone, read back, replaced, withdrawn."""

import os
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from proxy.capture import order as orders
from proxy.capture.folder import UnsafeFolderError
from proxy.capture.order import Order, State
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


def _written(**changed: object) -> bytes:
    known = {"id": "1", "caller": "northwind", "until": "2026-11-20T13:00:00+00:00", "requests": 5}
    return orjson.dumps({name: value for name, value in {**known, **changed}.items() if value is not ...})


def test_a_written_order_is_one(directory: Path) -> None:
    assert Order.read(_written()).until == datetime(2026, 11, 20, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"[]", b"{}", b'{"id":"1"}', b"\xff", b" " * 20_000),
        *(_written(until=until) for until in ("2026-11-20T13:00:00", "soon", 5, "0001-01-01T00:00:00+23:00")),
        *(_written(caller=caller) for caller in (5, ["northwind"], None, ..., "contoso")),
        *(_written(requests=requests) for requests in ("5", 0, -1, True, 1.5, 10**15, orders.MOST_REQUESTS + 1)),
        *(_written(id=name) for name in ("../../x", "", 5)),
        _written(strangers="yes"),
        _written(times=None),
        _written(more=1),
    ],
)
def test_what_is_no_order_is_removed(directory: Path, data: bytes) -> None:
    (directory / "orders" / f"{orders.slug('northwind')}.order").write_bytes(data)
    assert list(orders.placed(directory)) == []
    assert list((directory / "orders").iterdir()) == []


def test_what_is_no_file_is_overlooked(directory: Path) -> None:
    orders.place(directory, order())
    (directory / "orders" / "a.order").mkdir()
    os.mkfifo(directory / "orders" / "b.order")
    (directory / "orders" / "c.order").symlink_to("a.order")
    assert list(orders.placed(directory)) == [order()]


@pytest.mark.parametrize(
    "data", [b'{"id":"1","file":"../x"}', b'{"id":"1","file":5}', b'{"id":"1","file":"","kept":"1"}']
)
def test_what_is_no_state_is_none(directory: Path, data: bytes) -> None:
    (directory / "orders" / f"{orders.slug('northwind')}.state").write_bytes(data)
    assert orders.told(directory, "northwind") is None


def test_a_symbolic_link_is_never_followed(directory: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "theirs.order").write_text("x")
    (directory / "orders").rmdir()
    (directory / "orders").symlink_to(elsewhere)
    for use in (
        lambda: orders.place(directory, order()),
        lambda: orders.tell(directory, "northwind", State(id="1", file="x")),
        lambda: orders.withdraw(directory, "northwind"),
        lambda: list(orders.placed(directory)),
        lambda: orders.told(directory, "northwind"),
        lambda: orders.clear(directory),
    ):
        with pytest.raises(UnsafeFolderError, match="it is a symbolic link"):
            use()
    assert [path.name for path in elsewhere.iterdir()] == ["theirs.order"]


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
