"""Answers the servers that call a hook: at once, with nothing that tells a stranger anything."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from calsync.notices.hook import LONGEST, Hook, named_by
from calsync.notices.news import ByUrl, News, Read
from protocols.errors import Fault, RequestError
from service.body import whole
from service.state.errors import StateError

_MOST: Final = 1024 * 1024
"""Octets of a message. Graph tells up to some hundred changes in one, without any content."""
_MOST_OF_STRANGERS: Final = 64 * 1024
"""Octets of one that is read although nobody proved to have sent it: some hundred events of Exchange's."""
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

    Messages at a URL with a secret in it are those of ``by_url``, whose words answer them, with 200. Whether the hook
    is unknown or the secret wrong cannot be told apart: a message is told to end, and anything else gets 404.
    """

    def __init__(self, find: Find, heard: Heard, *, reads: tuple[Read, ...], by_url: ByUrl | None = None) -> None:
        self._find, self._heard, self._reads, self._by_url = find, heard, reads, by_url

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The whole answer. Never raises, but when it is cancelled."""
        try:
            name, secret = named_by(request.path)
            hook = await self._find(name) if name else None
            if secret and self._by_url is not None:
                return await self._called(hook, secret, request, self._by_url)
            return await self._answered(hook if not secret else None, request)
        except RequestError as error:
            return _plain(_STATUSES.get(error.fault, 400))
        except StateError as error:
            _log.error("hook_not_looked_up", note=str(error))
            return _plain(503, **{"Retry-After": "30"})

    async def _answered(self, hook: Hook | None, request: web.BaseRequest) -> web.Response:
        if hook is None:
            return _plain(404)
        if request.method != "POST":
            return _plain(405, Allow="POST")
        if (token := request.query.get("validationToken")) is not None:
            return _echo(token)
        return self._told(hook, request, await whole(request, _MOST))

    async def _called(self, hook: Hook | None, secret: str, request: web.BaseRequest, by_url: ByUrl) -> web.Response:
        if hook is not None and not hook.proved(secret):
            _log.warning("hook_not_proved", hub=hook.hub, spoke=hook.spoke)
            hook = None
        if request.method != "POST":
            return _plain(405, Allow="POST") if hook is not None else _plain(404)
        body = await whole(request, _MOST if hook is not None else _MOST_OF_STRANGERS)
        try:
            told = by_url.read(request.headers, body)
        except ValueError:
            return _plain(400 if hook is not None else 404)
        if hook is None:
            return web.Response(body=by_url.ends, content_type=by_url.kind, charset="utf-8")
        for said in told:
            self._heard(hook, News(said, secret))
        return web.Response(body=by_url.goes_on, content_type=by_url.kind, charset="utf-8")

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
    if len(token) > LONGEST:
        return _plain(400)
    return web.Response(text=token, headers={"X-Content-Type-Options": "nosniff"})


def _plain(status: int, **headers: str) -> web.Response:
    return web.Response(status=status, headers=headers)
