"""Keeps questions in a file, one to a line after a line that says what they are, so that anybody can ask them again."""

import gzip
import json
import math
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final, cast

from bench.workload.asked import Asked
from bench.workload.habits import Habits

_MARK: Final = "busyline workload 1"
_REMEDY: Final = "write one with `python -m bench.workload write`"
_DONE: Final = {
    "rt": ("read", f"give a file that you may read, or {_REMEDY}"),
    "wt": ("written", "give a path in a folder that you may write to"),
}


class NoWorkloadError(ValueError):
    """The file cannot be had, is not one of ours, or is damaged; the message says what, where and what to do."""


def write(path: Path, asked: Iterable[Asked], *, habits: Habits, seed: int, seconds: float) -> int:
    """How many were written; compressed where the name ends in ``.gz``. Raises NoWorkloadError."""
    count = 0
    with _opened(path, "wt") as file:
        head = {"file": _MARK, "seed": seed, "seconds": seconds, "habits": asdict(habits)}
        file.write(json.dumps(head) + "\n")
        for each in asked:
            file.write(json.dumps([each.at, each.first_day, each.days, each.mailboxes], separators=(",", ":")) + "\n")
            count += 1
    return count


def head(path: Path) -> dict[str, Any]:
    """What the questions are: ``seed``, ``seconds``, ``habits``. Raises NoWorkloadError."""
    with _opened(path, "rt") as file:
        try:
            found = json.loads(file.readline())
        except ValueError:
            found = None
    if not isinstance(found, dict) or found.get("file") != _MARK:
        raise NoWorkloadError(f"{path} is no file of questions: {_REMEDY}")
    if not isinstance(seconds := found.get("seconds"), int | float) or not 0 < seconds < math.inf:
        raise NoWorkloadError(f"{path}:1: it does not say for how many seconds is asked: {_REMEDY}")
    return found


def read(path: Path) -> Iterator[Asked]:
    """The questions in order. Raises NoWorkloadError."""
    head(path)
    with _opened(path, "rt") as file:
        file.readline()
        for number, line in enumerate(file, start=2):
            try:
                at, first_day, days, mailboxes = json.loads(line)
                yield Asked(int(at), tuple(map(int, mailboxes)), int(first_day), int(days))
            except (ValueError, TypeError, OverflowError):
                raise NoWorkloadError(f"{path}:{number}: no question: {line[:80]!r}: {_REMEDY}") from None


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[IO[str]]:
    done, remedy = _DONE[mode]
    try:
        if path.suffix == ".gz":
            with gzip.open(path, mode, encoding="ascii") as packed:
                yield cast("IO[str]", packed)
        else:
            with path.open(mode, encoding="ascii") as plain:
                yield cast("IO[str]", plain)
    except gzip.BadGzipFile:  # an OSError, too
        raise NoWorkloadError(f"{path} is no compressed file: {remedy}") from None
    except OSError as error:
        raise NoWorkloadError(f"{path} cannot be {done}: {error.strerror}: {remedy}") from None
    except (EOFError, zlib.error):
        raise NoWorkloadError(f"{path} is cut off or damaged: {remedy}") from None
    except UnicodeDecodeError:
        raise NoWorkloadError(f"{path} is no file of questions: {remedy}") from None
