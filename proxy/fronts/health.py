"""For whoever watches over the process: is it alive, does it take questions, what has it done so far."""

from collections.abc import Callable

from aiohttp import web

from proxy.fronts.answers import READ, not_allowed, plain
from proxy.fronts.record import Record


class HealthFront:
    """``/healthz``: the process answers. ``/readyz``: it takes questions; 503 before the start and while stopping."""

    name = "health"

    def __init__(self, ready: Callable[[], bool]) -> None:
        self._ready = ready

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """200 or 503, with a word of plain text."""
        if request.method not in READ:
            return not_allowed(*READ)
        if request.path.lower().startswith("/readyz") and not self._ready():
            return plain("not ready", status=503)
        return plain("ok", status=200)


class MetricsFront:
    """``/metrics`` in the text format of Prometheus."""

    name = "metrics"

    def __init__(self, exposition: Callable[[], tuple[bytes, str]]) -> None:
        self._exposition = exposition

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """Everything counted so far."""
        if request.method not in READ:
            return not_allowed(*READ)
        body, content_type = self._exposition()
        return web.Response(body=body, headers={"Content-Type": content_type})
