"""Makes the list of those who move, one address at a time, and says in words why somebody cannot be on it."""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from protocols.model.mailbox import Mailbox, canonical
from routing.people import People
from routing.sides import ALIAS, Sides

_PLAIN: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_TRIED: Final = "0l0"
_MOST: Final = 64  # octets of a local part: RFC 5321 4.5.3.1.1


@dataclass(slots=True)
class _Domain:
    """What is true of all plain addresses of a domain: ``there`` is the domain on the other side, "" for the same.

    ``alone``: each address of it must be looked at by itself. ``longest``: what local part each side has a name for.
    """

    name: str
    there: str = ""
    alone: bool = True
    longest: int = 0


class Listing:
    """The people of one list on their way to :class:`People`; ``taken`` are the lists that nobody may be on as well.

    Most addresses are judged by their domain, since fifty thousand are read while others wait for answers; those with
    routes of their own, and all that is not plain, one by one.
    """

    def __init__(self, sides: Sides, *, taken: Sequence[tuple[str, People]] = ()) -> None:
        self._sides, self._taken = sides, taken
        self._own = {route.match for route in sides.table.routes if "@" in route.match}
        self._domains: dict[str, _Domain] = {}
        self._numbers: dict[tuple[int, int], int] = {}
        self._batches: dict[str, int] = {}
        self._lines = array("q")
        self.people = People()

    def kind(self, instant: int, batch: str) -> int:
        """The number of a pair for :meth:`add`: ``instant`` is seconds since 1970, -1 for the batch's; "" is none."""
        people = self.people
        number = -1
        if batch:
            found = self._batches.get(batch)
            if found is None:
                found = self._batches[batch] = len(people.names)
                people.names.append(batch)
            number = found
        kind = self._numbers.get((instant, number))
        if kind is None:
            kind = self._numbers[instant, number] = len(people.counts)
            people.instants.append(instant)
            people.batches.append(number)
            people.counts.append(0)
        return kind

    def add(self, text: str, kind: int, line: int = 0) -> str:
        """Put the address ``text`` on the list; why that cannot be, in words, and "" where it is done.

        ``line`` is where it stands, which is told to whoever stands there again; 0 where there are no lines.
        """
        low = text.lower()
        local, _, name = low.rpartition("@")
        domain = self._domains.get(name)
        if domain is None:
            domain = self._domains[name] = self._judged(name)
        if (
            domain.alone
            or len(local) > domain.longest
            or (self._own and low in self._own)
            or _PLAIN.fullmatch(local) is None
        ):
            return self._add_alone(text, kind, line)
        if not domain.there:
            return self._put(low, low, kind, line)
        there = f"{local}@{domain.there}"
        if self._own and there in self._own:
            return self._add_alone(text, kind, line)
        return self._put(low, there, kind, line)

    def _add_alone(self, text: str, kind: int, line: int) -> str:
        try:
            mailbox = Mailbox.parse(text)
        except ValueError:
            return f'"{text[:100]}" is no address: write one such as ann@contoso.example'
        written, (mailbox, _) = mailbox, self._sides.table.resolve(mailbox)
        if words := self._sides.objection(mailbox):
            return words
        origin, *others = self._sides.origins(mailbox)
        if others:
            return f"{mailbox} may be one of several at {self._sides.source}: write the address that is known there"
        if origin != mailbox and (words := self._sides.objection(origin)):
            return words
        words = self._put(origin.address, self._sides.there(origin).address, kind, line)
        return _by_both_names(written, origin.address, words) if words and written != origin else words

    def add_all(self, names: Sequence[Mailbox], kind: int) -> str:
        """Put whoever a directory tells of on the list, by the first of ``names`` that may move.

        Where one may have been any of several on the side that is left, all of them. Somebody who stands there already
        is no mistake: two groups may hold one person.
        """
        said = ""
        for name in names:
            mailbox, _ = self._sides.table.resolve(name)
            words = self._sides.objection(mailbox)
            if not words:
                homes = [each for each in self._sides.origins(mailbox) if not self._sides.objection(each)]
                words = "" if homes else f"no route leads to {self._sides.source} from where {mailbox} comes"
                return words or self._at_home(homes, kind)
            said = said or words
        return said

    def _at_home(self, homes: Sequence[Mailbox], kind: int) -> str:
        there = self._sides.there(homes[0]).address
        people, known = self.people, [each.address for each in homes]
        if len(known) == 1:
            if people.kinds.get(known[0]) is not None and people.origins.get(there, known[0]) == known[0]:
                return ""
            return self._put(known[0], there, kind, 0)
        if words := self._taken_elsewhere(*known, there):
            return words
        for each in known:
            if each not in people.kinds:
                people.kinds[each] = kind
                people.counts[kind] += 1
                self._lines.append(0)
        people.origins.setdefault(there, known[0])
        people.homes[there] = tuple(known)
        return ""

    def _taken_elsewhere(self, *addresses: str) -> str:
        for name, others in self._taken:
            for address in addresses:
                if address in others:
                    return f'{address} is on the list of the move "{name}" as well: remove it from one of the two'
        return ""

    def _put(self, address: str, there: str, kind: int, line: int) -> str:
        kinds, origins = self.people.kinds, self.people.origins
        if address in kinds or address in origins:
            return self._met(address, there)
        if there != address and (there in kinds or there in origins):
            return self._met(address, there)
        if self._taken and (words := self._taken_elsewhere(address, there)):
            return words
        kinds[address] = kind
        if there != address:
            origins[there] = address
        self.people.counts[kind] += 1
        self._lines.append(line)
        return ""

    def _met(self, address: str, there: str) -> str:
        """Who stands in the way, in words."""
        people, target = self.people, self._sides.target
        if address in people.kinds:
            return f"{address} stands there already{self._line_of(address)}: remove one of the two"
        if (first := people.origins.get(address)) is not None:
            return f"{address} is what rewrite makes of {first}, which stands there too: remove one of the two"
        if (first := people.origins.get(there)) is not None:
            return f"{address} and {first} would both be {there} at {target}: remove one of the two"
        return f"{address} would be {there} at {target}, which stands there too: remove one of the two"

    def _line_of(self, address: str) -> str:
        place = next(place for place, each in enumerate(self.people.kinds) if each == address)
        line = next(islice(self._lines, place, None))
        return f" on line {line}" if line else ""

    def _judged(self, name: str) -> _Domain:
        """What a route that names no single address makes of the domain; alone where anything is out of the way."""
        try:
            sample = Mailbox.parse(f"{_TRIED}@{name}")
            domain = _Domain(canonical(sample.address).rpartition("@")[2])
            known = self._sides.table.resolve(sample)[0], *self._sides.origins(sample)
            if domain.name != name or known != (sample, sample) or self._sides.objection(sample):
                return domain
            there = self._sides.there(sample)
        except ValueError:
            return _Domain(name)
        if there.local != _TRIED or self._sides.rewrite == ALIAS:
            return domain
        legs = (self._sides.left(sample).mailbox, self._sides.new(sample).mailbox)
        if any(_TRIED in leg.domain for leg in legs):
            return domain
        domain.longest = min(map(_longest, legs))
        domain.there = "" if there.domain == name else there.domain
        domain.alone = False
        return domain


def _longest(made: Mailbox) -> int:
    """How long a local part may be in place of the one tried, so that a template makes an address of it."""
    times = made.local.count(_TRIED)
    return (_MOST - len(made.local.encode()) + times * len(_TRIED)) // times if times else _MOST


def _by_both_names(written: Mailbox, address: str, words: str) -> str:
    """What stands in the way of ``address``, told to whoever wrote another name of it."""
    behind = words.removeprefix(f"{address} ")
    return f"{written} is {address}, which {behind}" if behind.startswith("stands") else f"{written}: {words}"
