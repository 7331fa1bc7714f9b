"""The inputs that are kept: few, small, committed, each named by its digest."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.seeds import seeds
from tests.fuzz.watch import ITSELF

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "fuzz" / "corpus"
FINDINGS = ROOT / "tests" / "fuzz" / "findings"  # what broke a promise; not committed: it becomes a test
MOST_INPUTS, MOST_BYTES = 200, 300_000


def kept(target: str) -> list[bytes]:
    """The committed inputs of ``target``, in the order of their names."""
    return [path.read_bytes() for path in sorted((CORPUS / target).glob("*")) if path.is_file()]


def prepared(target: str, place: Path) -> Path:
    """A folder below ``place`` to fuzz in: the committed inputs and the seeds."""
    folder = place / target
    folder.mkdir(parents=True)
    for data in (*seeds(target), *kept(target)):
        _put(folder, data)
    return folder


def merge(target: str, learnt: Path) -> None:
    """Replace the committed inputs by the smallest set that reaches what ``learnt`` reaches, cut to what is allowed."""
    with tempfile.TemporaryDirectory(prefix="busyline-merge-") as place:
        itself, least = Path(place) / "drive", Path(place) / "least"
        itself.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.fuzz.drive {target} "$@"\n', encoding="utf-8")
        itself.chmod(0o700)
        least.mkdir()
        command = [str(itself), "-merge=1", "-rss_limit_mb=0", str(least), str(learnt)]
        environment = {**os.environ, ITSELF: str(itself)}
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        smallest = sorted((path.read_bytes() for path in least.iterdir()), key=len)
    if not smallest:
        raise RuntimeError(f"merging the inputs of {target} left none")
    shutil.rmtree(CORPUS / target, ignore_errors=True)
    (CORPUS / target).mkdir(parents=True)
    size = 0
    for data in smallest[:MOST_INPUTS]:
        size += len(data)
        if size > MOST_BYTES:
            break
        _put(CORPUS / target, data)


def _put(folder: Path, data: bytes) -> None:
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
