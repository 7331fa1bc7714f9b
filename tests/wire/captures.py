"""Reads the captures beside it: requests one after another, each under a line that tells how it was answered."""

import re
from dataclasses import dataclass
from pathlib import Path

from protocols.http import Headers, HttpRequest

_HERE = Path(__file__).parent
_ANSWERED = re.compile(rb"^### answered (\d{3})\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Captured:
    """One request of a client, and the status that it got when it was recorded. ``raw``: its very bytes."""

    request: HttpRequest
    status: int
    raw: bytes


def captured(client: str) -> list[Captured]:
    """The requests of ``client`` (the file's name without .http), in order, with absolute URLs. Raises ValueError."""
    parts = _ANSWERED.split((_HERE / f"{client}.http").read_bytes())
    if parts[0].strip():
        raise ValueError(f"{client}: something before the first request")
    return [_captured(text, int(status)) for status, text in zip(parts[1::2], parts[2::2], strict=True)]


def clients() -> list[str]:
    """The names of all captures."""
    return sorted(path.stem for path in _HERE.glob("*.http"))


def _captured(text: bytes, status: int) -> Captured:
    head, blank, rest = text.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    method, path, _ = first.split(" ")
    headers = Headers(tuple((name.strip(), value.strip()) for name, _, value in (one.partition(":") for one in lines)))
    length = int(headers.get("Content-Length", "0"))
    body = rest[:length]
    if len(body) != length or rest[length:].strip():
        raise ValueError(f"{first}: Content-Length {length} does not fit the body")
    request = HttpRequest(method, f"http://{headers['Host']}{path}", headers, body)
    return Captured(request, status, head + blank + body)
