"""The file of batches is read whole or refused, and a roll-back changes one line of it and nothing else."""

import stat
from pathlib import Path

import pytest

from proxy.list_files import ListFileError
from proxy.moves import batches
from proxy.moves.instants import instant
from routing.stages import Plan

AT = instant("2026-11-20T12:00:00Z")
TEXT = "# ours\nbatch,moved_at,rolled_back_at,resumed_at\none,2026-11-20,,\n\n# later\ntwo,2027-01-01T18:00+01:00\n"


def _file(directory: Path, text: str = TEXT) -> Path:
    path = directory / "batches.csv"
    path.write_bytes(text.encode())
    return path


def test_plans_are_read(tmp_path: Path) -> None:
    assert batches.read(_file(tmp_path, TEXT + "three\n")) == {
        "one": Plan(moved_at=instant("2026-11-20")),
        "two": Plan(moved_at=instant("2027-01-01T17:00Z")),
        "three": Plan(),
    }


def test_wrong_lines_are_named(tmp_path: Path) -> None:
    path = _file(
        tmp_path, "one,2026-11-20\none,2026-11-21\ntwo,soon\n,2026-01-01\nx,,2026-01-02,2026-01-01\ny,1,2,3,4\n"
    )
    with pytest.raises(ListFileError) as refused:
        batches.read(path)
    found = [line.removeprefix(f"{path}:") for line in str(refused.value).splitlines()]
    assert [line.partition(": ")[0] for line in found] == ["2", "3", "4", "5", "6"]
    assert '"one" stands there already' in found[0]
    assert 'moved_at "soon" is no day' in found[1]
    assert "the batch has no name" in found[2]
    assert "resumed_at wants a rolled_back_at" in found[3]


def test_a_strange_column(tmp_path: Path) -> None:
    with pytest.raises(ListFileError, match=r"batches.csv:1: the heading has a column \"when\""):
        batches.read(_file(tmp_path, "batch,when\n"))


def test_a_roll_back_keeps_all_other_lines(tmp_path: Path) -> None:
    path = _file(tmp_path)
    path.chmod(0o640)
    assert batches.rolled_back(path, "one", AT) == Plan(moved_at=instant("2026-11-20"), rolled_back_at=AT)
    assert path.read_text() == TEXT.replace("one,2026-11-20,,", "one,2026-11-20T00:00:00Z,2026-11-20T12:00:00Z,")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["batches.csv"]


def test_a_batch_goes_on_and_comes_back_again(tmp_path: Path) -> None:
    path = _file(tmp_path)
    batches.rolled_back(path, "one", AT)
    assert batches.resumed(path, "one", AT + 60).resumed_at == AT + 60
    assert batches.read(path)["one"].resumed_at == AT + 60
    assert batches.rolled_back(path, "one", AT + 120) == batches.read(path)["one"]
    assert batches.read(path)["one"].resumed_at is None


def test_what_is_not_rolled_back_does_not_go_on(tmp_path: Path) -> None:
    with pytest.raises(ListFileError, match="is not rolled back"):
        batches.resumed(_file(tmp_path), "one", AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one;2026-11-20\r\nx;2026-01-01\r\n", b"one;2026-11-20T00:00:00Z;2026-11-20T12:00:00Z;\r\nx;2026-01-01\r\n"),
        (
            "moved_at,batch\n2026-11-20,one",
            b"moved_at,batch,rolled_back_at,resumed_at\n2026-11-20T00:00:00Z,one,2026-11-20T12:00:00Z,\n",
        ),
        ("x,2026-01-01", b"x,2026-01-01\none,,2026-11-20T12:00:00Z,\n"),
        ("", b"\none,,2026-11-20T12:00:00Z,\n"),
    ],
)
def test_a_roll_back_in_many_files(tmp_path: Path, text: str, expected: bytes) -> None:
    path = _file(tmp_path, text)
    batches.rolled_back(path, "one", AT)
    assert path.read_bytes() == expected
    assert batches.read(path)["one"].rolled_back_at == AT


def test_a_roll_back_without_any_file_yet(tmp_path: Path) -> None:
    path = tmp_path / "batches.csv"
    batches.rolled_back(path, "a, b", AT)
    assert batches.read(path) == {"a, b": Plan(rolled_back_at=AT)}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path = _file(tmp_path)
    link = tmp_path / "link.csv"
    link.symlink_to(path.name)
    batches.rolled_back(link, "one", AT)
    assert link.is_symlink()
    assert batches.read(path)["one"].rolled_back_at == AT


def test_a_file_that_is_wrong_is_not_touched(tmp_path: Path) -> None:
    path = _file(tmp_path, "one,soon\n")
    with pytest.raises(ListFileError):
        batches.rolled_back(path, "one", AT)
    assert path.read_text() == "one,soon\n"


def test_a_batch_moves_now_and_all_other_lines_stay(tmp_path: Path) -> None:
    path = _file(tmp_path)
    assert batches.moved(path, "two", AT) == Plan(moved_at=AT) == batches.read(path)["two"]
    before, after = (
        [line for line in text.splitlines() if not line.startswith("two")] for text in (TEXT, path.read_text())
    )
    assert before == after
    batches.rolled_back(path, "two", AT + 1)
    assert batches.moved(path, "two", AT + 2) == Plan(moved_at=AT, rolled_back_at=AT + 1, resumed_at=AT + 2)
    assert batches.moved(path, "three", AT) == batches.read(path)["three"]
