"""Follows mail from mailbox to mailbox to its end, so that none is sent in a circle, over however many people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from galsync.forwarding.forwards import Post


@dataclass(frozen=True, slots=True)
class Mail:
    """Where mail goes by the mailboxes of both sides: ``posts`` of the side that is left, and ``beyond``, each by an
    address. ``shall``: where a mailbox of ``posts`` forwards to once everything planned is done, by that address."""

    posts: Mapping[str, Post]
    beyond: Mapping[str, Post]
    shall: Mapping[str, str]
    _known: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for known in self.shall.keys() & self.posts.keys():
            post = self.posts[known]
            self._known.update(dict.fromkeys(post.perhaps | post.addresses, known))

    def circle(self, start: str) -> list[str]:
        """The addresses over which mail to ``start`` comes back to a mailbox where it was before, the last of them the
        one that leads back; none where it ends somewhere."""
        hops: list[str] = []
        been: set[str] = set()
        address = start
        while address and (key := self._key(address)):
            if key in been:
                return hops
            been.add(key)
            address = self._next(address)
            hops.append(address)
        return []

    def hops(self) -> set[str]:
        """Where any of the mailboxes forwards to."""
        stand = {post.forward.address for post in (*self.posts.values(), *self.beyond.values())}
        return (stand | set(self.shall.values())) - {""}

    def _next(self, address: str) -> str:
        mover, post = self._old(address)
        if post is not None:
            return self.shall.get(mover, post.forward.address)
        return self.beyond[address].forward.address

    def _key(self, address: str) -> str:
        """One text for each mailbox; "" where mail leaves the two sides."""
        mover, post = self._old(address)
        if post is not None:
            return f"left {post.key}" if mover not in self.shall else f"moved {mover}"
        return f"beyond {self.beyond[address].key}" if address in self.beyond else ""

    def _old(self, address: str) -> tuple[str, Post | None]:
        """The mailbox of the side that is left, by the address under which it is known here."""
        known = address if address in self.shall else self._known.get(address, address)
        return known, self.posts.get(known)
