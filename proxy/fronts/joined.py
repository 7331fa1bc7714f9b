"""``/metrics`` of several processes at once: their numbers are asked for, and answered as those of one service."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from proxy.fronts.answers import READ, not_allowed
from proxy.fronts.record import Record


class JoinedMetricsFront:
    """In the text format of Prometheus; ``exposition`` brings the text and its Content-Type, and waits for nobody."""

    name = "metrics"

    def __init__(self, exposition: Callable[[], Awaitable[tuple[bytes, str]]]) -> None:
        self._exposition = exposition

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Everything that all have counted so far."""
        if request.method not in READ:
            return not_allowed(*READ)
        body, content_type = await self._exposition()
        return web.Response(body=body, headers={"Content-Type": content_type})
