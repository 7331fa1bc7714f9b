"""A directory that Busyline writes to: whether it can, and as whom that was found out."""

import os
import subprocess
import sys
from pathlib import Path

from console.writable_checks import check_writable
from tests.needs import missing

CHECK = """
import os, pathlib, sys
from console.writable_checks import check_writable
os.setgid(65534); os.setuid(65534)
print(*check_writable("ledger.directory", pathlib.Path(sys.argv[1])), sep="\\n")
"""


def test_a_directory_of_ones_own_is_passed_over(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert list(check_writable("x", tmp_path)) == []


def test_who_may_not_write_is_told_which_user_that_is(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        missing("root: only root becomes another user")
    place = Path("/etc/busyline-of-nobody/ledger")
    done = subprocess.run([sys.executable, "-c", CHECK, str(place)], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("error: ledger.directory: the user nobody cannot write to /etc; "), done.stderr
    assert "/var/lib/busyline/ledger" in done.stdout
