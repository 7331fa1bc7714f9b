"""The file of a capture: a first line about it, one line per request, and a last one that says how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson

from protocols.ews.manner import Manner
from proxy.capture import headers
from proxy.capture.bodies import Body, kept
from proxy.capture.heard import Heard
from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.sources import source
from proxy.capture.words import METHODS

_FORMAT: Final = 1
_DESCRIBED: Final = "our own description"


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
        """What :meth:`as_json` wrote. Raises KeyError, TypeError, ValueError."""
        if value["busyline_capture"] != _FORMAT:
            raise ValueError(f"of format {value['busyline_capture']}, which this Busyline does not read")
        return cls(
            started=datetime.fromisoformat(value["started"]),
            manner=Manner(**value["manner"]),
            public=str(value["public"]),
            times=bool(value["times"]),
        )


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


@dataclass(frozen=True, slots=True)
class Journal:
    """A whole capture."""

    header: Header
    entries: tuple[Entry, ...]


def entry(heard: Heard, pseudonyms: Pseudonyms, header: Header, number: int, host: str) -> dict[str, Any]:
    """The line for one request: nothing of it in clear that is not on a list."""
    # The bodies first: what was replaced in them is known when it stands in a header again.
    body = kept(heard.body, pseudonyms) if heard.body is not None else None
    described = heard.method in ("GET", "HEAD") and heard.answer.startswith(b"<")
    answer = Body(shape=_DESCRIBED, size=len(heard.answer)) if described else _answer(heard, pseudonyms, header)
    fields = headers.kept(heard.headers, pseudonyms, host=host)
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
        "headers": fields,
        "body": body.as_json() if body is not None else None,
        "answer": {
            "status": heard.status,
            "headers": headers.kept(heard.answer_headers, pseudonyms),
            "body": answer.as_json(),
        },
    }


def read(path: Path) -> Journal:
    """The capture in ``path``. Raises JournalError, OSError."""
    lines = path.read_bytes().splitlines()
    header, entries = None, []
    for number, line in enumerate(lines, 1):
        try:
            value = orjson.loads(line)
            if header is None:
                header = Header.from_json(value)
            elif "ended" not in value:
                entries.append(_entry(value, number))
        except (KeyError, TypeError, ValueError, AttributeError, LookupError) as error:
            what = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)
            raise JournalError(f"{path}:{number}: is no line of a capture: {what}") from None
    if header is None:
        raise JournalError(f"{path}: is empty; a capture begins with a line about itself")
    return Journal(header, tuple(entries))


def _answer(heard: Heard, pseudonyms: Pseudonyms, header: Header) -> Body:
    return kept(heard.answer, pseudonyms, times=header.times)


def _entry(value: Mapping[str, Any], line: int) -> Entry:
    body, answer = value["body"], value["answer"]
    return Entry(
        line=line,
        front=value["front"],
        operation=value["operation"],
        outcome=value["outcome"],
        method=value["method"],
        path=value["path"],
        query=value["query"],
        headers=tuple(_shown(value["headers"])),
        body=Body.from_json(body) if body is not None else None,
        status=int(answer["status"]),
        answer=Body.from_json(answer["body"]),
    )


def _shown(fields: Iterable[list[Any]]) -> Iterable[tuple[str, str]]:
    """The headers whose value was kept as text."""
    return ((field[0], field[1]) for field in fields if len(field) == 2 and isinstance(field[1], str))
