"""What a capture hears of a request that was just answered: taken from aiohttp's types into one of ours."""

from datetime import datetime

from aiohttp import web

from proxy.capture.heard import Heard
from proxy.fronts.record import Record


def overheard(
    request: web.BaseRequest, record: Record, response: web.Response, *, outcome: str, at: datetime, seconds: float
) -> Heard:
    """The request and its answer, before the answer goes out."""
    transport = request.transport
    cipher = transport.get_extra_info("cipher") if transport is not None else None
    tls = transport.get_extra_info("ssl_object") if transport is not None else None
    url = request.rel_url
    return Heard(
        at=at,
        seconds=seconds,
        front=record.front,
        caller=record.caller,
        operation=record.operation,
        outcome=outcome,
        refused=record.refused,
        method=request.method,
        path=url.raw_path,
        query=url.raw_query_string,
        version=f"{request.version.major}.{request.version.minor}",
        headers=tuple(request.headers.items()),
        body=record.body,
        status=response.status,
        answer_headers=tuple(response.headers.items()),
        answer=response.body if isinstance(response.body, bytes) else b"",
        peer=request.remote or "",
        forwarded=request.headers.get("X-Forwarded-For", ""),
        tls=(tls.version() or "", cipher[0]) if tls is not None and cipher else (),
    )
