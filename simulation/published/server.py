"""The simulated web server: files by path, conditional requests (RFC 9110 13), redirects and a password."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from ssl import SSLContext

from aiohttp import web

from simulation.estate import Estate
from simulation.faults import Call, Trouble
from simulation.server import SimulatedServer

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)  # long before any clock that this runs by


@dataclass(slots=True)
class _File:
    body: bytes
    etag: str
    modified: str


class PublishedServer(SimulatedServer):
    """Files put by :meth:`put`. ``redirects`` lead from one path to an address; ``password`` guards everything.

    ``etags`` and ``dates`` are which validators the server gives and heeds.
    """

    def __init__(self, estate: Estate, *, ssl: SSLContext | None = None) -> None:
        super().__init__(estate, ssl=ssl)
        self.redirects: dict[str, str] = {}
        self.password: tuple[str, str] | None = None
        self.etags = self.dates = True
        self._files: dict[str, _File] = {}

    def put(self, path: str, body: bytes, modified: datetime = _BEGINNING) -> None:
        """Publish ``body`` at ``path``."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        self._files[path] = _File(body, etag, format_datetime(modified, usegmt=True))

    def remove(self, path: str) -> None:
        """Publish nothing there any more."""
        del self._files[path]

    def is_question(self, path: str) -> bool:
        return True

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        return (request.path,)

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        if trouble is Trouble.DENIED or not self._may(call):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="files"'})
        if place := self.redirects.get(request.path):
            return web.Response(status=302, headers={"Location": place})
        if status := self.faults.addresses.get(request.path):
            return web.Response(status=int(status))
        file = self._files.get(request.path)
        if file is None:
            return web.Response(status=404, text="no such file")
        headers = {}
        if self.etags:
            headers["ETag"] = file.etag
        if self.dates:
            headers["Last-Modified"] = file.modified
        if self._has(call, file):
            return web.Response(status=304, headers=headers)
        return web.Response(body=file.body, content_type="text/calendar", charset="utf-8", headers=headers)

    def throttled(self, request: web.Request) -> web.Response:
        headers = {} if self.faults.retry_after is None else {"Retry-After": f"{self.faults.retry_after:g}"}
        return web.Response(status=self.faults.throttle_status or 429, headers=headers)

    def broken(self, request: web.Request) -> web.Response:
        return web.Response(status=500, text="internal error")

    def _may(self, call: Call) -> bool:
        if self.password is None:
            return True
        proof = b64encode(":".join(self.password).encode()).decode()
        return call.headers.get("authorization") == f"Basic {proof}"

    def _has(self, call: Call, file: _File) -> bool:
        """If-None-Match goes before If-Modified-Since (RFC 9110 13.2.2)."""
        known = call.headers.get("if-none-match")
        if self.etags and known is not None:
            return known == file.etag
        return self.dates and call.headers.get("if-modified-since") == file.modified
