"""Reads the ledger back: who was looked at by whom, oldest first, from the files of all processes."""

import gzip
import heapq
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, TypeAlias

from proxy.ledger.files import day_of
from proxy.ledger.pseudonyms import key_of

Part: TypeAlias = Literal["looked-at", "asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One mailbox of one request. ``person`` is who sat behind the caller, "" where no token named them.

    ``through`` is the group in whose answer their time was shown, "" where they were asked about by themselves.
    ``part``: what somebody this is told to had to do with it: they were looked at, or they asked.
    """

    time: datetime
    request: str
    front: str
    caller: str
    proof: str
    person: str
    start: str
    end: str
    asked: str
    address: str
    verdict: str
    outcome: str
    part: Part = "looked-at"
    through: str = ""


class Reader:
    """The ledger in ``directory``. ``broken`` counts the lines that could not be read so far.

    ``foreign`` counts the looks so far that are written down under pseudonyms of other keys than ``names`` are made by.

    The last line of a process that was killed is one of those, and so are lines that somebody changed.
    """

    def __init__(self, directory: Path, names: Collection[str] = ()) -> None:
        self._directory, self._keys = directory, {"", *map(key_of, names)}
        self.broken = self.foreign = 0

    def days(self) -> list[date]:
        """The days of which there are files. Raises OSError."""
        return sorted({day for path in self._directory.iterdir() if (day := day_of(path))})

    def looks(self, since: datetime | None = None) -> Iterator[Look]:
        """Everything written from ``since`` on, by time. Raises OSError."""
        paths = sorted(path for path in self._directory.iterdir() if day_of(path))
        for day in self.days():
            if since is not None and day + timedelta(days=1) < since.date():
                continue
            streams = [self._of_file(path) for path in paths if day_of(path) == day]
            for look in heapq.merge(*streams, key=attrgetter("time")):
                if since is None or look.time >= since:
                    self.foreign += not {key_of(look.address), key_of(look.person)} <= self._keys
                    yield look

    def _of_file(self, path: Path) -> Iterator[Look]:
        for line in self._lines(path):
            try:
                found = _looks(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                self.broken += 1
                continue
            yield from found

    def _lines(self, path: Path) -> Iterator[bytes]:
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
                yield from lines
        except FileNotFoundError:
            return  # it grew too old meanwhile
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self.broken += 1


def about(looks: Iterable[Look], names: Collection[str]) -> Iterator[Look]:
    """What concerns the person of these ``names`` (address, pseudonym), and nobody else's data with it.

    Where they were looked at, who sat behind the caller is left out; where they asked, whom they asked about.
    """
    for look in looks:
        if look.address in names:
            yield _changed(look, person="")
        if look.person in names:
            yield _changed(look, address="", through="", part="asked")


def _changed(look: Look, **values: Any) -> Look:
    return Look(**{name: values.get(name, getattr(look, name)) for name in Look.__slots__})


def _looks(line: dict[str, Any]) -> list[Look]:
    shared = {
        "time": datetime.fromisoformat(line["time"]).astimezone(UTC),
        "request": line["request"],
        "front": line["front"],
        "caller": line["caller"],
        "proof": line["proof"],
        "person": line.get("person", ""),
        "start": line["from"],
        "end": line["to"],
        "asked": line["asked"],
    }
    return [
        Look(
            **shared,
            address=each["address"],
            verdict=each["verdict"],
            outcome=each["outcome"],
            through=each.get("through", ""),
        )
        for each in line["people"]
    ]
