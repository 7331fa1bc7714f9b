"""Tests of proxy/alias_files.py."""

from pathlib import Path

import pytest

from proxy.alias_files import addresses_of
from proxy.list_files import ListFileError


def written(folder: Path, text: str) -> Path:
    path = folder / "rooms.csv"
    path.write_text(text, "utf-8")
    return path


def test_an_alias_and_the_real_address_to_a_line(tmp_path: Path) -> None:
    text = "alias,real\n# rooms\n\nC_12@Resource.calendar.google.com, Room1@F.example\nb@g.example,b@f.example # Bob\n"
    assert addresses_of(written(tmp_path, text)) == {
        "c_12@resource.calendar.google.com": "room1@f.example",
        "b@g.example": "b@f.example",
    }


def test_every_wrong_line_is_named(tmp_path: Path) -> None:
    text = (
        "a@g.example,a@f.example\na@g.example\nnobody,a@f.example\na@g.example,b@f.example\na@g.example,a@f.example,x\n"
    )
    with pytest.raises(ListFileError) as caught:
        addresses_of(written(tmp_path, text))
    lines = str(caught.value).splitlines()
    assert [line.partition("rooms.csv:")[2][:1] for line in lines] == ["2", "3", "4", "5"]
    assert "is no pair of addresses: write two" in lines[0]
    assert "a@g.example is an alias of a@f.example already" in lines[2]
