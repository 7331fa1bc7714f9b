"""What the tests of the JSON dialects share: a caller on a socket, connectors with something to say, refusals."""

import gzip
import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from proxy.wiring import Proxy
from tests.proxy.served import BLOCK, NOW, login

SUBJECT, PLACE = "Merger talks with Tailspin", "Boardroom 7"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The whole document."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class Company:
    """Ann is busy with a subject; Nobody does not exist; Doubt is half unknown; all others fail by their names."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """One answer per mailbox."""
        self.questions.append(question)
        return [self._answer(mailbox, question) for mailbox in mailboxes]

    def _answer(self, mailbox: Mailbox, question: Question) -> Answer:
        if mailbox.local in {reason.value for reason in Reason}:
            return Unavailable(mailbox=mailbox, reason=Reason(mailbox.local), detail=SUBJECT)
        details = EventDetails(subject=SUBJECT, location=PLACE)
        return Availability(
            mailbox=mailbox,
            window=question.window,
            intervals=Intervals.pack([BusyInterval(BLOCK, BusyStatus.BUSY, details)]),
            detail=question.detail,
            unknown=(BLOCK,) if mailbox.local == "doubt" else (),
            source="script",
            as_of=NOW,
        )


async def ask(
    proxy: Proxy,
    path: str,
    body: Any,
    *,
    method: str = "POST",
    headers: dict[str, str] | None = None,
    proven: bool = True,
) -> Told:
    """What comes back; ``body`` is JSON or bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Content-Type": "application/json", **(login() if proven else {}), **(headers or {})}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, proxy.url + path, data=data, headers=fields) as response,
    ):
        return Told(response.status, response.headers, await response.read())


def zipped(body: Any) -> bytes:
    """The same, compressed."""
    return gzip.compress(json.dumps(body).encode())


def waiting_for_continue(proxy: Proxy, path: str, body: Any) -> tuple[bytes, bytes]:
    """What a caller reads before it sends the body, and after it. Blocks: call it in a thread."""
    host, port = urlsplit(proxy.url).hostname, urlsplit(proxy.url).port
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        f"Authorization: {login()['Authorization']}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((host or "", port or 0), timeout=10) as connection:
        connection.sendall(head.encode())
        first = connection.recv(4096)
        connection.sendall(data)
        rest = b""
        while part := connection.recv(65_536):
            rest += part
    return first, rest
