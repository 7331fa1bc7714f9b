"""$batch of the simulated Graph: twenty requests in one, four at a time of each mailbox, answered in any order."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from simulation.graph.mailbox_limits import AT_ONCE, Reply, refusal
from simulation.graph.schedule import GraphRefusal

MOST: Final = 20
PATH: Final = "/v1.0/$batch"
Run: TypeAlias = Callable[[str, str, Mapping[str, str], Any], Awaitable[Reply]]
"""Method, path with its query, headers in lower case, body: what one request of the batch is answered."""


async def answered(body: Any, run: Run, mailbox_of: Callable[[str], str]) -> dict[str, Any]:
    """The answer to a whole batch. Raises GraphRefusal where it is none."""
    requests = _requests(body)
    lanes: dict[str, asyncio.Semaphore] = {}
    tasks: dict[str, asyncio.Task[Reply]] = {}
    told: list[dict[str, Any]] = []

    async def one(number: str, request: Mapping[str, Any]) -> Reply:
        lane = lanes.setdefault(mailbox_of(str(request["url"])), asyncio.Semaphore(AT_ONCE))
        before = [await tasks[other] for other in request.get("dependsOn", ())]
        if any(each.status >= 400 for each in before):
            reply = refusal(424, "FailedDependency", "A request that this one depends on failed.")
        else:
            async with lane:
                reply = await run(str(request["method"]), str(request["url"]), _headers(request), request.get("body"))
        told.append({"id": number, "status": reply.status, "headers": dict(reply.headers), "body": reply.body})
        return reply

    async with asyncio.TaskGroup() as group:
        for request in requests:
            number = str(request["id"])
            tasks[number] = group.create_task(one(number, request))
    return {"responses": told}


def _requests(body: Any) -> list[Mapping[str, Any]]:
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not all(isinstance(each, dict) for each in requests):
        raise GraphRefusal(400, "BadRequest", "Invalid batch payload format.")
    if len(requests) > MOST:
        text = f"Number of batch request steps exceeds the maximum value of {MOST}."
        raise GraphRefusal(400, "MaximumValueExceeded", text)
    seen: set[str] = set()
    for each in requests:
        whole = {"id", "method", "url"} <= each.keys() and str(each["url"]).startswith("/")
        if not whole or str(each["id"]) in seen or not seen.issuperset(each.get("dependsOn", ())):
            raise GraphRefusal(400, "BadRequest", "Invalid batch payload format.")
        if "body" in each and "content-type" not in _headers(each):
            text = "Write request id : {} does not contain Content-Type header or body."
            raise GraphRefusal(400, "BadRequest", text.format(each["id"]))
        seen.add(str(each["id"]))
    return requests


def _headers(request: Mapping[str, Any]) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in (request.get("headers") or {}).items()}
