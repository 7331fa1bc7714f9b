"""Removes the captures that are older than they may be, and nothing else."""

import os
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from proxy.capture.folder import names, opened
from proxy.capture.order import Order, slug

_NAME: Final = re.compile(r"[a-z0-9-]+-(\d{8}T\d{6}Z)-[0-9a-f]{1,4}\.jsonl")
_BEGUN: Final = "%Y%m%dT%H%M%SZ"


def file_name(order: Order, begun: datetime) -> str:
    """The name of the capture that was ordered, begun in UTC."""
    return f"{slug(order.caller)}-{begun.astimezone(UTC):{_BEGUN}}-{order.id[:4]}.jsonl"


def prune(directory: Path, keep: timedelta, now: datetime, *, spare: Collection[str] = ()) -> list[str]:
    """Remove captures begun more than ``keep`` before ``now`` but those in ``spare``, and name them.

    A file that was given another name stays. Raises OSError.
    """
    with opened(directory) as folder:
        old = [name for name in _older(names(folder), keep, now) if name not in spare]
        for name in old:
            os.unlink(name, dir_fd=folder)
    return old


def _older(found: list[str], keep: timedelta, now: datetime) -> Iterator[str]:
    for name in found:
        match = _NAME.fullmatch(name)
        try:
            if match and now - datetime.strptime(match[1], _BEGUN).replace(tzinfo=UTC) > keep:
                yield name
        except ValueError:
            continue  # no such day: the name is somebody else's
