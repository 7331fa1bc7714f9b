"""Answers the servers that call a hook: at once, with nothing that tells a stranger anything."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from calsync.notices.hook import PATH, Hook
from calsync.notices.news import News, Read
from protocols.errors import Fault, RequestError
from service.body import whole
from service.state.errors import StateError

_MOST: Final = 1024 * 1024
"""Octets of a message. Graph tells up to some hundred changes in one, without any content."""
_LONGEST: Final = 2048
"""Characters of a token that is echoed, and of a path."""
_STATUSES: Final = {Fault.TOO_LARGE: 413, Fault.TOO_SLOW: 408, Fault.UNSUPPORTED_TYPE: 415}
_log = structlog.get_logger("busyline.notices")

Find = Callable[[str], Awaitable[Hook | None]]
"""The hook of that name, None where there is none. May raise StateError."""
Heard = Callable[[Hook, News], None]
"""Told of each message that was proved."""


class HookFront:
    """``read`` understands the messages of every dialect that has hooks; the first that can read one does.

    Graph validates a hook before it promises anything: whatever ``validationToken`` says is given back as plain text
    (Graph, "Receive change notifications through webhooks"). A message is answered before anybody looks at the
    changes: 202 where at least one in it is proved, else 403.
    """

    def __init__(self, find: Find, heard: Heard, *, reads: tuple[Read, ...]) -> None:
        self._find, self._heard, self._reads = find, heard, reads

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The whole answer. Never raises, but when it is cancelled."""
        try:
            hook = await self._hook(request)
            if hook is None:
                return _plain(404)
            if request.method != "POST":
                return _plain(405, Allow="POST")
            if (token := request.query.get("validationToken")) is not None:
                return _echo(token)
            return self._told(hook, request, await whole(request, _MOST))
        except RequestError as error:
            return _plain(_STATUSES.get(error.fault, 400))
        except StateError as error:
            _log.error("hook_not_looked_up", note=str(error))
            return _plain(503, **{"Retry-After": "30"})

    async def _hook(self, request: web.BaseRequest) -> Hook | None:
        name = request.path.removeprefix(PATH)
        if not request.path.startswith(PATH) or not 0 < len(name) < _LONGEST or not name.isalnum():
            return None
        return await self._find(name)

    def _told(self, hook: Hook, request: web.BaseRequest, body: bytes) -> web.Response:
        proved = [news for news in self._news(request, body) if hook.proved(news.secret)]
        if not proved:
            _log.warning("hook_not_proved", hub=hook.hub, spoke=hook.spoke)
            return _plain(403)
        for news in proved:
            self._heard(hook, news)
        return _plain(202)

    def _news(self, request: web.BaseRequest, body: bytes) -> list[News]:
        for read in self._reads:
            try:
                return list(read(request.headers, body))
            except ValueError:
                continue
        raise RequestError(Fault.MALFORMED, "no message of any dialect that has hooks")


def _echo(token: str) -> web.Response:
    if len(token) > _LONGEST:
        return _plain(400)
    return web.Response(text=token, headers={"X-Content-Type-Options": "nosniff"})


def _plain(status: int, **headers: str) -> web.Response:
    return web.Response(status=status, headers=headers)
