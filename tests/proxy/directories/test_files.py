"""Tests of proxy/directories/files.py."""

from pathlib import Path

import pytest

from proxy.directories.files import written_groups, written_room_lists
from proxy.list_files import ListFileError
from proxy.settings.directory import GroupSettings, RoomListSettings


def test_groups_of_addresses_and_files(tmp_path: Path) -> None:
    (tmp_path / "team.txt").write_text("# the team\nBob@b.example\nann@b.example  # twice\n\n", "utf-8")
    group = GroupSettings.model_validate({"address": "team@b.example", "members": ["Ann@b.example", "file:team.txt"]})
    found = written_groups([group], tmp_path)
    assert [one.address for one in found["team@b.example"]] == ["ann@b.example", "bob@b.example"]


def test_rooms_have_names(tmp_path: Path) -> None:
    (tmp_path / "rooms.csv").write_text('Address,Name\nelbe@b.example,"Elbe, 8 seats"\nspree@b.example\n', "utf-8")
    one = {"name": "HQ", "address": "hq@b.example", "rooms": "file:rooms.csv"}
    (found,) = written_room_lists([RoomListSettings.model_validate(one)], tmp_path)
    assert (found.name, found.address.address) == ("HQ", "hq@b.example")
    assert [(room.address.address, room.name) for room in found.rooms] == [
        ("elbe@b.example", "Elbe, 8 seats"),
        ("spree@b.example", "spree@b.example"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no such file"),
        ("", "names nobody"),
        ("Address,Name\n", "names nobody"),
        ("ann@b.example\nbob\n", "team.txt:2: is no address"),
        ("@\n", "team.txt:1: is no address"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "team.txt").write_text(text, "utf-8")
    group = GroupSettings.model_validate({"address": "team@b.example", "members": "file:team.txt"})
    with pytest.raises(ListFileError, match=words):
        written_groups([group], tmp_path)
