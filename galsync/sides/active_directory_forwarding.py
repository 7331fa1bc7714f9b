"""Active Directory as a place where mail is forwarded from: targetAddress, which Exchange Server follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from galsync.engine.troubles import in_peace
from galsync.forwarding.forwards import Forward, Post
from galsync.side import Failed, Outcome, Written
from protocols.ldap.forwarding import ACCOUNTS, ATTRIBUTES, addresses_of, changed, filters, target_of
from protocols.ldap.operations import Search
from protocols.ldap.results import SUCCESS, WAIT, told
from protocols.ldap.searching import Ask, matching
from protocols.ldap.tracking import root
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

_CHANGED_MEANWHILE: Final = frozenset({16, 19, 20})  # noSuchAttribute, constraintViolation, attributeOrValueExists
_CHANGED: Final = Failed(Reason.INCOMPLETE, "somebody changed targetAddress meanwhile: plan again, and look at it")
_TWICE: Final = "two accounts have this address: take it from one of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveDirectoryPostOffice:
    """See :class:`galsync.forwarding.forwards.PostOffice`. A key is a distinguished name.

    No copy is kept: Exchange sends on what it does not deliver. ``base``: look below this unit alone, "" for the whole
    domain.
    """

    name: str
    ask: Ask = field(repr=False)
    base: str = ""

    def spelled(self, to: Mailbox, *, copy: bool) -> Forward:
        """See PostOffice."""
        del copy
        return Forward(f"SMTP:{to.address}")

    async def look(self, addresses: Sequence[str]) -> Mapping[str, Post]:
        """See PostOffice."""
        if not addresses:
            return {}
        base = self.base or (await root(self.ask)).domain
        search = Search(base=base, filter=ACCOUNTS, attributes=ATTRIBUTES)
        posts: dict[str, Post] = {}
        for found in sorted(await matching(self.ask, search, filters(addresses)), key=lambda each: each.dn):
            clean = found.readable()
            post = Post(key=found.dn, addresses=addresses_of(clean), forward=Forward(target_of(clean)))
            for address in post.addresses.intersection(addresses):
                posts[address] = replace(post, readonly=_TWICE) if address in posts else post
        return posts

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """See PostOffice."""
        change = changed(post.key, post.forward.to, forward.to)
        if change is None:
            return Written(post.key)
        reply = await in_peace(self.ask(change, ()))
        if isinstance(reply, Failed):
            return reply
        if reply.code == SUCCESS:
            return Written(post.key)
        if reply.code in _CHANGED_MEANWHILE:
            return _CHANGED
        reason, words = told(reply.code, reply.diagnostic)
        return Failed(reason, words, WAIT if reason is Reason.THROTTLED else None)
