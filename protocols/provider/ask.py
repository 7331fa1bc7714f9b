"""Asking an in-house system when people are free: one POST of JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse, Send, retry_after
from protocols.model.freebusy import Answer, Detail, Question, Reason
from protocols.model.mailbox import Mailbox
from protocols.provider.reading import read
from protocols.provider.tables import HTTP_REASONS, VERSION
from protocols.provider.times import rfc3339

_HEADERS: Final = Headers({"Content-Type": "application/json", "Accept": "application/json"})


async def ask(
    send: Send,
    mailboxes: Sequence[Mailbox],
    question: Question,
    *,
    url: str,
    requester: str,
    source: str,
    as_of: datetime,
) -> list[Answer]:
    """One answer per mailbox, in order, in one call. How many mailboxes and how long a window is the caller's to keep.

    ``requester`` is this Busyline's own name: an answer is kept and shared, so nobody else stands behind a question.
    Raises PeerError where the whole call failed; what fails for one mailbox is an Unavailable.
    """
    if not mailboxes:
        return []
    response = await send(encode(mailboxes, question, url=url, requester=requester))
    if response.status != 200:
        raise _refusal(response, as_of)
    return read(response.body, mailboxes, question, source=source, as_of=as_of)


def encode(mailboxes: Sequence[Mailbox], question: Question, *, url: str, requester: str) -> HttpRequest:
    """The request: each address once, in the order asked."""
    body = {
        "version": VERSION,
        "requester": {"name": requester},
        "mailboxes": list(dict.fromkeys(mailbox.address for mailbox in mailboxes)),
        "window": {"start": rfc3339(question.window.start), "end": rfc3339(question.window.end)},
        "details": question.detail is Detail.DETAILS,
    }
    return HttpRequest("POST", url, _HEADERS, orjson.dumps(body))


def _refusal(response: HttpResponse, as_of: datetime) -> PeerError:
    reason = HTTP_REASONS.get(response.status, Reason.PEER_FAILED)
    return PeerError(reason, f"HTTP {response.status}", retry_after=retry_after(response.headers, as_of))
