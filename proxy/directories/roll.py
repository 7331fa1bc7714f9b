"""Who is meant by an address, as far as one caller may know: somebody, or everybody of a group and the groups in it."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, NamedTuple

from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from proxy.directories.book import MOST_MEMBERS, PLAIN, GroupBook, Membership
from proxy.directories.joining import BARRED, joined
from routing.backwards import Backwards
from routing.table import Combine
from routing.ways import Leg, Way, Ways, legs_in

WRITTEN: Final = "[[groups]]"
"""The source of groups that the configuration lists."""
_NOBODY: Final = (PLAIN,)


class _Missing(NamedTuple):
    """What must be asked before anything can be told."""

    legs: tuple[Leg, ...]


class Roll:
    """One caller's view of who is a group.

    ``written`` are the groups of the configuration by address, their members as callers ask for them; they go before
    those of directories. Whom the caller may not ask about (``may_ask``), and what lies on connectors ``never_via``
    which it is answered, is never asked of a directory.
    """

    def __init__(
        self,
        *,
        ways: Ways,
        book: GroupBook,
        backwards: Backwards,
        written: Mapping[str, tuple[Mailbox, ...]],
        may_ask: Callable[[Mailbox], bool],
        never_via: Collection[str] = (),
    ) -> None:
        self._ways, self._book, self._backwards = ways, book, backwards
        self._may_ask, self._never_via = may_ask, frozenset(never_via)
        self._written = {address: Membership(members, WRITTEN) for address, members in written.items()}

    def is_written(self, mailbox: Mailbox) -> bool:
        """Whether the configuration lists it, by this or by its real name."""
        return self._listed(mailbox) is not None

    def look(self, mailbox: Mailbox) -> Membership | None:
        """PLAIN, or the members as this caller asks for them, nobody twice; None where a directory must be asked."""
        found = self._resolved(mailbox, {})
        return None if isinstance(found, _Missing) else found

    async def settle(self, mailbox: Mailbox) -> Membership:
        """As :meth:`look`, the directories asked."""
        told: dict[Leg, Membership] = {}
        while isinstance(found := self._resolved(mailbox, told), _Missing):
            answers = await asyncio.gather(*map(self._book.ask, found.legs))
            told.update(zip(found.legs, answers, strict=True))
        return found

    def _listed(self, mailbox: Mailbox) -> Membership | None:
        if not self._written:
            return None
        found = self._written.get(mailbox.address)
        return found or self._written.get(self._ways.table.aliases.real(mailbox).address)

    def _resolved(self, mailbox: Mailbox, told: Mapping[Leg, Membership]) -> Membership | _Missing:
        top = self._known(mailbox, told)
        if isinstance(top, _Missing):
            return top
        if top[0].members is None:
            return top[0]
        source = "+".join(dict.fromkeys(each.source for each in top))
        people: dict[str, Mailbox] = {}
        seen, missing = {mailbox.address}, list[Leg]()
        waiting = [*top]
        for group in waiting:  # it grows meanwhile
            for member in self._as_asked(group):
                if member.address in seen:
                    continue
                seen.add(member.address)
                below = _NOBODY if self._is_leaf(member, group.source) else self._known(member, told)
                if isinstance(below, _Missing):
                    missing += below.legs
                elif below[0].reason is not None:
                    return Membership(source=below[0].source, reason=below[0].reason)
                elif below[0].members is not None:
                    waiting += below
                else:
                    people[member.address] = member
            if len(people) > MOST_MEMBERS:
                return Membership(source=source, reason=Reason.GROUP_TOO_LARGE)
        return _Missing(tuple(missing)) if missing else Membership(tuple(people.values()), source)

    def _known(self, mailbox: Mailbox, told: Mapping[Leg, Membership]) -> tuple[Membership, ...] | _Missing:
        """What is known of this mailbox alone: a list of each directory that counts, or PLAIN or a doubt by itself."""
        if not self._may_ask(mailbox):
            return _NOBODY
        if (written := self._listed(mailbox)) is not None:
            return (written,)
        way = self._ways.find(mailbox)
        combine = way.combine if isinstance(way, Way) else Combine.UNION
        found, missing = list[Membership](), list[Leg]()
        for leg in legs_in(way):
            known = self._of_leg(leg, mailbox, told)
            if known is not None:
                found.append(known)
                if combine is Combine.FIRST and known is not PLAIN:
                    break
            else:
                missing.append(leg)
                if combine is Combine.FIRST:
                    break
        return _Missing(tuple(missing)) if missing else joined(found, combine)

    def _of_leg(self, leg: Leg, mailbox: Mailbox, told: Mapping[Leg, Membership]) -> Membership | None:
        if leg.via in self._never_via:
            return BARRED
        if not self._book.concerns(leg, mailbox):
            return PLAIN
        return (told and told.get(leg)) or self._book.look(leg)

    def _as_asked(self, group: Membership) -> Iterator[Mailbox]:
        for member in group.members or ():
            yield member if group.source == WRITTEN else self._asked(group.source, member)

    def _asked(self, via: str, known: Mailbox) -> Mailbox:
        """The address under which this caller reaches the member; where there is none, the likeliest."""
        possible = self._backwards.asked(via, known)
        routed = [mailbox for mailbox in possible if legs_in(self._ways.find(mailbox))]
        return next(filter(self._may_ask, routed), (routed or possible)[0])

    def _is_leaf(self, member: Mailbox, source: str) -> bool:
        """Whether the directory that named the member would have named the members instead, were it a group."""
        if source == WRITTEN or self.is_written(member):
            return False
        return all(leg.via == source for leg in legs_in(self._ways.find(member)))
