"""One process at a time: whoever holds a directory, and what happens when that one ends, however it ends."""

import subprocess
import sys
from pathlib import Path

from service.turns import Turn, alone

HOLD = (
    "import sys; from pathlib import Path; from service.turns import Turn; turn = Turn(Path(sys.argv[1])); "
    "print(turn.taken(), flush=True); sys.stdin.read()"
)


def test_one_has_it_until_it_lets_go(tmp_path: Path) -> None:
    first, second = Turn(tmp_path / "new"), Turn(tmp_path / "new")
    assert first.taken()
    assert first.taken()
    assert not second.taken()
    first.end()
    assert second.taken()
    second.end()
    second.end()


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parents[2]) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        turn = Turn(tmp_path)
        assert not turn.taken()
        other.kill()
        other.wait(20)
        assert turn.taken()
        turn.end()


def test_alone_means_that_nobody_else_has_a_turn(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    with alone(tmp_path):
        assert not turn.taken()
    assert turn.taken()
    turn.end()
