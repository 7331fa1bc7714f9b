"""What is answered at once is answered as ever: the same bytes, the same counts, the same refusals."""

import asyncio
import gzip
import io
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from structlog.testing import capture_logs

from protocols.model.caller import Caller
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.auth import Knock
from proxy.capture.heard import Heard
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.ews import EwsFront
from proxy.fronts.schema import SchemaFront
from proxy.hops import HEADER, Circles, Loopless, hop_of
from proxy.server import Server
from proxy.wiring import Proxy
from service import logs
from service.addresses import ListenAddress
from service.door import Door
from service.metrics import Metrics
from service.prompt import Shortcut
from tests.proxy.served import EWS, NOW, PUBLIC, USER, XML, Busy, login, question, serving

_GUID = "6a3b1c9e-0000-4000-8000-00000000abcd"
_PROOF = f"Authorization: {login()['Authorization']}"


class _Anybody:
    async def identify(self, _: Knock) -> Caller:
        return Caller("anybody", "Anybody", "basic")

    def recall(self, _: Knock) -> Caller:
        return Caller("anybody", "Anybody", "basic")

    def admit(self, caller: Caller, _: Knock) -> Caller:
        return caller


class _Shelf(Busy):
    """Everybody's answer is ready once somebody has asked for it."""

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        """See proxy.connector.Ready."""
        answers = self.answers(mailboxes, question)
        return [each if box.address in self.asked else None for box, each in zip(mailboxes, answers, strict=True)]


class _Line:
    """A raw connection to a proxy: one question after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, body: bytes, *, path: str = EWS, more: str = "", proof: str = _PROOF) -> tuple[bytes, bytes]:
        """The head and the body of the answer."""
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{proof}\r\nContent-Type: text/xml\r\n{more}"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        told = await self._reader.readuntil(b"\r\n\r\n")
        length = int(told.lower().partition(b"content-length:")[2].split()[0])
        return told, await self._reader.readexactly(length)


@asynccontextmanager
async def _line_to(proxy: Proxy) -> AsyncIterator[_Line]:
    reader, writer = await asyncio.open_connection(proxy.addresses[0].host, proxy.addresses[0].port)
    try:
        yield _Line(reader, writer)
    finally:
        writer.close()


def _at_once(proxy: Proxy) -> int:
    """How many answers were given at once."""
    text = proxy.metrics.exposition()[0].decode()
    return int(float(text.partition("\nbusyline_answered_at_once_total ")[2].split()[0]))


def _lasting(head: bytes) -> frozenset[bytes]:
    """The lines of a head, but for what differs with each answer."""
    changing = (b"Date", b"X-Request-Id", b"request-id")
    return frozenset(line for line in head.split(b"\r\n") if line.partition(b":")[0] not in changing)


async def test_an_answer_given_at_once_is_the_same_to_the_letter(tmp_path: Path) -> None:
    more = f"client-request-id: {_GUID}\r\nreturn-client-request-id: true\r\n"
    asked = question("ann@fabrikam.example", "Bob@Fabrikam.example", "x@elsewhere.example")
    with capture_logs() as events:
        async with serving(tmp_path, connector=_Shelf()) as proxy, _line_to(proxy) as line:
            answers = [await line.ask(asked, more=more) for _ in range(5)]
            assert _at_once(proxy) == 4
            counted = proxy.metrics.exposition()[0].decode()
    assert len({body for _, body in answers}) == 1
    assert len({_lasting(head) for head, _ in answers}) == 1
    ids = [re.search(rb"X-Request-Id: (\S+)\r\nrequest-id: (\S+)\r\n", head) for head, _ in answers]
    assert len({each[1] for each in ids if each and each[1] == each[2]}) == 5
    lines = [{**event, "ms": 0} for event in events if event["event"] == "request"]
    assert len(lines) == 5
    assert all(each == lines[0] for each in lines)
    assert 'busyline_requests_total{caller="northwind",front="ews",outcome="answered"} 5.0' in counted
    assert 'busyline_mailboxes_total{caller="northwind",outcome="known"} 10.0' in counted
    assert 'busyline_request_seconds_count{front="ews"} 5.0' in counted


async def test_what_takes_the_long_way_is_answered_as_ever(tmp_path: Path) -> None:
    asked = question("ann@fabrikam.example")
    others: list[dict[str, Any]] = [
        {"body": question("bob@fabrikam.example")},
        {"body": asked.replace(b"<soap:Body>", b"<soap:Body><!-- -->")},
        {"body": asked, "more": f"{HEADER}: {hop_of('http://other.example')}\r\n"},
        {"body": asked, "path": "/ews/exchange.ASMX"},
        {"body": gzip.compress(asked), "more": "Content-Encoding: gzip\r\n"},
    ]
    async with serving(tmp_path, connector=_Shelf()) as proxy, _line_to(proxy) as line:
        first = (await line.ask(asked))[1]
        for number, other in enumerate(others):
            head, body = await line.ask(**other)
            assert (head[:15], body) == (b"HTTP/1.1 200 OK", first)
            assert _at_once(proxy) == number
            await line.ask(asked)


@pytest.mark.parametrize(
    ("proof", "body", "status"),
    [
        (f"Authorization: {login(USER, 'wrong')['Authorization']}", question("ann@fabrikam.example"), b"401"),
        ("X-Nothing: shown", question("ann@fabrikam.example"), b"401"),
        (_PROOF, b"<not xml", b"500"),
        (_PROOF, question(*["ann@fabrikam.example"] * 101), b"500"),
    ],
)
async def test_whoever_was_let_in_once_is_refused_as_ever(
    tmp_path: Path, proof: str, body: bytes, status: bytes
) -> None:
    async with serving(tmp_path, connector=_Shelf()) as proxy, _line_to(proxy) as line:
        for _ in range(2):
            await line.ask(question("ann@fabrikam.example"))
        head, _ = await line.ask(body, proof=proof)
        assert head.split()[1] == status
        assert _at_once(proxy) == 1


async def test_a_rate_counts_what_is_answered_at_once(tmp_path: Path) -> None:
    asked = question("ann@fabrikam.example")
    async with serving(tmp_path, connector=_Shelf(), rate=1) as proxy, _line_to(proxy) as line:
        heads = [(await line.ask(asked))[0] for _ in range(6)]
        assert [head.split()[1] for head in heads] == [b"200"] * 4 + [b"500"] * 2
        assert _at_once(proxy) == 3


async def test_who_listens_hears_everything(tmp_path: Path) -> None:
    """Nothing is given at once while a capture needs the request and the answer whole."""
    heard: list[Heard] = []

    class Ears:
        listening = True

        def hear(self, each: Heard) -> None:
            heard.append(each)

    desk, ears = Desk(connector=Loopless(_Warm(), Circles())), Ears()
    front = EwsFront(
        entrance=Entrance(_Anybody()), desks={"anybody": desk}, schema=SchemaFront(PUBLIC), max_body=65_536
    )
    server = Server({EWS: front}, metrics=Metrics(), clock=lambda: NOW, listener=ears)
    async with (
        Door(server.handle, [ListenAddress("127.0.0.1", 0)], shortcut=Shortcut(at_once=server.at_once)) as door,
        aiohttp.ClientSession(headers=XML) as session,
    ):
        for ears.listening, given in ((True, 0), (True, 0), (False, 1), (True, 1)):
            async with session.post(f"http://{door.addresses[0]}{EWS}", data=question("a@b.example")) as told:
                assert told.status == 200
            assert server.answered_at_once == given
    assert len(heard) == 3


class _Warm(Busy):
    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See proxy.connector.Prompt."""
        return self.answers(mailboxes, question)


