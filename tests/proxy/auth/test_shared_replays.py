"""What one process remembers, all know: a message is noted once among them, and in doubt it is not noted."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from proxy.auth.shared_replays import Seen, SharedMemories, SharedReplays
from tests.protocols.ews.wssecurity.world import NOW

MINUTE = timedelta(minutes=1)
ENDS = NOW + 5 * MINUTE
GONE = datetime(2026, 11, 20, 12, 21, tzinfo=NOW.tzinfo)  # the end of the minute, and the longest skew

_NOTING = """
import json, sys
from datetime import datetime
from proxy.auth.shared_replays import Seen, SharedReplays

seen, now, ends = json.loads(sys.argv[1]), *map(datetime.fromisoformat, sys.argv[2:])
replays = SharedReplays(Seen.told(seen), "contoso", clock=lambda: now)
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
print(json.dumps([mark for mark in range(400) if replays.note(str(mark).encode(), ends)]))
"""


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    folder = tmp_path / "seen"
    folder.mkdir(0o700)
    return Seen(directory=folder, since=NOW, key=b"k" * 32)


def memory(seen: Seen, caller: str = "contoso", *, now: datetime = NOW, size: int = 100) -> SharedReplays:
    return SharedMemories(seen=seen, clock=lambda: now, size=size).of(caller)


def links(seen: Seen) -> list[Path]:
    return list(seen.directory.glob("*/*"))


def test_what_one_notes_the_other_saw(seen: Seen) -> None:
    one, other = memory(seen), memory(seen)
    assert not other.saw(b"a", ENDS, now=NOW)
    assert one.note(b"a", ENDS)
    assert other.saw(b"a", ENDS, now=NOW)
    assert not other.note(b"a", ENDS)
    assert not other.saw(b"b", ENDS, now=NOW)
    assert other.note(b"b", ENDS)
    assert not one.note(b"b", ENDS)


def test_a_message_stays_known_when_its_domain_goes_to_another_caller(seen: Seen) -> None:
    assert memory(seen, "contoso").note(b"a", ENDS)
    assert memory(seen, "else").saw(b"a", ENDS, now=NOW)
    assert not memory(seen, "else").note(b"a", ENDS)


def test_processes_at_once_note_each_message_once(seen: Seen) -> None:
    told = [json.dumps(seen.message()), NOW.isoformat(), ENDS.isoformat()]
    command = [sys.executable, "-c", _NOTING, *told]
    begun = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for each in begun:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in begun:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    noted = [json.loads(each.communicate(timeout=90)[0]) for each in begun]
    assert sorted(mark for marks in noted for mark in marks) == list(range(400))
    assert len(links(seen)) == 400


def test_what_is_out_of_date_is_removed_by_whoever_comes_by(seen: Seen) -> None:
    one, other = memory(seen), memory(seen)
    for number in range(40):
        assert one.note(b"%d" % number, ENDS)
    assert one.note(b"later", ENDS + 2 * MINUTE)
    other.saw(b"x", ENDS, now=GONE - timedelta(microseconds=1))
    assert one.saw(b"0", ENDS, now=NOW)
    for left in (25, 9, 1):
        other.saw(b"x", ENDS, now=GONE)
        assert len(links(seen)) == left
    assert [path.name for path in seen.directory.iterdir() if path.name.isdigit()] == [
        str(int(ENDS.timestamp()) // 60 + 2)
    ]
    assert other.saw(b"later", ENDS + 2 * MINUTE, now=GONE)


def test_what_another_process_is_removing_already_is_no_error(seen: Seen) -> None:
    one = memory(seen)
    one.note(b"a", ENDS)
    (folder,) = (path for path in seen.directory.iterdir() if path.is_dir())
    shutil.rmtree(folder)
    assert not one.saw(b"a", ENDS, now=GONE)
    assert one.full(now=GONE) == 0


def test_whoever_is_so_late_that_it_may_have_been_forgotten_is_refused(seen: Seen) -> None:
    last = ENDS + 15 * MINUTE
    assert memory(seen, now=last - timedelta(microseconds=1)).note(b"a", ENDS)
    assert not memory(seen, now=last).note(b"b", ENDS)


def test_a_full_memory_refuses_until_there_is_room_and_others_have_their_own(seen: Seen) -> None:
    one, other = memory(seen, size=3), memory(seen, size=3)
    for replays, mark in ((one, b"a"), (other, b"b"), (one, b"c")):
        assert other.full(now=NOW) == 0
        replays.note(mark, ENDS)
    assert (one.full(now=NOW), other.full(now=NOW)) == (21 * 60, 21 * 60)
    assert one.saw(b"a", ENDS, now=NOW)
    assert memory(seen, "else", size=3).full(now=NOW) == 0
    assert other.full(now=GONE) == 0


def test_what_is_out_of_date_and_not_removed_yet_still_counts(seen: Seen) -> None:
    one = memory(seen, size=20)
    for number in range(36):
        one.note(b"%d" % number, ENDS)
    assert one.full(now=GONE) == 1  # 20 are left
    assert one.full(now=GONE) == 0


@pytest.mark.parametrize("caller", ["known", "new"])
def test_a_directory_that_is_gone_notes_nothing(seen: Seen, caller: str) -> None:
    memories = SharedMemories(seen=seen, clock=lambda: NOW)
    memory(seen, "known").note(b"a", ENDS)
    assert memories.doubts() == []
    shutil.rmtree(seen.directory)
    with pytest.raises(FileNotFoundError):
        memory(seen, caller).note(b"b", ENDS)
    with pytest.raises(FileNotFoundError):
        memory(seen, caller).full(now=NOW)
    assert not seen.directory.exists()
    assert f"{seen.directory} is gone" in memories.doubts()[0]


def test_what_cannot_be_written_is_not_noted(seen: Seen) -> None:
    """A file in the place of the folder, as of no space or no right, also where one is root."""
    (seen.directory / str(int(ENDS.timestamp()) // 60)).write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        memory(seen).note(b"a", ENDS)


def test_nothing_is_anybodys_else_and_names_tell_nothing(seen: Seen) -> None:
    memory(seen).note(b"a mark", ENDS)
    for path in seen.directory.rglob("*"):
        assert path.lstat().st_mode & 0o077 == 0
        assert b"contoso" not in os.fsencode(path.relative_to(seen.directory))
    (link,) = links(seen)
    others = Seen(directory=seen.directory, since=NOW, key=b"l" * 32)
    assert not memory(others).saw(b"a mark", ENDS, now=NOW)
    assert "kkkk" not in repr(seen)
    assert len(link.name) == 40


def test_another_process_is_told_all_of_it(seen: Seen) -> None:
    assert Seen.told(json.loads(json.dumps(seen.message()))) == seen
