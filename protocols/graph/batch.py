"""Sends many requests to Graph in one: each has an answer of its own, and one that fails spoils no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.graph.errors import people_object, problem
from protocols.graph.paging import api
from protocols.graph.tried import tried
from protocols.http import Headers, HttpResponse, Send
from protocols.model.freebusy import Reason

MOST: Final = 20
"""Requests in one batch (Graph, JSON batching: batch size limitations)."""
_DOUBT: Final = frozenset({Reason.TIMEOUT, Reason.UNREACHABLE, Reason.GARBLED, Reason.PEER_FAILED, Reason.INCOMPLETE})
_NOT_DONE: Final = "HTTP 4"  # the request was understood, and refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One request of a batch; ``path`` begins with / and lies below Graph's version."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one request. ``status`` is 0 where none was told; ``failure`` is None where it was done.

    ``doubt``: it failed, and nobody knows whether it was done nevertheless.
    """

    status: int
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    failure: PeerError | None = None

    @property
    def doubt(self) -> bool:
        """Whether a change may have been made all the same."""
        failure = self.failure
        return failure is not None and failure.reason in _DOUBT and not failure.detail.startswith(_NOT_DONE)


async def batch(send: Send, parts: Sequence[Part], *, api_url: str, as_of: datetime) -> list[Answer]:
    """One answer for each of ``parts`` (MOST at most), in their order; Graph does them and answers in any.

    Where the batch as a whole fails, that is the answer of each. ``as_of`` is the clock of Retry-After.
    """
    if len(parts) > MOST:
        raise ValueError(f"{len(parts)} requests in one batch: Graph takes {MOST}")
    if not parts:
        return []
    body = {"requests": [_request(str(number), part) for number, part in enumerate(parts)]}
    response = await tried(send, "POST", f"{api(api_url)}/$batch", body, as_of=as_of)
    if isinstance(response, PeerError):
        return [Answer(status=0, failure=response)] * len(parts)
    try:
        told = _by_id(response.body)
    except PeerError as error:
        return [Answer(status=0, failure=error)] * len(parts)
    return [_answer(told.get(str(number)), as_of) for number in range(len(parts))]


def _request(number: str, part: Part) -> dict[str, Any]:
    request: dict[str, Any] = {"id": number, "method": part.method, "url": part.path}
    if part.body is None:
        return request | ({"headers": dict(part.headers)} if part.headers else {})
    return request | {"headers": {"Content-Type": "application/json", **part.headers}, "body": part.body}


def _by_id(body: bytes) -> dict[str, Mapping[str, Any]]:
    told = people_object(body).get("responses")
    if not isinstance(told, list):
        raise PeerError(Reason.GARBLED, "the answer of a batch without its responses")
    found: dict[str, Mapping[str, Any]] = {}
    for each in told:
        if not isinstance(each, dict) or str(each.get("id")) in found:
            raise PeerError(Reason.GARBLED, "the answer of a batch answers one request twice, or none")
        found[str(each.get("id"))] = each
    return found


def _answer(told: Mapping[str, Any] | None, as_of: datetime) -> Answer:
    status = told.get("status") if told is not None else None
    if told is None or not isinstance(status, int):
        return Answer(status=0, failure=PeerError(Reason.INCOMPLETE, "the batch does not say what became of this one"))
    body, headers = told.get("body"), told.get("headers")
    if 200 <= status < 300:
        return Answer(status=status, body=body if isinstance(body, dict) else {})
    fields = headers if isinstance(headers, dict) else {}
    response = HttpResponse(
        status, Headers({str(name): str(value) for name, value in fields.items()}), orjson.dumps(body)
    )
    return Answer(status=status, failure=problem(response, as_of))
