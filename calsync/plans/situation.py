"""Holds what a plan was told of the whole hub, for the decisions about single items."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from calsync.agreed import Agreed, Link
from calsync.contents import fields as fields_of
from calsync.items import Fields, Item
from calsync.plans.details import BUSY, NOTHING, level, stricter
from calsync.plans.getting import wearing
from calsync.rules import Detail, Gets, Gives, HubRules, Kind, SpokeRules
from calsync.spoke import Ability

_NOTHING: Final = SpokeRules(name="", gives=None, gets=Gets())
ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When to look again at what shows what it is as soon as something else was read, or written: in every run."""


@dataclass(slots=True, kw_only=True)
class Situation:
    """What :func:`calsync.plans.plan.plan` was told; a spoke that the rules do not name gives and gets nothing."""

    rules: HubRules
    now: datetime
    seen: Mapping[str, Mapping[str, Item | None]]
    unread: Mapping[str, AbstractSet[str]]
    abilities: Mapping[str, Ability]
    everything: bool
    narrower: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    expired: frozenset[str] = frozenset()
    refill: frozenset[str] = frozenset()
    retry: frozenset[str] = frozenset()
    _spokes: dict[str, SpokeRules] = field(init=False)
    _fields: dict[int, Fields] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._spokes = {spoke.name: spoke for spoke in self.rules.spokes}

    @property
    def kind(self) -> Kind:
        """What the hub joins."""
        return self.rules.kind

    def gives(self, spoke: str) -> Gives | None:
        """What the spoke gives; None for nothing."""
        return self._spokes.get(spoke, _NOTHING).gives

    def gets(self, spoke: str) -> Gets:
        """What may be done there."""
        return self._spokes.get(spoke, _NOTHING).gets

    def gets_own(self, spoke: str) -> Gets:
        """The same of somebody's own there that is no copy of ours: nothing is read of it, nor written to it, that its
        spoke does not give, and nothing is put on it."""
        gives, gets = self.gives(spoke), self.gets(spoke)
        detail = stricter(gets.detail.value, gives.detail.value if gives is not None else BUSY)
        return replace(gets, detail=Detail(detail), prefix="", category="")

    def item(self, link: Link) -> Item | None:
        """What was seen where ``link`` is; None where nothing was, or nothing is."""
        return self.seen.get(link.spoke, {}).get(link.key)

    def fields(self, item: Item) -> Fields:
        """The fields of one of the items that were seen, made once."""
        found = self._fields.get(id(item))
        if found is None:
            found = self._fields[id(item)] = fields_of(item.content)
        return found

    def gone(self, link: Link) -> bool:
        """Whether what stood there is gone, as this run saw."""
        return bool(link.version) and self.seen.get(link.spoke, {}).get(link.key, self) is None

    def writable(self, spoke: str) -> bool:
        """Whether the spoke may be written at all, as far as it takes part."""
        ability = self.abilities.get(spoke)
        return ability is None or ability.writable

    def blind(self, agreed: Agreed, link: Link) -> bool:
        """Whether a change or removal of the copy at ``link`` does not count, since the copy did not tell what it is
        of: it says its times alone, or bears a subject of the rules. The rules of the origin may let it count all the
        same (calsync.rules.Gets.anonymous)."""
        if self.kind is not Kind.CALENDAR or not link.made or self.gets(agreed.origin).anonymous:
            return False
        gets = wearing(self.gets(link.spoke), link.worn)
        return bool(gets.subject) or stricter(level(agreed.fields), gets.detail.value) in (BUSY, NOTHING)

    def counts(self, agreed: Agreed, spoke: str, *, guarded: str) -> bool:
        """Whether a change at ``spoke`` is one of the item: at its origin always, else where the rules let the hub
        carry it there, at once or when that server allows it again; ``guarded`` is why the origin's item may not."""
        origin = agreed.origin
        if spoke == origin:
            return True
        allowed = self.gets(origin).change and not guarded
        return allowed and self.gives(spoke) is not None

    def removes(self, agreed: Agreed, spoke: str, *, guarded: str) -> bool:
        """The same of a deletion."""
        origin = agreed.origin
        if spoke == origin:
            return True
        return self.gets(origin).delete and self.writable(origin) and not guarded and self.gives(spoke) is not None
