"""The file of a capture: a first line about it, one line per request, and a last one that says how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson

from protocols.ews.manner import Manner
from proxy.capture import headers, shape
from proxy.capture.bodies import Body, kept
from proxy.capture.heard import Heard
from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.sources import source
from proxy.capture.words import METHODS

_FORMAT: Final = 1
_DESCRIBED: Final = "our own description"
_MANNER: Final = frozenset(one.name for one in fields(Manner))
_HEADER: Final[Mapping[str, shape.Shape]] = {
    "started": shape.text,
    "manner": shape.table,
    "public": shape.visible,
    "times": shape.truth,
}
_ENTRY: Final[Mapping[str, shape.Shape]] = {
    **dict.fromkeys(("front", "operation", "outcome"), shape.text),
    "method": shape.one_of({*METHODS, "another"}),
    **dict.fromkeys(("path", "query"), shape.visible),
    "headers": shape.fields,
    "body": shape.nothing_or_table,
    "answer": shape.table,
}
_ANSWER: Final[Mapping[str, shape.Shape]] = {"status": shape.status, "body": shape.table}


class JournalError(ValueError):
    """The file is no capture; the text says which line and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """About the whole: ``public`` is the pseudonym of our address, ``times`` whether busy times were kept."""

    started: datetime
    manner: Manner
    public: str
    times: bool = True

    def as_json(self) -> dict[str, Any]:
        """The first line."""
        return {
            "busyline_capture": _FORMAT,
            "started": self.started.isoformat(timespec="seconds"),
            "times": self.times,
            "public": self.public,
            "manner": asdict(self.manner),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """What :meth:`as_json` wrote. Raises ValueError for whatever else."""
        if shape.checked(value, {"busyline_capture": shape.number})["busyline_capture"] != _FORMAT:
            raise ValueError(f"of format {value['busyline_capture']}, which this Busyline does not read")
        told = shape.checked(value, _HEADER)
        manner = shape.checked(told["manner"], dict.fromkeys(_MANNER, shape.truth), needed=frozenset())
        started = datetime.fromisoformat(told["started"])
        if started.tzinfo is None or manner.keys() - _MANNER:
            raise ValueError("its start has no zone, or its manner is not known")
        return cls(started=started, manner=Manner(**manner), public=told["public"], times=told["times"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request of a capture and its answer, as far as they are needed to replay it; ``line`` counts from 1."""

    line: int
    front: str
    operation: str
    outcome: str
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: Body | None
    status: int
    answer: Body

    @property
    def what(self) -> str:
        """What was asked, for people to read."""
        return self.operation or f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Journal:
    """A whole capture; ``cut`` where half a line was left out at its end, since whoever wrote it was ended."""

    header: Header
    entries: tuple[Entry, ...]
    cut: bool = False


def entry(heard: Heard, pseudonyms: Pseudonyms, header: Header, number: int, host: str) -> dict[str, Any]:
    """The line for one request: nothing of it in clear that is not on a list."""
    # The bodies first: what was replaced in them is known when it stands in a header again.
    body = kept(heard.body, pseudonyms) if heard.body is not None else None
    described = heard.method in ("GET", "HEAD") and heard.answer.startswith(b"<")
    answer = Body(shape=_DESCRIBED, size=len(heard.answer)) if described else _answer(heard, pseudonyms, header)
    shown = headers.kept(heard.headers, pseudonyms, host=host)
    return {
        "n": number,
        "at": round((heard.at - header.started).total_seconds(), 3),
        "ms": round(heard.seconds * 1000, 2),
        "from": source(heard.peer, heard.forwarded, pseudonyms),
        "http": heard.version,
        "tls": list(heard.tls),
        "front": heard.front,
        "operation": heard.operation,
        "outcome": heard.outcome,
        "refused": heard.refused,
        "method": heard.method if heard.method in METHODS else "another",
        "path": headers.path(heard.path, pseudonyms),
        "query": headers.query(heard.query, pseudonyms),
        "headers": shown,
        "body": body.as_json() if body is not None else None,
        "answer": {
            "status": heard.status,
            "headers": headers.kept(heard.answer_headers, pseudonyms),
            "body": answer.as_json(),
        },
    }


def read(path: Path) -> Journal:
    """The capture in ``path``, without half a line at its end. Raises JournalError, OSError."""
    data = path.read_bytes()
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    header, entries, cut = None, [], False
    for number, line in enumerate(lines, 1):
        try:
            value = orjson.loads(line)
            if header is None:
                header = Header.from_json(value)
            elif not (isinstance(value, dict) and "ended" in value):
                entries.append(_entry(value, number))
        except ValueError as error:
            cut = isinstance(error, orjson.JSONDecodeError) and number == len(lines) and not data.endswith(b"\n")
            if header is None or not cut:
                raise JournalError(f"{path}:{number}: is no line of a capture: {error}") from None
    if header is None:
        raise JournalError(f"{path}: is empty; a capture begins with a line about itself")
    return Journal(header, tuple(entries), cut)


def _answer(heard: Heard, pseudonyms: Pseudonyms, header: Header) -> Body:
    return kept(heard.answer, pseudonyms, times=header.times)


def _entry(value: Any, line: int) -> Entry:
    told = shape.checked(value, _ENTRY)
    answer = shape.checked(told["answer"], _ANSWER)
    return Entry(
        line=line,
        front=told["front"],
        operation=told["operation"],
        outcome=told["outcome"],
        method=told["method"],
        path=told["path"],
        query=told["query"],
        headers=tuple(_shown(told["headers"])),
        body=Body.from_json(told["body"]) if told["body"] is not None else None,
        status=answer["status"],
        answer=Body.from_json(answer["body"]),
    )


def _shown(told: Iterable[list[Any]]) -> Iterable[tuple[str, str]]:
    """The headers whose value was kept as text."""
    return ((field[0], field[1]) for field in told if len(field) == 2 and isinstance(field[1], str))
