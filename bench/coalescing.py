"""A thousand askers of the same thing at the same moment: how often the upstream hears of it."""

import asyncio
import resource
from datetime import UTC, datetime

from bench.questions import EVENTS, address, body, first_day
from bench.rows import Row
from bench.served import Served

ASKERS = 1_000
_DELAY = 2.0  # seconds: all have asked before the upstream answers the first


async def rows(served: Served, *, askers: int = ASKERS, delay: float = _DELAY) -> list[Row]:
    """coalesced_upstream_calls. Every asker must get the whole answer."""
    room_for(askers + 100)
    question = body([address(0, "crowd")], first_day(0, datetime.now(UTC).date()))
    before = await served.upstream_calls()
    await served.delay_upstream(delay)
    try:
        await asyncio.gather(*(served.ask(question, whole=(1, EVENTS)) for _ in range(askers)))
    finally:
        await served.delay_upstream(0)
    calls = await served.upstream_calls() - before
    note = f"{askers:,} askers"
    return [Row(name="coalesced_upstream_calls", value=calls, unit="calls", at_most=1, note=note)]


def room_for(sockets: int) -> None:
    """Let this process, and those it starts later, have that many sockets. ValueError where that is forbidden."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < sockets:
        resource.setrlimit(resource.RLIMIT_NOFILE, (sockets, hard))
