"""Exchange Online as a place where mail is forwarded from and to: ForwardingSmtpAddress, by undocumented cmdlets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from galsync.forwarding.forwards import Forward, Post
from galsync.side import Failed, Outcome, Written
from protocols.errors import PeerError
from protocols.graph.cmdlets import Endpoint
from protocols.graph.mail_forwarding import ForwardingMailbox, mailboxes, one
from protocols.graph.mail_forwarding import forward as set_forward
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

_CHANGED: Final = Failed(Reason.INCOMPLETE, "somebody changed the forwarding meanwhile: plan again, and look at it")
_DOUBT: Final = frozenset({Reason.TIMEOUT, Reason.UNREACHABLE, Reason.GARBLED, Reason.PEER_FAILED})
INSIDE: Final = "mail goes to a recipient of the same organisation (ForwardingAddress): end that first"
_REMEDIES: Final = {
    Reason.NO_ACCESS: "not allowed: the application needs Exchange.ManageAsApp and the role Exchange Recipient "
    "Administrator",
    Reason.NO_SUCH_MAILBOX: "the mailbox is not there any more: plan again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOnlinePostOffice:
    """See :class:`galsync.forwarding.forwards.PostOffice`. A key is a Guid.

    Whether mail really leaves is decided by the organisation's outbound spam policy (AutoForwardingMode), too.
    """

    name: str
    send: Send = field(repr=False)
    endpoint: Endpoint
    clock: Callable[[], datetime]

    def spelled(self, to: Mailbox, *, copy: bool) -> Forward:
        """See PostOffice."""
        return Forward(f"smtp:{to.address}", copy)

    async def look(self, addresses: Sequence[str]) -> Mapping[str, Post]:
        """See PostOffice."""
        found = await mailboxes(self.send, self.endpoint, addresses, as_of=self.clock())
        return {address: _post(each) for each in found for address in each.addresses.intersection(addresses)}

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """See PostOffice."""
        now = await one(self.send, self.endpoint, post.key, as_of=self.clock())
        if isinstance(now, PeerError):
            return _failed(now, doubt=False)
        if not _post(now).forward.same(post.forward):
            return _CHANGED
        error = await set_forward(self.send, self.endpoint, post.key, forward.to, copy=forward.copy, as_of=self.clock())
        return Written(post.key) if error is None else _failed(error, doubt=error.reason in _DOUBT)


def _post(each: ForwardingMailbox) -> Post:
    return Post(
        key=each.key,
        addresses=each.addresses,
        forward=Forward(each.to, each.copy and bool(each.to)),
        readonly=INSIDE if each.inside else "",
    )


def _failed(error: PeerError, *, doubt: bool) -> Failed:
    words = _REMEDIES.get(error.reason, str(error))
    return Failed(error.reason, words, error.retry_after, doubt=doubt)
