"""Keeps questions from going in circles: each Busyline on the way writes its name, and refuses what bears its own.

The header is ours. Systems that ask anew for their own users (Exchange does) drop it; against circles through them
stands ``never_via``.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Answer, Question, Reason, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector, at_once_of

HEADER: Final = "Busyline-Hops"
_MOST: Final = 5  # systems on the way; more is a circle that somebody hides
_NAME: Final = re.compile(r"[0-9a-f]{16}")


def hop_of(public_url: str) -> str:
    """The name under which the Busyline at ``public_url`` is known on the way."""
    return hashlib.sha256(public_url.encode()).hexdigest()[:16]


def hops_in(lines: Iterable[str]) -> tuple[str, ...]:
    """The hops that the header ``lines`` of a request tell, the nearest last; what is no hop's name is left out.

    Of more than are borne only the first are told, which are too many already.
    """
    names = (name for line in lines for name in _NAME.findall(line))
    return tuple(islice(names, _MOST))


def onward(send: Send, question: Question, hop: str) -> Send:
    """``send`` for what ``question`` makes us ask: it tells the hops so far, and ours."""
    return bearing(send, (*question.hops, hop))


def bearing(send: Send, hops: Sequence[str]) -> Send:
    """``send`` that tells ``hops``; of none it says nothing."""
    value = ", ".join(hop for hop in hops if hop)
    if not value:
        return send

    async def sent(request: HttpRequest) -> HttpResponse:
        headers = request.headers.set(HEADER, value)
        return await send(HttpRequest(request.method, request.url, headers, request.body))

    return sent


def goes_round(hops: Sequence[str], hop: str) -> bool:
    """Whether what came by ``hops`` has been at ``hop`` before, or at so many that somebody hides a circle."""
    return bool(hops) and (hop in hops or len(hops) >= _MOST)


class Circles:
    """Refuses what has been at ``hop``, our own name, before; ``refused`` counts how often."""

    def __init__(self, hop: str = "") -> None:
        self.hop, self.refused = hop, 0

    def refuse(self, hops: Sequence[str]) -> bool:
        """Whether what came by ``hops`` is to be refused; then it is counted."""
        found = goes_round(hops, self.hop)
        self.refused += found
        return found


class Loopless:
    """Answers LOOP for every mailbox of a question that ``circles`` refuses."""

    def __init__(self, inner: Connector, circles: Circles) -> None:
        self._inner, self._circles = inner, circles
        self._at_once = at_once_of(inner)

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        """See :class:`proxy.connector.Prompt`; what came through others like us takes the long way."""
        return None if question.hops else self._at_once(mailboxes, question)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        if question.hops and self._circles.refuse(question.hops):
            return all_unavailable(mailboxes, Reason.LOOP, detail="the question has been here before")
        return await self._inner.lookup(mailboxes, question)
