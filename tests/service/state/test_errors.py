"""Tests of service/state/errors.py: whoever only catches the error does not wait for the database's library."""

import subprocess
import sys


def test_the_error_is_there_without_the_library() -> None:
    code = "import sys, service.state.errors; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"
