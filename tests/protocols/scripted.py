"""A peer that says what its script says: a whole conversation without network and without event loop."""

from collections.abc import Coroutine
from typing import Any, TypeVar

import orjson

from protocols.http import Headers, HttpRequest, HttpResponse

T = TypeVar("T")


class Peer:
    """A Send that gives its answers one by one, raising those that are errors, and keeps the requests."""

    def __init__(self, *answers: HttpResponse | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[HttpRequest] = []

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(conversation: Coroutine[Any, Any, T]) -> T:
    """What the conversation returns. It must not wait for anything but its Send."""
    try:
        conversation.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("the conversation waits for something else than its Send")


def json(document: object, status: int = 200, **headers: str) -> HttpResponse:
    """An answer in JSON; a header's name is written with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, Headers({"Content-Type": "application/json", **fields}), orjson.dumps(document))


def html(status: int = 200) -> HttpResponse:
    """A page of something that stands in the way."""
    return HttpResponse(status, Headers({"Content-Type": "text/html"}), b"<!DOCTYPE html><html><body>Sign in</body>")
