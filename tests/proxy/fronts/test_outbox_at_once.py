"""The outbox answers at once what it answers the long way, to the letter, and refuses what it refuses."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from protocols.caldav.resources import OUTBOX
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.wiring import Proxy
from tests.proxy.fronts.test_outbox import BOB, CALENDAR, message
from tests.proxy.served import Busy, login, serving


class _Shelf(Busy):
    """Everybody's answer is ready, but of those who are asked about for the first time."""

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        """See proxy.connector.Ready."""
        answers = self.answers(mailboxes, question)
        return [each if box.address in self.asked else None for box, each in zip(mailboxes, answers, strict=True)]


@asynccontextmanager
async def _line(proxy: Proxy) -> AsyncIterator[aiohttp.ClientSession]:
    """One connection, on which the caller has proved itself and asked about Bob."""
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(proxy.url, connector=connector, headers={**login(), **CALENDAR}) as session:
        async with session.post(OUTBOX, data=message(f"mailto:{BOB}")) as answer:
            assert answer.status == 200
        yield session


def _at_once(proxy: Proxy) -> int:
    text = proxy.metrics.exposition()[0].decode()
    return int(float(text.partition("\nbusyline_answered_at_once_total ")[2].split()[0]))


async def test_the_answer_is_the_same_to_the_letter(tmp_path: Path) -> None:
    changing = ("date", "x-request-id", "request-id")
    asked = message(f"mailto:{BOB}", "mailto:nobody@elsewhere.example")
    async with serving(tmp_path, connector=_Shelf()) as proxy, _line(proxy) as session:
        answers = []
        for path in (OUTBOX.upper(), OUTBOX, OUTBOX, OUTBOX):  # the first goes the long way
            async with session.post(path, data=asked) as answer:
                headers = frozenset(
                    (name, told) for name, told in answer.headers.items() if name.lower() not in changing
                )
                answers.append((answer.status, headers, await answer.read()))
        assert _at_once(proxy) == 3
    assert len(set(answers)) == 1
    assert b"FREEBUSY;FBTYPE=BUSY:20261123T090000Z/20261123T100000Z" in answers[0][2]


@pytest.mark.parametrize(
    ("body", "path", "status"),
    [
        (message(f"mailto:{BOB}", organizer="mailto:somebody@else.example"), OUTBOX, 403),
        (message(f"mailto:{BOB}", UID="NO-UID"), OUTBOX, 400),
        (message(f"mailto:{BOB}"), "/caldav/", 403),
        (message(f"mailto:{BOB}"), "/caldav", 403),
        (message(f"mailto:{BOB}", "tel:4711"), OUTBOX, 200),
        (message("mailto:ann@fabrikam.example"), OUTBOX, 200),
    ],
)
async def test_whatever_is_not_plain_takes_the_long_way(tmp_path: Path, body: bytes, path: str, status: int) -> None:
    async with serving(tmp_path, connector=_Shelf()) as proxy, _line(proxy) as session:
        async with session.post(path, data=body) as answer:
            assert answer.status == status, await answer.text()
            assert answer.headers["DAV"]
        assert _at_once(proxy) == 0
