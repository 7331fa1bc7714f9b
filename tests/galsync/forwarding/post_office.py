"""A post office in memory, and people who move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from galsync.forwarding.forwards import Forward, Post
from galsync.people.moved import Mover
from galsync.side import Failed, Outcome, Written
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

OLD, NEW = "ann@a.example", "ann@b.example"
GONE, HERE = Mover(OLD, NEW, True), Mover(OLD, NEW, False)
TO_NEW = Forward(f"SMTP:{NEW}")
ELSEWHERE = Forward("SMTP:ann@home.example")


def post(address: str = OLD, forward: Forward = Forward(), *more: str, readonly: str = "") -> Post:  # noqa: B008
    """A mailbox."""
    return Post(key=f"CN={address}", addresses=frozenset({address, *more}), forward=forward, readonly=readonly)


@dataclass(slots=True)
class Office:
    """See PostOffice; ``failing`` mailboxes are not written, ``broken`` is raised by the next look."""

    posts: dict[str, Post] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    broken: PeerError | None = None
    name: str = "a"

    def spelled(self, to: Mailbox, *, copy: bool) -> Forward:
        """As Active Directory does."""
        del copy
        return Forward(f"SMTP:{to.address}")

    async def look(self, addresses: Sequence[str]) -> Mapping[str, Post]:
        """Whoever is there."""
        if self.broken:
            raise self.broken
        return {each: self.posts[each] for each in addresses if each in self.posts}

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """At once."""
        (address,) = [each for each, there in self.posts.items() if there.key == post.key]
        if address in self.failing:
            return Failed(Reason.NO_ACCESS, "not allowed")
        self.posts[address] = replace(post, forward=forward)
        return Written(post.key)
