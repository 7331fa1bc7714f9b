"""Keeps in a small file what a move must know after a restart: how many people there were, and who left a group."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from proxy.list_files import ListFileError, text_of
from proxy.moves.replacing import replace
from routing.stages import FOREVER, Plan

_log = structlog.get_logger("busyline.moves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What was in force last: how many ``people``, and the ``planned`` batches, which must not vanish in silence.

    Of a directory also since when it named whom, and of those ``gone`` since when they had moved and were gone, in
    seconds since 1970.
    """

    people: int = 0
    planned: tuple[str, ...] = ()
    since: Mapping[str, int] = field(default_factory=dict)
    gone: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def planned(plans: Mapping[str, Plan]) -> tuple[str, ...]:
    """The batches of which something is planned, or that were rolled back."""
    return tuple(
        sorted(name for name, plan in plans.items() if plan.moved_at < FOREVER or plan.rolled_back_at is not None)
    )


def recalled(path: Path) -> Memory:
    """What the file tells; nothing where there is none. Raises ListFileError where it is not one of ours."""
    if not path.exists():
        return Memory()
    try:
        first, *rows = [json.loads(line) for line in text_of(path).splitlines()]
        since = {str(row[0]): int(row[1]) for row in rows if len(row) == 2}
        gone = {str(row[0]): (int(row[1]), int(row[2])) for row in rows if len(row) == 3}
        names = tuple(str(name) for name in first["planned"])
        return Memory(people=int(first["people"]), planned=names, since=since, gone=gone)
    except ListFileError:
        raise
    except (ValueError, KeyError, TypeError, IndexError):
        words = "tells nothing of the list that was in force last: remove it, and the list is taken as it is"
        raise ListFileError(f"{path}: {words}") from None


def kept(path: Path, memory: Memory) -> bool:
    """Write it down; whether that could be done. Where it could not, the log says so."""
    try:
        replace(path, "".join(_lines(memory)))
    except OSError as error:
        words = f"{path} cannot be written: {error.strerror}; a restart will not know what was in force"
        _log.warning("moves_state", what=words)
        return False
    return True


def _lines(memory: Memory) -> Iterator[str]:
    rows: list[Any] = [{"people": memory.people, "planned": memory.planned}]
    rows += [(address, since) for address, since in memory.since.items()]
    rows += [(address, *instants) for address, instants in memory.gone.items()]
    for row in rows:  # one by one: others have a turn between them
        yield json.dumps(row, ensure_ascii=False) + "\n"
