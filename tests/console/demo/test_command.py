"""The demo, whole: six questions and a plan, each answer measured against the estate."""

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
    assert "as things are at Contoso; nothing was written" in done.stdout
    drawn = done.stdout[done.stdout.index("busyline gal plan") :]
    for line in ("\n+ create nora", "\n~ update grace", "\n- retire luis", "\n! conflict sam"):
        assert line in drawn
    joined = done.stdout[done.stdout.index("busyline calendar plan") :]
    for line in ("\n+ create at fabrikam: Kick-off, ", "\nRun 2 of project: done", "both calendars say the same"):
        assert line in joined
