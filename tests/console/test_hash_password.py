"""The password is shown once and apart; what is printed is a hash."""

import subprocess
import sys

import pytest

from console.cli import run
from proxy.auth.passwords import objection


def test_a_generated_password_is_shown_apart_from_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hash-password", "--generate"]) == 0
    shown = capsys.readouterr()
    assert not objection(shown.out.strip())
    assert "The password, shown this once: " in shown.err
    assert shown.err.split()[-1] not in shown.out


def test_a_password_is_read_from_a_pipe_and_a_short_one_refused() -> None:
    def hashed(text: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "console", "hash-password"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)

    good, short = hashed("a long enough password\n"), hashed("short\n")
    assert good.returncode == 0
    assert not objection(good.stdout.strip())
    assert short.returncode == 2
    assert short.stderr == "too short: a password that machines keep has 12 characters or more\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [(b"", "standard input is empty"), (b"\n", "standard input is empty"), (b"passw\xf6rter", "is not text in UTF-8")],
)
def test_what_is_no_password_is_told(text: bytes, told: str) -> None:
    command = [sys.executable, "-m", "console", "hash-password"]
    done = subprocess.run(command, input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr.decode()
