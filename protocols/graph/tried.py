"""Tries one change in Microsoft 365: what became of it is a value, so that one failure spoils no other change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from protocols.errors import PeerError
from protocols.graph.errors import problem
from protocols.http import Headers, HttpRequest, HttpResponse, Send


async def tried(
    send: Send, method: str, url: str, body: Mapping[str, Any] | None = None, *, as_of: datetime
) -> HttpResponse | PeerError:
    """The answer where it is one of success; what went wrong otherwise, with the time to wait."""
    headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {})}
    try:
        response = await send(
            HttpRequest(method, url, Headers(headers), b"" if body is None else orjson.dumps(body))
        )  # fmt: skip
    except PeerError as error:
        return error
    return problem(response, as_of) or response
