"""A request that was captured, as the fronts see one: read from a file, and without any connection."""

from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

_OF_THE_CONNECTION = frozenset({"expect", "content-encoding", "transfer-encoding", "content-length"})


@dataclass(slots=True)
class _Content:
    """A body that has come whole."""

    data: bytes

    @property
    def total_bytes(self) -> int:
        """How much came."""
        return len(self.data)

    def is_eof(self) -> bool:
        """That was all."""
        return True

    def read_nowait(self) -> bytes:
        """All of it."""
        return self.data


class _Played:
    """What the fronts ask of aiohttp's request, and no more: whatever else they come to ask fails in a test."""

    remote = None
    transport = None
    protocol = None

    def __init__(self, method: str, path: str, query: str, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
        self.method, self.rel_url = method, URL(path + (f"?{query}" if query else ""))
        self.path, self.query, self.query_string = self.rel_url.path, self.rel_url.query, self.rel_url.query_string
        self.headers = CIMultiDict((n, v) for n, v in headers if n.lower() not in _OF_THE_CONNECTION)
        self.content, self.content_length = _Content(body), len(body)


def played(method: str, path: str, query: str, headers: tuple[tuple[str, str], ...], body: bytes) -> web.BaseRequest:
    """The request. It cannot be answered over a network, only read."""
    request: Any = _Played(method, path, query, headers, body)
    return cast("web.BaseRequest", request)


def answer_of(response: web.StreamResponse) -> tuple[int, bytes]:
    """Status and body of what would have gone out."""
    body = response.body if isinstance(response, web.Response) else b""
    return response.status, body if isinstance(body, bytes) else b""
