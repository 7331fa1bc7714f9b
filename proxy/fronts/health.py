"""For whoever watches over the process: is it alive, does it take questions, what has it done so far."""

from collections.abc import Callable

from aiohttp import web

from proxy.fronts.answers import READ, not_allowed, plain
from proxy.fronts.record import Record


class HealthFront:
    """``/healthz``: the process answers. ``/readyz``: it takes questions; 503 before the start and while stopping.

    ``doubts`` are reasons in words for which callers would turn away, such as a certificate that expired; with any of
    them ``/readyz`` is 503 as well, and whenever it is, it names them. ``notes`` are words for an operator, for which
    nobody need turn away.
    """

    name = "health"

    def __init__(
        self,
        ready: Callable[[], bool],
        *,
        doubts: Callable[[], list[str]] = list,
        notes: Callable[[], list[str]] = list,
    ) -> None:
        self._ready, self._doubts, self._notes = ready, doubts, notes

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """200 or 503, with plain text."""
        if request.method not in READ:
            return not_allowed(*READ)
        if not request.path.lower().startswith("/readyz"):
            return plain("ok", status=200)
        ready, doubts = self._ready(), self._doubts()
        if doubts or not ready:
            return plain("\n".join(["not ready", *doubts]), status=503)
        return plain("\n".join(["ok", *self._notes()]), status=200)


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
