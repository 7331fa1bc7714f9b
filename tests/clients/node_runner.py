"""Runs a script of the Node world once: a question as JSON on its standard input, its answer on its last line."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.needs import missing, program

_HERE = Path(__file__).parent / "node"


def command(script: str, packages: Sequence[str]) -> list[str]:
    """How ``script`` is started; told as missing where node or one of ``packages`` is not there."""
    if lacking := [package for package in packages if not (_HERE / "node_modules" / package).is_dir()]:
        missing(f"{', '.join(lacking)} (run `npm ci` in tests/clients/node)")
    return [program("node"), str(_HERE / script)]


def told(
    script: str, packages: Sequence[str], question: dict[str, Any], *, ca: str | None = None, zone: str | None = None
) -> dict[str, Any]:
    """The answer to ``question``; ``ca`` is trusted beside the usual ones, ``zone`` (IANA) is the process's own."""
    environment = {"PATH": os.environ["PATH"]}
    environment |= {"TZ": zone} if zone else {}
    environment |= {"NODE_EXTRA_CA_CERTS": ca} if ca else {}
    run = subprocess.run(
        command(script, packages),
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return answer
