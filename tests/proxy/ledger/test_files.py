"""Tests of proxy/ledger/files.py."""

import os
import resource
import signal
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from proxy.ledger.files import Files, day_of

TODAY = date(2026, 11, 20)
KEEP = timedelta(days=30)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A ledger that has not been opened; its files are numbered."""
    numbers = count(1)
    return Files(tmp_path / "deep" / "ledger", rotate=100, keep=KEEP, token=lambda: f"{next(numbers):x}")


def contents(files: Files) -> dict[str, bytes]:
    """What lies there, by name."""
    return {path.name: path.read_bytes() for path in sorted(files.directory.iterdir())}


def test_only_their_owner_may_read_them(files: Files) -> None:
    before = os.umask(0)
    try:
        files.append(b"one\n", TODAY)
    finally:
        os.umask(before)
    [path] = files.directory.iterdir()
    assert (path.stat().st_mode & 0o777, files.directory.stat().st_mode & 0o777) == (0o600, 0o700)
    opened = [files.open_to_others]
    files.directory.chmod(0o750)
    assert [*opened, files.open_to_others] == [False, True]
    files.close()


def test_a_new_file_every_day_and_when_one_is_full(files: Files) -> None:
    for lines, day in ((b"a" * 60, 20), (b"b" * 40, 20), (b"c", 20), (b"d" * 400, 20), (b"e", 21)):
        files.append(lines, date(2026, 11, day))
    files.close()
    assert contents(files) == {
        "ledger-2026-11-20-1.jsonl": b"a" * 60 + b"b" * 40,
        "ledger-2026-11-20-2.jsonl": b"c",
        "ledger-2026-11-20-3.jsonl": b"d" * 400,
        "ledger-2026-11-21-4.jsonl": b"e",
    }


def test_two_processes_share_a_directory_and_no_file(tmp_path: Path) -> None:
    pair = [Files(tmp_path, rotate=10_000, keep=KEEP) for _ in range(2)]
    for number in range(50):
        for name, each in zip((b"a", b"b"), pair, strict=True):
            each.append(name * 40 + b"%d\n" % number, TODAY)
    for each in pair:
        each.close()
    found = [path.read_bytes().splitlines() for path in tmp_path.iterdir()]
    assert sorted(len(lines) for lines in found) == [50, 50]
    assert all(len({line[:40] for line in lines}) == 1 for lines in found)


def test_old_files_go_and_nothing_else(files: Files) -> None:
    files.prepare()
    names = ["ledger-2026-10-20-a.jsonl", "ledger-2026-10-21-a.jsonl", "ledger-2020-01-01-a.jsonl.gz"]
    others = ["ledger-2020-01-01.txt", "ledger-2020-13-01-a.jsonl", "notes-2020-01-01-a.jsonl", "ledger.key"]
    for name in names + others:
        (files.directory / name).touch()
    assert files.prune(TODAY) == 2
    assert set(contents(files)) == {names[1], *others}
    assert files.prune(date(2026, 11, 21)) == 1


def test_one_that_cannot_be_removed_keeps_no_other(files: Files) -> None:
    files.prepare()
    names = [f"ledger-2026-09-0{day}-a.jsonl" for day in range(1, 6)]
    for name in names:
        (files.directory / name).touch()
    (files.directory / names[2]).unlink()
    (files.directory / names[2]).mkdir()
    with pytest.raises(OSError, match=names[2]):
        files.prune(TODAY)
    assert [path.name for path in files.directory.iterdir()] == [names[2]]


def test_for_ever_is_long_enough_for_no_file_to_go(tmp_path: Path) -> None:
    files = Files(tmp_path, rotate=10, keep=timedelta(days=999_999_999))
    (tmp_path / "ledger-2020-01-01-a.jsonl").touch()
    assert files.prune(TODAY) == 0


def test_a_file_that_was_removed_is_begun_anew(files: Files) -> None:
    files.append(b"one\n", TODAY)
    for path in files.directory.iterdir():
        path.unlink()
    files.directory.rmdir()
    files.append(b"two\n", TODAY)
    files.close()
    assert contents(files) == {"ledger-2026-11-20-2.jsonl": b"two\n"}


def test_lines_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A real full disk: the largest file this process may write."""
    files = Files(tmp_path, rotate=1_000_000, keep=KEEP)
    files.append(b"one\n", TODAY)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            files.append(b"too much for it\n", TODAY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    files.append(b"two\n", TODAY)
    files.close()
    assert list(contents(files).values()) == [b"one\ntwo\n"]


def test_where_nothing_can_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file") as caught:
        Files(tmp_path / "file" / "ledger", rotate=10, keep=KEEP).prepare()
    assert caught.value.filename


def test_the_day_of_a_file(tmp_path: Path) -> None:
    assert day_of(tmp_path / "ledger-2026-11-20-0f.jsonl") == TODAY
    assert day_of(tmp_path / "ledger-2026-11-20-0f.jsonl.gz") == TODAY
    assert day_of(tmp_path / "ledger-2026-11-20-0f.jsonl.bak") is None
