"""Google Workspace as a place where mail is forwarded from and to: Gmail's own forwarding, as each of its users."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from galsync.engine.troubles import in_peace
from galsync.forwarding.forwards import Forward, Post
from galsync.side import Failed, Outcome, Written
from protocols.errors import PeerError
from protocols.google.mail_forwarding import (
    API_URL,
    LEFT_THERE,
    TRASHED,
    AutoForwarding,
    auto_forwarding,
    own_addresses,
)
from protocols.google.mail_forwarding import forward as set_forward
from protocols.google.patience import Pace, patient
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

_CHANGED: Final = Failed(Reason.INCOMPLETE, "somebody changed the forwarding meanwhile: plan again, and look at it")


@dataclass(frozen=True, slots=True, kw_only=True)
class GooglePostOffice:
    """See :class:`galsync.forwarding.forwards.PostOffice`. A key is the user's address, and the only one that is theirs
    beyond doubt; what they send as may be.

    ``send_as`` gives what acts as a user with the scopes of protocols/google/mail_forwarding.py. An address that was
    allowed to be forwarded to stays among those of the user.
    """

    name: str
    send_as: Callable[[str], Send] = field(repr=False)
    pace: Pace
    api_url: str = API_URL

    def spelled(self, to: Mailbox, *, copy: bool) -> Forward:
        """See PostOffice."""
        return Forward(to.address, copy, LEFT_THERE if copy else TRASHED)

    async def look(self, addresses: Sequence[str]) -> Mapping[str, Post]:
        """See PostOffice."""
        posts: dict[str, Post] = {}
        for address in addresses:
            try:
                send, now = self._as(address), self.pace.clock()
                stands = await auto_forwarding(send, api_url=self.api_url, as_of=now)
                others = await own_addresses(send, api_url=self.api_url, as_of=now) - {address}
            except PeerError as error:
                if error.reason is not Reason.NO_SUCH_MAILBOX:
                    raise
                continue  # the domain has no such user, or the user no Gmail
            own = frozenset({address})
            posts[address] = Post(key=address, addresses=own, forward=_forward(stands), perhaps=others)
        return posts

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """See PostOffice."""
        return await in_peace(self._written(post, forward))

    async def _written(self, post: Post, wanted: Forward) -> Outcome:
        send, now = self._as(post.key), self.pace.clock()
        if not _forward(await auto_forwarding(send, api_url=self.api_url, as_of=now)).same(post.forward):
            return _CHANGED
        await set_forward(send, AutoForwarding(wanted.to, wanted.how), api_url=self.api_url, as_of=now)
        return Written(post.key)

    def _as(self, address: str) -> Send:
        return patient(self.send_as(address), self.pace)


def _forward(stands: AutoForwarding) -> Forward:
    return Forward(stands.to, bool(stands.to) and stands.disposition != TRASHED, stands.disposition)
