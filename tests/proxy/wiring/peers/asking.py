"""Asks a peer that is built from settings as they are written, against a simulated system."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from protocols.model.freebusy import Answer, Availability, Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Leaf
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.peers import Peer, peer
from simulation.estate import Estate

HOP, FORMER = "0123456789abcdef", "fedcba9876543210"
START = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = TimeWindow(START, START + timedelta(days=7))
BUSY, DETAILS = Question(window=WEEK, hops=(FORMER,)), Question(window=WEEK, detail=Detail.DETAILS)


def estate() -> Estate:
    """The merger, around a Monday in November."""
    return Estate(START.date())


async def built(written: dict[str, Any], directory: Path, stack: AsyncExitStack) -> Peer:
    """The peer of ``written``."""
    adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
    return await peer("x", adapter.validate_python(written), directory, stack, hop=HOP)


async def asked(
    written: dict[str, Any], directory: Path, addresses: Sequence[str], question: Question = BUSY
) -> list[Answer]:
    """What the first account of the peer answers."""
    async with AsyncExitStack() as stack:
        leaf = Leaf("x", (await built(written, directory, stack)).asks[0], lambda: START)
        return await leaf.lookup([Mailbox.parse(address) for address in addresses], question)


def windows(answer: Answer) -> list[TimeWindow]:
    """The blocks that take time."""
    assert isinstance(answer, Availability), answer
    return [block.window for block in answer.intervals if block.status]
