"""Keeps questions from going in circles: each Busyline on the way writes its name, and refuses what bears its own.

The header is ours. Systems that ask anew for their own users (Exchange does) drop it; against circles through them
stands ``never_via``.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Answer, Question, Reason, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector

HEADER: Final = "Busyline-Hops"
_MOST: Final = 5  # systems on the way; more is a circle that somebody hides
_NAME: Final = re.compile(r"[0-9a-f]{16}")


def hop_of(public_url: str) -> str:
    """The name under which the Busyline at ``public_url`` is known on the way."""
    return hashlib.sha256(public_url.encode()).hexdigest()[:16]


def hops_in(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The hops that a request came through, the nearest last; what is no hop's name is left out."""
    written = headers.get(HEADER)
    return tuple(_NAME.findall(written[:1000])) if written else ()


def onward(send: Send, question: Question, hop: str) -> Send:
    """``send`` for what ``question`` makes us ask: it tells the hops so far, and ours."""
    value = ", ".join((*question.hops, hop))

    async def sent(request: HttpRequest) -> HttpResponse:
        headers = request.headers.set(HEADER, value)
        return await send(HttpRequest(request.method, request.url, headers, request.body))

    return sent


class Loopless:
    """Answers LOOP for every mailbox of a question that has been here; ``refused`` counts such questions."""

    def __init__(self, inner: Connector, *, hop: str, refused: "Counter") -> None:
        self._inner, self._hop, self._refused = inner, hop, refused

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        hops = question.hops
        if hops and (self._hop in hops or len(hops) >= _MOST):
            self._refused.count += 1
            return all_unavailable(mailboxes, Reason.LOOP, detail="the question has been here before")
        return await self._inner.lookup(mailboxes, question)


class Counter:
    """How often something happened since the start."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0
