"""Finds out who of those that entries name, members and managers, stands in a target that links its objects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from galsync.engine.order import named
from galsync.entries import Entry, Held
from galsync.rules import Rules
from protocols.model.person import Field


@dataclass(slots=True, kw_only=True)
class Links:
    """The entries of ``wanted`` as they can be written, where a member or manager has to be an object of the target.

    Whoever is named is an object that is not ours, or the entry that is wanted, or one of ours that stands there still:
    by its main address. Nobody of them: they are left out and told in :attr:`absent`, by the address of who names them.
    Where the rules know domains of the target's own, members alone are looked at, and those of other domains are kept.
    ``late`` are the anchors of which it is known once all that stands there has gone through :meth:`seen`.
    """

    wanted: Mapping[str, Entry]
    owners: Mapping[str, str]
    rules: Rules
    absent: dict[str, tuple[str, ...]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    _names: dict[str, str] = field(default_factory=dict)
    """By name, the main address of the entry that will be there; "" for none."""
    _there: dict[str, str] = field(default_factory=dict)
    _foreign: dict[str, str] = field(default_factory=dict)

    def first(self) -> Mapping[str, Entry]:
        """``wanted``, with the names resolved of those who name nobody but people who are wanted as well."""
        if not (self.rules.links or self.rules.own_domains):
            return self.wanted
        done: dict[str, Entry] = {}
        for anchor, entry in self.wanted.items():
            for name in (names := self._named(entry)):
                if name not in self._names:
                    self._names[name] = self._wanted(name)
            if not all(self._names[name] for name in names):
                self.late.add(anchor)
            elif names and (linked := self._linked(entry)) is not entry:
                done[anchor] = linked
        self.wanted = {**self.wanted, **done} if done else self.wanted
        return self.wanted

    def seen(self, held: Iterable[Held]) -> Iterator[Held]:
        """``held``, while it is noted who of them is named by anybody."""
        for one in held:
            if self._names and not self._names.keys().isdisjoint(one.addresses):
                ours = one.stamp is not None and one.stamp.sync == self.rules.sync
                noted = self._there if ours else self._foreign
                for name in self._names.keys() & one.addresses:
                    noted[name] = one.address.address if one.address else name
            yield one

    def last(self) -> Mapping[str, Entry]:
        """``wanted``, with the names resolved of the ``late``, and of whoever names an object that is not ours."""
        done: dict[str, Entry] = {}
        for anchor, entry in self.wanted.items() if self.late or self._foreign else ():
            if anchor in self.late or not self._foreign.keys().isdisjoint(self._named(entry)):
                done[anchor] = self._linked(entry)
        self.wanted = {**self.wanted, **done} if done else self.wanted
        return self.wanted

    def _named(self, entry: Entry) -> tuple[str, ...]:
        return named(entry) if self.rules.links else tuple(member.lower() for member in entry.members)

    def _wanted(self, name: str) -> str:
        anchor = self.owners.get(name)
        entry = self.wanted.get(anchor) if anchor else None
        return entry.address.address if entry and entry.address.address not in self.rules.resolutions else ""

    def _main(self, name: str) -> str:
        return self._foreign.get(name) or self._names.get(name) or self._there.get(name, "")

    def _linked(self, entry: Entry) -> Entry:
        if not self.rules.links:
            return self._with_outsiders(entry)
        found = {name: self._main(name) for name in named(entry)}
        if missing := tuple(name for name, main in found.items() if not main):
            self.absent[entry.address.address] = missing
        members = tuple(dict.fromkeys(main for name in entry.members if (main := found[name.lower()])))
        texts = entry.texts
        if (manager := texts.get(Field.MANAGER)) and found[manager.lower()] != manager:
            texts = {key: text for key, text in texts.items() if key is not Field.MANAGER}
            if found[manager.lower()]:
                texts[Field.MANAGER] = found[manager.lower()]
        if members == entry.members and texts is entry.texts:
            return entry
        return replace(entry, members=members, texts=texts)

    def _with_outsiders(self, entry: Entry) -> Entry:
        own = self.rules.own_domains
        found = {
            each: self._main(each.lower()) or ("" if each.lower().rpartition("@")[2] in own else each)
            for each in entry.members
        }
        if missing := tuple(each.lower() for each, main in found.items() if not main):
            self.absent[entry.address.address] = missing
        members = tuple(dict.fromkeys(main for main in found.values() if main))
        return entry if members == entry.members else replace(entry, members=members)
