"""What an item is, and how a copy says whose it is."""

import pytest

from calsync.items import Item, Mark
from protocols.model.card import Card
from protocols.model.stamps import is_stamp


@pytest.mark.parametrize("mark", [Mark("team", "7f3a"), Mark("team-2", "a/b"), Mark("é", "x y")])
def test_a_mark_comes_back_from_its_text(mark: Mark) -> None:
    assert Mark.read(mark.text) == mark
    assert is_stamp(mark.text)


@pytest.mark.parametrize("text", ["", "busyline:", "busyline:team", "busyline:/7", "busyline:team/", "other:team/7"])
def test_what_is_no_mark(text: str) -> None:
    assert Mark.read(text) is None


def test_nothing_of_its_content_is_printed() -> None:
    item = Item(key="k", version="1", content=Card(display_name="Ann Secret"))
    assert "Secret" not in repr(item)
