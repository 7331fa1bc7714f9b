"""A hundred people more in each company of the merger, the proxy before all of them, and ways to ask and to judge."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import aiohttp

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from service.wire import client_context
from simulation.estate import Estate, united
from tests.clients.estate_proxy import LOOKER, OUTSIDE_CALLER, EstateProxy
from tests.protocols.ews.samples import asking
from tests.proxy.served import EWS, XML, login

TODAY = datetime.now(UTC).date()
MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
WEEK = TimeWindow(MIDNIGHT, MIDNIGHT + timedelta(days=7))
BUSY, DETAILS = Question(window=WEEK), Question(window=WEEK, detail=Detail.DETAILS)
MODELS = {"contoso": "grace.miller@contoso.example", "northwind": LOOKER, "fabrikam": "frieda.lang@fabrikam.example"}
MORE_CALLERS = """
[[callers]]
name = "hurried"
basic = { usernames = ["hurried@merger.example"], password = "file:caller.hash" }
may_ask = ["*"]
deadline = "700ms"

[[callers]]
name = "from-contoso"
basic = { usernames = ["exchange@contoso.example"], password = "file:caller.hash" }
may_ask = ["*"]
sees = "details"
never_via = ["contoso"]
"""
World: TypeAlias = Callable[..., AbstractAsyncContextManager[EstateProxy]]


def crowded() -> Estate:
    """The merger with a hundred people more in each company."""
    estate = Estate(TODAY)
    for company, model in MODELS.items():
        for number in range(100):
            address = f"crowd{number}@{company}.example"
            estate.mailboxes[address] = replace(estate.mailboxes[model], address=address, number=number)
    return estate


ESTATE = crowded()


def crowd(company: str, count: int = 100, start: int = 0) -> list[Mailbox]:
    """Some of the people more, from number ``start`` on."""
    return [Mailbox.parse(f"crowd{number}@{company}.example") for number in range(start, start + count)]


async def ask(
    here: EstateProxy, mailboxes: Sequence[Mailbox], question: Question = BUSY, *, caller: str = "outside"
) -> list[Answer]:
    """What ``caller`` is answered, before it is written down."""
    return await here.proxy.asker(caller).lookup(mailboxes, question)


def right(answer: Answer) -> bool:
    """Whether just the time that the estate has taken is taken."""
    if not isinstance(answer, Availability) or answer.unknown:
        return False
    blocks = [i.window for i in answer.intervals if i.status > BusyStatus.WORKING_ELSEWHERE]
    return united(blocks, WEEK) == ESTATE.expected_busy(answer.mailbox.address, WEEK)


def reasons(answers: Sequence[Answer]) -> set[Reason | None]:
    """Why nothing is known; None where the answer is right."""
    assert all(isinstance(answer, Unavailable) or right(answer) for answer in answers)
    return {answer.reason if isinstance(answer, Unavailable) else None for answer in answers}


def question(mailboxes: Sequence[Mailbox], rest: str = "") -> bytes:
    """The week, as an EWS client asks for it."""
    start, end = (instant.replace(tzinfo=None).isoformat() for instant in (WEEK.start, WEEK.end))
    return asking(*(mailbox.address for mailbox in mailboxes), start=start, end=end, rest=rest)


@asynccontextmanager
async def at_the_door(
    here: EstateProxy, caller: str = OUTSIDE_CALLER
) -> AsyncIterator[Callable[[bytes], Awaitable[bytes]]]:
    """Sends a body and gives the answer's, over TLS."""
    connector = aiohttp.TCPConnector(limit=0, ssl=client_context(here.ca))
    async with aiohttp.ClientSession(connector=connector, headers={**XML, **login(caller)}) as session:

        async def send(body: bytes) -> bytes:
            async with session.post(here.url + EWS, data=body) as answer:
                assert answer.status == 200
                return await answer.read()

        yield send
