"""Where the mail of a mailbox of Exchange Online goes: Get-Mailbox and Set-Mailbox, by the undocumented cmdlets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from protocols.errors import PeerError
from protocols.graph.admin_reading import quoted
from protocols.graph.cmdlets import Cmdlet, Endpoint, called, pages
from protocols.http import Send
from protocols.model.freebusy import Reason

SELECT: Final = (
    "Guid",
    "EmailAddresses",
    "ForwardingAddress",
    "ForwardingSmtpAddress",
    "DeliverToMailboxAndForward",
    "IsDirSynced",
)
_TESTS: Final = 10  # of one filter, which has to fit


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingMailbox:
    """``to`` is ForwardingSmtpAddress as it is written (``smtp:…``), "" for none; ``copy`` DeliverToMailboxAndForward.

    ``inside`` is ForwardingAddress, a recipient of the same organisation: where it is set, mail goes there, whatever
    ``to`` says. ``addresses`` are canonical SMTP.
    """

    key: str
    addresses: frozenset[str]
    to: str
    copy: bool
    inside: str = ""


async def mailboxes(
    send: Send, endpoint: Endpoint, addresses: Sequence[str], *, as_of: datetime
) -> list[ForwardingMailbox]:  # fmt: skip
    """The mailboxes that answer to ``addresses``, each once. Raises PeerError."""
    found: dict[str, ForwardingMailbox] = {}
    for start in range(0, len(addresses), _TESTS):
        tests = [f"EmailAddresses -eq 'smtp:{quoted(each)}'" for each in addresses[start : start + _TESTS]]
        asked = Cmdlet("Get-Mailbox", {"Filter": " -or ".join(tests), "ResultSize": "Unlimited"}, SELECT)
        async for page in pages(send, endpoint, asked, as_of=as_of):
            for row in page:
                each = mailbox(row)
                found[each.key] = each
    return list(found.values())


async def one(send: Send, endpoint: Endpoint, key: str, *, as_of: datetime) -> ForwardingMailbox | PeerError:
    """The mailbox with this Guid; NO_SUCH_MAILBOX where there is none. A failure is returned."""
    rows = await called(send, endpoint, Cmdlet("Get-Mailbox", {"Identity": key}, SELECT), as_of=as_of)
    if isinstance(rows, PeerError):
        return rows
    if not rows:
        return PeerError(Reason.NO_SUCH_MAILBOX)
    try:
        return mailbox(rows[0])
    except PeerError as error:
        return error


async def forward(
    send: Send, endpoint: Endpoint, key: str, to: str, *, copy: bool, as_of: datetime
) -> PeerError | None:  # fmt: skip
    """Let the mailbox forward to ``to``, to nobody where that is "". A failure is returned."""
    parameters: Mapping[str, Any] = {
        "Identity": key,
        "ForwardingSmtpAddress": to or None,
        "DeliverToMailboxAndForward": copy if to else False,
    }
    result = await called(send, endpoint, Cmdlet("Set-Mailbox", parameters), as_of=as_of)
    return result if isinstance(result, PeerError) else None


def mailbox(row: Mapping[str, Any]) -> ForwardingMailbox:
    """What Get-Mailbox tells of one. Raises PeerError(GARBLED) where it is half."""
    key, proxies = row.get("Guid"), row.get("EmailAddresses")
    copy = row.get("DeliverToMailboxAndForward")
    if not isinstance(key, str) or not key or not isinstance(proxies, list) or not isinstance(copy, bool):
        raise PeerError(Reason.GARBLED, "a mailbox without its Guid, addresses or forwarding")
    smtp = [str(each).partition(":")[2].lower() for each in proxies if str(each)[:5].lower() == "smtp:"]
    return ForwardingMailbox(
        key=key,
        addresses=frozenset(smtp),
        to=str(row.get("ForwardingSmtpAddress") or ""),
        copy=copy,
        inside=str(row.get("ForwardingAddress") or ""),
    )
