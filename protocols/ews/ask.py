"""Asking an Exchange server when people are free: one call of GetUserAvailability, in UTC."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from protocols.ews.peer_faults import refusal
from protocols.ews.query import AvailabilityRequest, Target, View
from protocols.ews.request import encode
from protocols.ews.response import read
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Answer, Detail, Question
from protocols.model.mailbox import Mailbox

_HEADERS = Headers(
    (
        ("Content-Type", "text/xml; charset=utf-8"),
        ("Accept", "text/xml"),
        ("SOAPAction", '"http://schemas.microsoft.com/exchange/services/2006/messages/GetUserAvailability"'),
    )
)
_VIEWS = {Detail.BUSY: View.FREE_BUSY, Detail.DETAILS: View.DETAILED}  # never MergedOnly: its digits are ambiguous
_MINUTE = timedelta(minutes=1)
_CELL = timedelta(minutes=15)  # for the peers that grant nothing but the merged string
_SHORTEST_CELL = timedelta(minutes=5)
_VERSION = "Exchange2013"  # the oldest one served, and the first that tells WorkingElsewhere


async def ask(
    send: Send,
    mailboxes: Sequence[Mailbox],
    question: Question,
    *,
    url: str,
    source: str,
    as_of: datetime,
    impersonate: str = "",
) -> list[Answer]:
    """One answer per mailbox, in order; at most 100 mailboxes and 62 days, which are the caller's to keep.

    Raises PeerError where the whole call failed; what fails for one mailbox is an Unavailable. ``as_of`` is the clock,
    ``impersonate`` the mailbox in whose name is asked, "" for that of the credential.
    """
    if not mailboxes:
        return []
    asked = replace(question, interval=_cell(question))
    request = AvailabilityRequest(
        targets=tuple(Target(mailbox.address, mailbox) for mailbox in mailboxes),
        question=asked,
        view=_VIEWS[question.detail],
        zone=UTC,
        server_version=_VERSION,
    )
    response = await send(HttpRequest("POST", url, _HEADERS, encode(request, impersonate=impersonate)))
    if response.status != 200:
        raise refusal(response, as_of)
    return read(response.body, mailboxes, asked, zone=UTC, source=source, as_of=as_of)


def _cell(question: Question) -> timedelta:
    """A cell of whole minutes, not longer than the window and not shorter than five minutes."""
    minutes = question.window.length // _MINUTE
    return min(_CELL, max(minutes * _MINUTE, _SHORTEST_CELL))
