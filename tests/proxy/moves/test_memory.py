"""What a restart must know is read as it was written; what is none of ours is refused."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from proxy.list_files import ListFileError
from proxy.moves.memory import Memory, kept, planned, recalled
from routing.stages import Plan

MEMORY = Memory(
    people=2, planned=("one",), since={"ann@f.example": 5, "jörg@f.example": 6}, gone={"eve@f.example": (7, 8)}
)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "moved.csv.state"
    assert recalled(path) == Memory()
    for memory in (MEMORY, Memory(people=3)):
        assert kept(path, memory)
        assert recalled(path) == memory
    assert [each.name for each in tmp_path.iterdir()] == ["moved.csv.state"]


@pytest.mark.parametrize(
    "text", ["", "{}\n", "nonsense\n", '{"people": 1, "planned": []}\n[1]\n[', '{"people": 1, "planned": 3}']
)
def test_another_file_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "moved.csv.state"
    path.write_text(text)
    with pytest.raises(ListFileError, match="remove it, and the list is taken as it is"):
        recalled(path)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert not kept(tmp_path / "gone" / "moved.csv.state", MEMORY)
    assert [entry["event"] for entry in logs] == ["moves_state"]


def test_batches_of_which_something_is_planned() -> None:
    plans = {"two": Plan(moved_at=5), "one": Plan(rolled_back_at=5), "none": Plan()}
    assert planned(plans) == ("one", "two")
