"""A calendar of a CalDAV server in memory, for who looks at what is written rather than at how servers differ."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from calsync.spokes.caldav import CaldavCalendar
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Event
from tests.calsync.spokes.pairs.sides import Side
from tests.contracts.spoke_world import NOW, Stage
from tests.protocols.caldav.sync_samples import PATH, URL, data, etag, gone, many, there

_KIND = "<resourcetype><collection/><C:calendar/></resourcetype>"
_HREF = re.compile(rb"<D:href>([^<]+)</D:href>")


@dataclass(slots=True)
class Store:
    """``texts`` by path, each with the number of its state."""

    texts: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        self.requests.append(f"{request.method} {request.url}\n\n".encode() + request.body)
        path = unquote(urlsplit(request.url).path)
        if request.method == "PROPFIND":
            return many(there(PATH, _KIND))
        if request.method == "REPORT":
            return many(*(self._told(href.decode()) for href in _HREF.findall(request.body)))
        state, _ = self.texts.get(path, (0, b""))
        wanted, unless = request.headers.get("If-Match"), request.headers.get("If-None-Match")
        if (wanted and wanted != f'"{state}"') or (unless and state):
            return HttpResponse(412, Headers(), b"")
        if request.method == "DELETE":
            self.texts.pop(path, None)
        else:
            self.texts[path] = (state + 1, request.body)
        return HttpResponse(204, Headers(), b"")

    def _told(self, href: str) -> str:
        path = unquote(href)
        if path not in self.texts:
            return gone(href)
        state, text = self.texts[path]
        return there(href, etag(str(state)), data(text))


@asynccontextmanager
async def caldav() -> AsyncIterator[Side[Event]]:
    """A calendar without anybody who works in it."""
    store = Store()
    user: Any = None
    spoke = CaldavCalendar("dav", store.send, url=URL, clock=lambda: NOW)
    yield Side(stage=Stage(spoke=spoke, user=user, wire=lambda: list(store.requests), expire=lambda: None))
