"""Holds what a hub has while it is found out what each new item of its spokes is, and how they are known."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from calsync.agreed import Agreed, Aside, Link
from calsync.items import Fields, Item
from calsync.plans.details import withdrawn
from calsync.plans.doubled import Doubled
from calsync.plans.fingerprints import fingerprint, shadow
from calsync.plans.first_sight import Alike, Foreign
from calsync.plans.giving import Given, given
from calsync.plans.identity import item_id
from calsync.plans.naming import named
from calsync.plans.situation import ALWAYS, Situation
from calsync.spoke import Act
from calsync.steps import Clash, Left, Step, Why

GOES: Final = "is a second copy of ours, and goes"
RESEMBLES: Final = "has the times and the subject of one in {}, but something else differs: they are two items"


@dataclass(slots=True, kw_only=True)
class Found:
    """``items`` are those of the ledger by id, and the new ones as soon as they are found, with their links; ``fresh``
    the ids of the new ones. ``clashes`` by id tell where what was found differs, ``notes`` what else is to be told.
    ``removals`` are second copies of ours, ``doubled`` what two spokes tell. ``prints``, ``shadows`` and ``uids`` tell
    the ids of the items that are known by them; ``orphans`` are the outlines (calsync.plans.fingerprints) of copies of
    ours of which nobody knows the item, and ``adopted`` the spokes of such copies that stand for themselves from now
    on, one by one. ``foreign`` and ``alike`` are what makes one think at first sight (calsync/plans/first_sight.py)."""

    situation: Situation
    items: dict[str, Agreed]
    fresh: set[str] = field(default_factory=set)
    clashes: dict[str, list[Clash]] = field(default_factory=dict)
    asides: list[Aside] = field(default_factory=list)
    notes: dict[str, list[Left]] = field(default_factory=dict)
    removals: list[Step] = field(default_factory=list)
    doubled: list[Doubled] = field(default_factory=list)
    prints: dict[bytes, list[str]] = field(default_factory=dict)
    shadows: dict[bytes, list[str]] = field(default_factory=dict)
    uids: dict[str, list[str]] = field(default_factory=dict)
    orphans: set[bytes] = field(default_factory=set)
    adopted: list[str] = field(default_factory=list)
    foreign: list[Foreign] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)

    def __post_init__(self) -> None:
        for agreed in self.items.values():
            self.index(agreed)

    def index(self, agreed: Agreed) -> None:
        """From now on it is known by its looks and its UIDs."""
        if agreed.print:
            self.prints.setdefault(agreed.print, []).append(agreed.id)
        if agreed.shadow:
            self.shadows.setdefault(agreed.shadow, []).append(agreed.id)
        for uid in {link.uid for link in agreed.links.values() if link.uid}:
            self.uids.setdefault(uid, []).append(agreed.id)

    def take(self, spoke: str, item: Item, told: Given, *, keep: bool = False) -> None:
        """A new item of the hub, or an aside; ``keep`` what is not given as well, since copies of it have to go."""
        if told.fields is None and not keep:
            self.aside(spoke, item, told.why, told.due)
            return
        fields = told.fields if told.fields is not None else withdrawn(self.situation.fields(item), self.situation.kind)
        link = Link(spoke=spoke, key=item.key, version=item.version, uid=item.uid, guarded=item.guarded)
        made = self.id(spoke, item)
        agreed = Agreed(id=made, origin=spoke, fields=fields, links={spoke: link}, cut=item.cut, by=spoke)
        self.items[made] = self.new(replace(agreed, changed_at=item.changed_at))
        self.index(self.items[made])

    def new(self, agreed: Agreed) -> Agreed:
        """A new item of the hub, with its fingerprints."""
        rules = self.situation.rules
        self.fresh.add(agreed.id)
        return replace(agreed, print=fingerprint(agreed.fields, rules), shadow=shadow(agreed.fields, rules))

    def tell_apart(self, made: str, spoke: str, item: Item) -> None:
        """What is new at ``spoke`` looks like another item, and is none: both are named."""
        other, new = self.items[made].origin, self.id(spoke, item)
        self.alike.append(Alike(spoke, other))
        self.notes.setdefault(new, []).append(Left(item=new, spoke=spoke, words=RESEMBLES.format(other)))
        self.notes.setdefault(made, []).append(Left(item=made, spoke=other, words=RESEMBLES.format(spoke)))

    def put(self, agreed: Agreed, clashes: Iterable[Clash]) -> None:
        """What is known of an item is this now."""
        self.items[agreed.id] = agreed
        self.clashes.setdefault(agreed.id, []).extend(clashes)

    def remove(self, made: str, twin: Link, item: Item | None) -> None:
        """A second copy goes; it is looked at again in the next run, whatever stops this one."""
        before = self.situation.fields(item) if item else None
        step = Step(act=Act.DELETE, why=Why.TWICE, item=made, spoke=twin.spoke, link=twin, before=before)
        self.removals.append(step)
        again = Aside(spoke=twin.spoke, key=twin.key, version=twin.version, why=GOES, due=ALWAYS)
        self.asides.append(again)

    def removable(self, spoke: str) -> bool:
        """Whether a copy of ours may be removed there, now."""
        situation = self.situation
        return situation.gets(spoke).delete and situation.writable(spoke) and spoke in situation.abilities

    def aside(self, spoke: str, item: Item, why: str, due: datetime | None = None) -> None:
        """It is not taken."""
        told = named(item.content, self.situation.fields(item), self.situation.gives(spoke))
        self.asides.append(Aside(spoke=spoke, key=item.key, version=item.version, why=why, title=told, due=due))

    def given(self, spoke: str, item: Item, *, taken: bool = False) -> Given:
        """What its spoke gives of it; ``taken``: whenever it is."""
        fields = self.situation.fields(item)
        return given(item.content, self.situation.gives(spoke), self.situation.now, taken=taken, fields=fields)

    def id(self, spoke: str, item: Item) -> str:
        """The id of the item that it is, or would be, the origin of."""
        return item_id(self.situation.rules.name, spoke, item.key)

    def there(self, made: str) -> bool:
        """Whether the item stands at its origin still."""
        agreed = self.items[made]
        origin = agreed.links.get(agreed.origin)
        return not agreed.ended and origin is not None and bool(origin.version) and not self.situation.gone(origin)


def repeat_alike(agreed: Agreed, fields: Fields) -> bool:
    """Whether both repeat, or neither: one who was asked to a single occurrence shares the UID of the series."""
    return ("rule" in fields or "extra" in fields) == ("rule" in agreed.fields or "extra" in agreed.fields)
