"""What callers feel of a restart of every node, of new certificates and of 100,000 people in a new place: nothing."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import aiohttp

from bench import moves
from bench.balanced import HOST, Balanced, Manner, Node, balanced, eventually
from bench.questions import HEADERS, address, bodies_of_one_repeated, body
from bench.rows import Row
from bench.steady import Steady

PEOPLE: Final = 100_000
ENOUGH: Final = 2_000  # questions during each kind of change, at least
_MOVED: Final = "2020-01-01"
Change: TypeAlias = Callable[[Balanced, Node], Awaitable[None]]
_FAILED = partial(Row, name="rolling_restart_failed", unit="questions", at_most=0)


@dataclass(frozen=True, slots=True)
class Felt:
    """What happened meanwhile, how many questions were answered, and what became of the others."""

    what: str
    answered: int
    failed: dict[str, int]


async def rows(folder: Path, *, people: int = PEOPLE, enough: int = ENOUGH) -> list[Row]:
    """The questions that failed while everything was exchanged. NotStartedError, also where HAProxy is missing."""
    return [told(await rolled(folder, people=people, enough=enough))]


def told(felt: Sequence[Felt]) -> Row:
    """The figure, with what happened in words."""
    words = [f"{each.what} ({each.answered:,} answered)" for each in felt]
    failed = [f"{number} × {what}" for each in felt for what, number in each.failed.items()]
    value = sum(number for each in felt for number in each.failed.values())
    return _FAILED(value=float(value), note="; ".join([", ".join(words), *failed]))


async def rolled(folder: Path, *, people: int, enough: int) -> list[Felt]:
    """Each kind of change to both nodes in turn, under load, and ``enough`` questions meanwhile. NotStartedError."""
    async with balanced(folder, Manner(people=people)) as house:
        tls = ssl.create_default_context(cafile=str(house.ca))
        found = []
        for what, change in CHANGES.items():
            async with asked(house, tls) as steady:
                for node in house.nodes:
                    await change(house, node)
                await eventually(partial(_has_answered, steady, enough), "too few questions were answered")
            found.append(Felt(what, steady.answered, dict(steady.failed)))
        return found


@asynccontextmanager
async def asked(house: Balanced, tls: ssl.SSLContext | None) -> AsyncIterator[Steady]:
    """Callers of the balancer who ask as long as the block lasts, and have had an answer each before it begins."""
    steady = Steady(HOST, house.port, bodies_of_one_repeated(datetime.now(UTC).date()), tls=tls)
    stop = asyncio.Event()
    asking = asyncio.create_task(steady.until(stop))
    try:
        await eventually(partial(_has_answered, steady, steady.callers), "nobody was answered")
        yield steady
    finally:
        stop.set()
        await asking


async def _has_answered(steady: Steady, number: int) -> bool:
    return steady.answered + steady.failed.total() >= number


async def swap(house: Balanced, node: Node) -> None:
    """A new certificate; returns as soon as the node shows it."""
    await eventually(partial(_shows, house, node, await node.renew_certificate()), "the old certificate is shown still")


async def _shows(house: Balanced, node: Node, certificate: bytes) -> bool:
    tls = ssl.create_default_context(cafile=str(house.ca))
    _, writer = await asyncio.open_connection(HOST, node.port, ssl=tls)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return bool(shown == certificate)


async def move(house: Balanced, node: Node) -> None:
    """Everybody on the list goes to the other side; returns as soon as the node asks there."""
    await asyncio.to_thread(moves.write, node.folder, house.people, _MOVED)
    await eventually(partial(_asks_there, house, node), "the move is not in force")


async def _asks_there(house: Balanced, node: Node) -> bool:
    tls = ssl.create_default_context(cafile=str(house.ca))
    probe = body([address(0, "mover")], datetime.now(UTC).date())
    url = f"https://{HOST}:{node.port}/EWS/Exchange.asmx"
    async with aiohttp.ClientSession() as session, session.post(url, data=probe, headers=HEADERS, ssl=tls) as answer:
        return b"mover000000@contoso.example" in await answer.read()


CHANGES: Final[Mapping[str, Change]] = {"restarts": Balanced.restart, "new certificates": swap, "a new list": move}
"""What is done to one node after the other."""
