"""Delta query of the simulated directory: chains of pages, tokens that are forgotten, and changes told in part."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from protocols.model.person import Field, Person
from simulation.address_book import AddressBook
from simulation.graph.objects import collection_of, object_of, type_of
from simulation.graph.schedule import GraphRefusal

_DEFAULT: Final = "displayName,mail"
_REFUSED: Final = ("$expand", "$top", "$orderby", "$search", "$filter")  # Graph, delta query: optional parameters
_LOST: Final = "lost"


class ExpiredToken(Exception):  # noqa: N818 - becomes 410 with a Location
    """The reading has to begin anew."""


@dataclass(frozen=True, slots=True)
class _Chain:
    """One round: what is told from ``at`` on; ``before`` is what was known when the last round began."""

    collection: str
    select: tuple[str, ...]
    parts: bool
    serial: int
    people: Mapping[str, Person]
    before: Mapping[str, Person]
    queue: tuple[tuple[str, int], ...]  # id, and the first member told
    at: int = 0


@dataclass(frozen=True, slots=True)
class _Round:
    collection: str
    select: tuple[str, ...]
    serial: int
    people: Mapping[str, Person]


class DeltaDesk:
    """Tells changes of ``book``; ``number`` finds an id by address. The switches may be thrown at any time.

    ``page`` and ``members_a_page`` are sizes; ``parts`` has changed objects told with the properties that changed
    alone, even where nobody asked for that; ``replays`` so many unchanged objects told again in each round; ``empty``
    an empty page before the others.
    """

    def __init__(self, book: AddressBook, number: Callable[[str], str | None]) -> None:
        self.page = 100
        self.members_a_page = 1000
        self.parts = True
        self.replays = 0
        self.empty = False
        self._book = book
        self._number = number
        self._chains: dict[str, _Chain] = {}
        self._rounds: dict[str, _Round] = {}
        self._issued = 0

    def forget(self) -> None:
        """No token given so far is good any more."""
        self._chains.clear()
        self._rounds.clear()

    def answer(
        self, collection: str, query: Mapping[str, str], url: str, *, minimal: bool, lost: bool
    ) -> dict[str, Any]:
        """One page; ``url`` is that of the function. With ``lost``, the next page cannot be had.

        Raises ExpiredToken and GraphRefusal.
        """
        told = {name.lower(): value for name, value in query.items()}
        if refused := [name for name in _REFUSED if name in told]:
            raise GraphRefusal(400, "Request_UnsupportedQuery", f"{refused[0]} is not supported with delta.")
        chain = self._chain(collection, told, minimal)
        size = 0 if self.empty and chain.at == 0 else self.page
        self.empty = False
        part = chain.queue[chain.at : chain.at + size]
        page: dict[str, Any] = {"value": [self._told(chain, one, start) for one, start in part]}
        if chain.at + size < len(chain.queue) or (size == 0 and chain.queue):
            following = _LOST if lost else self._keep(chain, chain.at + size)
            return page | {"@odata.nextLink": f"{url}?$skiptoken={following}"}
        self._issued += 1
        self._rounds[f"d{self._issued}"] = _Round(chain.collection, chain.select, chain.serial, chain.people)
        return page | {"@odata.deltaLink": f"{url}?$deltatoken=d{self._issued}"}

    def _chain(self, collection: str, told: Mapping[str, str], minimal: bool) -> _Chain:
        if token := told.get("$skiptoken"):
            if token == _LOST:
                raise GraphRefusal(500, "InternalServerError", "The page cannot be had.")
            if token not in self._chains:
                raise ExpiredToken
            return self._chains[token]
        people = dict(self._book.people)
        if token := told.get("$deltatoken"):
            last = self._rounds.get(token)
            if last is None or last.collection != collection:
                raise ExpiredToken
            queue = tuple(self._changes(last))
            parts = self.parts or minimal
            return _Chain(collection, last.select, parts, self._book.serial, people, last.people, queue)
        select = tuple(told.get("$select", _DEFAULT).split(","))
        ids = (one for one, person in people.items() if collection_of(person) == collection)
        queue = tuple(piece for one in ids for piece in self._pieces(one, people[one], select))
        return _Chain(collection, select, False, self._book.serial, people, {}, queue)

    def _pieces(self, one: str, person: Person, select: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        count = len(person.members) if "members" in select else 0
        yield from ((one, start) for start in range(0, max(count, 1), self.members_a_page))

    def _changes(self, last: _Round) -> Iterator[tuple[str, int]]:
        again = self.replays
        for one, person in self._book.people.items():
            if again and collection_of(person) == last.collection:
                again -= 1
                yield one, 0
        for one, now in self._book.changed(last.serial):
            known = now or last.people.get(one)
            if known is not None and collection_of(known) == last.collection:
                yield one, 0

    def _keep(self, chain: _Chain, at: int) -> str:
        self._issued += 1
        fields = {name: getattr(chain, name) for name in _Chain.__slots__}
        self._chains[f"s{self._issued}"] = _Chain(**{**fields, "at": at})
        return f"s{self._issued}"

    def _told(self, chain: _Chain, one: str, start: int) -> dict[str, Any]:
        person, before = chain.people.get(one), chain.before.get(one)
        if person is None:
            return {"id": one, "@removed": {"reason": "changed"}}
        members = self._members(chain, person, before, start)
        if start:  # the rest of a large group
            return {"id": one, **members}
        entry = object_of(person)
        entry = {name: entry[name] for name in chain.select if entry.get(name) not in (None, [])}
        if before is not None:
            old, now = object_of(before), object_of(person)
            entry = {name: now[name] for name in chain.select if name in now and self._tell(chain, name, old, now)}
        return {**entry, "id": one, **members, **self._manager(chain, person)}

    def _tell(self, chain: _Chain, name: str, old: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
        return old[name] != now[name] or (not chain.parts and now[name] not in (None, []))

    def _members(self, chain: _Chain, person: Person, before: Person | None, start: int) -> dict[str, Any]:
        if "members" not in chain.select:
            return {}
        now = person.members[start : start + self.members_a_page] if before is None else person.members
        old = set(before.members) if before else set()
        added = [entry for member in now if member not in old and (entry := self._reference(member))]
        gone = [entry for member in sorted(old - set(person.members)) if (entry := self._reference(member))]
        told = [*added, *({**entry, "@removed": {"reason": "deleted"}} for entry in gone)]
        return {"members@delta": told} if told else {}

    def _manager(self, chain: _Chain, person: Person) -> dict[str, Any]:
        boss = person.texts.get(Field.MANAGER)
        entry = self._reference(boss) if boss and "manager" in chain.select else None
        return {"manager@delta": [entry]} if entry else {}

    def _reference(self, address: str) -> dict[str, Any] | None:
        one = self._number(address)
        person = self._book.people.get(one) if one else None
        return {"@odata.type": type_of(person), "id": person.anchor} if person else None