async def test_its_line_in_the_log_carries_the_id_that_the_caller_has(tmp_path: Path) -> None:
    stream = io.BytesIO()
    lines = logs.configure("json", stream=stream)
    async with serving(tmp_path, connector=_Shelf()) as proxy, _line_to(proxy) as line:
        heads = [(await line.ask(question("ann@fabrikam.example")))[0] for _ in range(3)]
        assert _at_once(proxy) == 2
    lines.flush()
    told = [orjson.loads(each) for each in stream.getvalue().splitlines()]
    found = [each["request_id"] for each in told if each["event"] == "request"]
    assert found == [head.partition(b"X-Request-Id: ")[2].split()[0].decode() for head in heads]


class _Faulty(_Shelf):
    """Has everything ready, and stumbles over it."""

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        """Raises, once somebody was asked about."""
        if self.asked:
            raise RuntimeError("the secret is hunter2")
        return super().ready(mailboxes, question)


async def test_a_fault_of_ours_on_the_short_way_is_logged_and_the_long_way_answers(tmp_path: Path) -> None:
    async with serving(tmp_path, connector=_Faulty()) as proxy, _line_to(proxy) as line:
        with capture_logs() as events:
            heads = [(await line.ask(question("ann@fabrikam.example")))[0] for _ in range(3)]
        assert [head[:15] for head in heads] == [b"HTTP/1.1 200 OK"] * 3
        assert _at_once(proxy) == 0
    assert [event["front"] for event in events if event["event"] == "not_answered_at_once"] == ["ews", "ews"]
