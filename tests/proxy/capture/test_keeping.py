"""Old captures are removed, and nothing that is none."""

from datetime import timedelta
from pathlib import Path

from proxy.capture.keeping import file_name, prune
from tests.proxy.capture.samples import order
from tests.proxy.served import NOW


def test_what_is_older_than_it_may_be_goes(tmp_path: Path) -> None:
    ages = {age: file_name(order(), NOW - timedelta(days=age)) for age in (0, 29, 30, 31, 400)}
    others = ["notes-20200101T000000Z.jsonl", "x-20209901T000000Z-0123.jsonl", "X-20200101T000000Z-0123.jsonl"]
    for name in (*ages.values(), *others):
        (tmp_path / name).write_text("x")
    removed = prune(tmp_path, timedelta(days=30), NOW, spare=[ages[400]])
    assert removed == [ages[31]]
    assert {path.name for path in tmp_path.iterdir()} == {*others, *ages.values()} - {ages[31]}
