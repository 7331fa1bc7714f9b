"""Tries one change in Microsoft 365: what became of it is a value, so that one failure spoils no other change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from protocols.errors import PeerError
from protocols.graph.errors import json_object, problem
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason


async def tried(
    send: Send, method: str, url: str, body: Mapping[str, Any] | None = None, *, as_of: datetime
) -> HttpResponse | PeerError:
    """The answer where it is one of success; what went wrong otherwise, with the time to wait."""
    response = await answered(send, method, url, body)
    return response if isinstance(response, PeerError) else problem(response, as_of) or response


async def answered(
    send: Send, method: str, url: str, body: Mapping[str, Any] | None = None
) -> HttpResponse | PeerError:  # fmt: skip
    """The answer whatever it says, for who reads more of a refusal than its code; PeerError where none came."""
    headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {})}
    try:
        return await send(
            HttpRequest(method, url, Headers(headers), b"" if body is None else orjson.dumps(body))
        )  # fmt: skip
    except PeerError as error:
        return error


def refused_with(error: PeerError, *statuses: int) -> bool:
    """Whether Graph itself refused with one of these statuses, which mean nothing but that: 400, 404, 409 and such."""
    said = error.detail.partition(" ")[2].partition(" ")[0]
    return error.reason is Reason.PEER_FAILED and said in {str(status) for status in statuses}


def done(response: HttpResponse | PeerError) -> PeerError | None:
    """None where a change was made: Graph says so with nothing, or with an object. What says success with anything else
    stands between us and Graph: GARBLED."""
    if isinstance(response, PeerError) or not response.body.strip():
        return response if isinstance(response, PeerError) else None
    try:
        json_object(response.body)
    except PeerError as error:
        return error
    return None


def message(response: HttpResponse | PeerError) -> str:
    """The words of a refusal in lower case, to be looked at and never logged: they hold names. "" where there are none.

    Where Graph has one code for many reasons nothing else tells them apart.
    """
    try:
        error = {} if isinstance(response, PeerError) else json_object(response.body).get("error")
    except PeerError:
        return ""
    told = error.get("message") if isinstance(error, dict) else None
    return told.lower() if isinstance(told, str) else ""
