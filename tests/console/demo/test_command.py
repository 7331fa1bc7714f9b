"""The demo, whole: six questions through the simulated callers, each answer measured against the estate."""

import os
import signal
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "console", "demo"]


def test_six_questions_are_answered_truly(tmp_path: Path) -> None:
    picture = tmp_path / "answer.svg"
    command = [*COMMAND, "--once", "--picture", str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert done.stdout.count("as it stands in their own calendars") == 6
    assert picture.exists()


def test_it_stays_up_until_ctrl_c(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert any("Ctrl-C ends it." in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == []  # passwords and keys go with it
