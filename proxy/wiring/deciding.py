"""What a connector's answers depend on: what its section says, and the files that it names, but nothing of a node."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from proxy.settings.connectors import ConnectorSettings

PASSED_OVER: Final = frozenset(
    {
        "automatic_replies",  # they are no part of an answer
        "budget",
        "ca",
        "concurrency",
        "deadline",
        "extra_calls",
        "keep",  # how much room there is for files that may come back unchanged
        "mailboxes",  # in one call
        "overdue",
        "recipients",  # in one call
        "total_budget",
    }
)
"""Keys that decide how fast and how often is asked, and never what is answered: nodes may differ in them."""
_SECRET_FILES: Final = frozenset({"keytab"})  # as every secret, by where it lies


def deciding(settings: ConnectorSettings, directory: Path) -> bytes:
    """All that answers depend on; a key that is new counts, too. Secrets are in it by where they lie.

    A file that is no secret is in it by what it holds. Raises OSError where one cannot be read.
    """
    told = settings.model_dump_json(exclude=set(PASSED_OVER)).encode()
    digests = (hashlib.sha256((directory / path).read_bytes()).digest() for path in _files(settings))
    return b"".join((told, *digests))


def _files(section: BaseModel) -> Iterator[Path]:
    """The files that ``section`` names, in the order of its keys."""
    for key in type(section).model_fields:
        if key not in PASSED_OVER | _SECRET_FILES:
            yield from _paths(getattr(section, key))


def _paths(value: Any) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, BaseModel):
        yield from _files(value)
    elif isinstance(value, tuple):
        for each in value:
            yield from _paths(each)
