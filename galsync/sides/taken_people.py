"""Whose mailboxes get contacts, where a source of people knows who has one: those whom the settings mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from galsync.people.selection import Sieve
from galsync.side import Source
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Kind, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPeople:
    """The users of ``source`` who are not disabled and whom ``sieve`` takes; where ``domains`` are written, those alone
    whose address is in one of them."""

    source: Source
    sieve: Sieve
    domains: frozenset[str] = frozenset()

    async def __call__(self) -> Sequence[str]:
        """Their addresses, each once and in order. All of them or PeerError: NO_SUCH_MAILBOX where nobody is meant, for
        a group that is misspelt must not look like one that everybody has left."""
        people = (await self.source.read()).people
        taken = {each.primary.address for each in people if each.primary and self._is_meant(each)}
        if not taken:
            words = f"nobody in {self.source.name} is meant: check group, where and domains"
            raise PeerError(Reason.NO_SUCH_MAILBOX, words)
        return sorted(taken)

    def _is_meant(self, person: Person) -> bool:
        here = not self.domains or (person.primary is not None and person.primary.domain in self.domains)
        return person.kind is Kind.USER and not person.disabled and here and self.sieve.every(person)
