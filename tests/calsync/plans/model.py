"""A hub as a pure value: spokes that hold items in memory, a ledger, and runs that do what the plan says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from calsync.agreed import Agreed, Aside
from calsync.contents import content, fields
from calsync.items import Content, Fields, Item, Mark
from calsync.plans.linking import UNSEEN, after, settled
from calsync.plans.plan import plan
from calsync.rules import Gets, Gives, HubRules, Kind, SpokeRules
from calsync.spoke import Ability, Act, Fit
from calsync.steps import Clash, Plan, Step
from protocols.model.card import Card
from protocols.model.event import Days, Event, Span

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ALL = Gets(create=True, change=True, delete=True)
NONE = Gets()


def event(hour: int = 9, subject: str = "Stand-up", **more: Any) -> Event:
    """One hour on the day after NOW."""
    start = NOW.replace(hour=0) + timedelta(days=1, hours=hour)
    attributes: dict[str, Any] = {"when": Span(start, start + timedelta(hours=1), "Europe/Berlin"), "subject": subject}
    return Event(**attributes | more)


def rules(*spokes: SpokeRules, **more: Any) -> HubRules:
    """A hub of these; without any, of three that give and get everything."""
    several = spokes or tuple(SpokeRules(name=name, gets=ALL) for name in ("a", "b", "c"))
    kind = more.pop("kind", Kind.CALENDAR)
    return HubRules(name="hub", kind=kind, spokes=several, **more)


def target(name: str, **more: Any) -> SpokeRules:
    """A spoke that gets everything and gives nothing."""
    return SpokeRules(name=name, gives=None, gets=replace(ALL, **more))


def giver(name: str, gets: Gets = ALL, **more: Any) -> SpokeRules:
    """A spoke that gives all that these rules let it."""
    return SpokeRules(name=name, gives=Gives(**more), gets=gets)


def whatever(one: Content) -> tuple[Content | None, str]:
    """A spoke that holds everything."""
    return one, ""


@dataclass(slots=True)
class World:
    """``shelves`` hold what stands at each spoke; ``news`` are the keys of which a run has not been told."""

    rules: HubRules
    shelves: dict[str, dict[str, Item]] = field(default_factory=dict)
    news: dict[str, set[str]] = field(default_factory=dict)
    ledger: dict[str, Agreed] = field(default_factory=dict)
    asides: dict[tuple[str, str], Aside] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    fits: dict[str, Fit] = field(default_factory=dict)
    holds: dict[str, frozenset[str]] = field(default_factory=dict)
    own_way: Callable[[Fields], Fields] = dict
    """How servers write what they are told."""
    away: set[str] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)
    """Spokes that cannot be written for a while, whatever the rules let the hub do."""
    unread: dict[str, set[str]] = field(default_factory=dict)
    now: datetime = NOW
    _count: int = 0

    def __post_init__(self) -> None:
        for spoke in self.rules.spokes:
            self.shelves.setdefault(spoke.name, {})
            self.news.setdefault(spoke.name, set())

    def ability(self, spoke: str) -> Ability:
        writable = spoke not in self.shut
        return Ability(fit=self.fits.get(spoke, whatever), fields=self.holds.get(spoke), writable=writable)

    # What people do.

    def put(self, spoke: str, one: Content, **more: Any) -> str:
        """Somebody makes something new; its key."""
        self._count += 1
        key = str(more.pop("key", f"{spoke}{self._count}"))
        self.shelves[spoke][key] = Item(key=key, version=self._version(), content=one, changed_at=self._tick(), **more)
        self.news[spoke].add(key)
        return key

    def change(self, spoke: str, key: str, **more: Any) -> None:
        """Somebody changes attributes of what stands there."""
        item = self.shelves[spoke][key]
        self._set(spoke, replace(item, content=replace(item.content, **more), changed_at=self._tick()))
        self.news[spoke].add(key)

    def touch(self, spoke: str, key: str, **more: Any) -> None:
        """The item changes, not its content."""
        self._set(spoke, replace(self.shelves[spoke][key], **more))
        self.news[spoke].add(key)

    def remove(self, spoke: str, key: str) -> None:
        """Somebody removes what stands there."""
        del self.shelves[spoke][key]
        self.news[spoke].add(key)

    # What the hub does.

    def planned(self, *, everything: bool = False, whole: bool = False, **more: Any) -> Plan:
        """What a run would do now; ``more`` as of calsync.plans.plan.plan."""
        whole = whole or everything
        seen: dict[str, dict[str, Item | None]] = {}
        for spoke, shelf in self.shelves.items():
            if spoke not in self.away:
                linked = {
                    link.key for each in self.ledger.values() for link in each.links.values() if link.spoke == spoke
                }
                known = {key for place, key in self.asides if place == spoke}
                due = {key for key in known if (when := self.asides[spoke, key].due) and when <= self.now}
                keys = {*shelf, *linked, *known} if whole else self.news[spoke] | due
                seen[spoke] = {key: shelf.get(key) for key in keys - self.unread.get(spoke, set())}
        counts = {
            spoke: sum(spoke in each.links and bool(each.links[spoke].version) for each in self.ledger.values())
            for spoke in self.shelves
        }
        here = [spoke for spoke in self.shelves if spoke not in self.away]

        def made() -> Plan:
            return plan(
                self.rules,
                now=self.now,
                known=list(self.ledger.values()),
                seen=seen,
                unread=self.unread,
                abilities={spoke: self.ability(spoke) for spoke in here},
                counts=counts,
                whole=frozenset(here) if whole else frozenset(),
                everything=everything,
                asides={place: each for place, each in self.asides.items() if place[1] in seen.get(place[0], ())},
                **more,
            )

        for spoke, key in made().asks:
            seen[spoke][key] = self.shelves[spoke].get(key)
        return made()

    def run(
        self,
        *,
        everything: bool = False,
        whole: bool = False,
        fails: Callable[[Step], bool] = lambda step: False,
        **more: Any,
    ) -> Plan:
        """Plans, keeps what was agreed, and does all steps but those that fail."""
        made = self.planned(everything=everything, whole=whole, **more)
        for decision in made.decisions:
            self.clashes += decision.clashes
            if decision.agreed is None:
                assert not decision.steps
                self.ledger.pop(decision.item, None)
            else:
                self.ledger[decision.item] = decision.agreed
        for place in made.forget:
            self.asides.pop(place, None)
        self.asides |= {(each.spoke, each.key): each for each in made.asides}
        for spoke in self.news:
            if spoke not in self.away:
                self.news[spoke] &= self.unread.get(spoke, set())
        for decision in made.decisions:
            self._do(decision, fails)
        return made

    def quiet(self, most: int = 4) -> int:
        """Runs until there is nothing to do; how many it took."""
        for count in range(most):
            if not self.run().decisions:
                return count
        raise AssertionError(f"still not quiet: {self.planned()}")

    def _do(self, decision: Any, fails: Callable[[Step], bool]) -> None:
        failed = False
        for step in decision.steps:
            if fails(step) or self._stale(step):
                failed = True
                continue
            item = self._written(step)
            self.ledger[decision.item] = after(self.ledger[decision.item], step, item)
        if not failed and decision.agreed is not None:
            rest = settled(self.ledger[decision.item], decision)
            if rest is None:
                del self.ledger[decision.item]
            else:
                self.ledger[decision.item] = rest

    def _stale(self, step: Step) -> bool:
        """Whether it was changed right after it was written, which a server says: it is read, and planned anew."""
        return step.link is not None and step.link.version.endswith(UNSEEN)

    def _written(self, step: Step) -> Item | None:
        shelf = self.shelves[step.spoke]
        if step.act is Act.CREATE:
            self._count += 1
            copies = step.link.copies if step.link else 0
            key = f"{step.item[:12]}-{copies}"
            assert key not in shelf
            shelf[key] = Item(
                key=key,
                version=self._version(),
                content=content(self.own_way(step.fields)),
                mark=Mark("hub", step.item).text,
                changed_at=self.now,
            )
            return self._told(step.spoke, key)
        assert step.link is not None
        item = shelf[step.link.key]
        assert not item.guarded, "an item in which others take part was written"
        assert item.version == step.link.version, "written over what nobody looked at"
        if step.act is Act.DELETE:
            del shelf[step.link.key]
            self.news[step.spoke].add(step.link.key)
            return None
        assert step.changes
        stands, shall = fields(item.content), self.own_way(step.fields)
        stands = {name: text for name, text in stands.items() if name not in step.changes}
        stands |= {name: text for name, text in shall.items() if name in step.changes}
        self._set(step.spoke, replace(item, content=content(stands)))
        return self._told(step.spoke, step.link.key)

    def _told(self, spoke: str, key: str) -> Item:
        self.news[spoke].add(key)  # a feed tells what we wrote as well
        return self.shelves[spoke][key]

    def _set(self, spoke: str, item: Item) -> None:
        self.shelves[spoke][item.key] = replace(item, version=self._version())

    def _version(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    # What there is to see.

    def stands(self, spoke: str) -> list[Fields]:
        """The fields of all that stands there, in a fixed order."""
        return sorted(
            (fields(item.content) for item in self.shelves[spoke].values()), key=lambda each: sorted(each.items())
        )

    def copies(self, spoke: str) -> Mapping[str, Item]:
        """What we made there, by key."""
        return {key: item for key, item in self.shelves[spoke].items() if item.mark}

    def only(self, spoke: str) -> Any:
        """The content of the one item that stands there."""
        (item,) = self.shelves[spoke].values()
        return item.content

    def key(self, spoke: str) -> str:
        """The key of the one item that stands there."""
        (key,) = self.shelves[spoke]
        return key


def days(first: int = 3, length: int = 1) -> Days:
    """Whole days of November 2026."""
    day = NOW.date().replace(day=first)
    return Days(day, day + timedelta(days=length))


def person(**more: Any) -> Card:
    """A contact."""
    return Card(
        **{"display_name": "Ann Lee", "given_name": "Ann", "surname": "Lee", "emails": ("ann@x.example",)} | more
    )


def world(**more: Any) -> World:
    """Two calendars that give and get everything."""
    return World(rules(giver("a"), giver("b"), **more))


def whys(made: Plan) -> list[tuple[str, str]]:
    """Where each step is done, and why."""
    return [(step.spoke, step.why.name) for decision in made.decisions for step in decision.steps]


def three(**more: Any) -> World:
    """One item of a, and its copies in b and c, which have UIDs of their own."""
    here = World(rules(giver("a", **more), giver("b"), giver("c")))
    here.put("a", event(), uid="u")
    here.quiet()
    for spoke in "bc":
        here.touch(spoke, here.key(spoke), uid=f"{spoke}@busyline")
    here.quiet()
    return here
