"""Looks at the mailboxes of both sides of a move, and at those of the same sides that they forward to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from galsync.engine.troubles import in_peace
from galsync.forwarding.following import Mail
from galsync.forwarding.forwards import Post, PostOffice
from galsync.side import Failed

_HOPS: Final = 8  # mail that is forwarded more often than this is given up by Exchange and Google anyway


@dataclass(slots=True, kw_only=True)
class Seen:
    """What stands at ``office``, the side that is left, and ``beyond``; None where nobody looks there.

    ``posts`` and ``there`` are by the address that was asked for.
    """

    office: PostOffice
    beyond: PostOffice | None
    posts: dict[str, Post] = field(default_factory=dict)
    there: dict[str, Post] = field(default_factory=dict)

    async def look(self, left: Sequence[str], new: Sequence[str]) -> Failed | None:
        """Looks at those, then at whomever they forward to in the domains of these addresses, and so on."""
        domains, asked = ({_domain(each) for each in left}, {_domain(each) for each in new}), (set(left), set(new))
        for _ in range(_HOPS):
            if failed := await self._look(left, new):
                return failed
            hops = Mail(self.posts, self.there, {}).hops() if self.beyond is not None else set()
            left = sorted(each for each in hops - asked[0] if _domain(each) in domains[0])
            new = sorted(each for each in hops - asked[1] if _domain(each) in domains[1])
            if not left and not new:
                break
            asked[0].update(left)
            asked[1].update(new)
        return None

    async def _look(self, left: Sequence[str], new: Sequence[str]) -> Failed | None:
        """Both sides at once: who has two scripts to run is told of both."""
        failed: list[Failed] = []
        for office, addresses, found in ((self.office, left, self.posts), (self.beyond, new, self.there)):
            if office is None or not addresses:
                continue
            told = await in_peace(office.look(addresses))
            if isinstance(told, Failed):
                words = f"{office.name}: {told.words or told.reason.value}"
                failed.append(Failed(told.reason, words, told.retry_after))
            else:
                found.update(told)
        if not failed:
            return None
        return Failed(failed[0].reason, "; ".join(each.words for each in failed), failed[0].retry_after)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
