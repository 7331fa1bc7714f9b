"""Hubs of three spokes by chance, in which people, servers and meetings do whatever they like: one story for a number.

The same number tells the same story, so that whatever is found stays found.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final

from calsync.items import Content, Fields
from calsync.rules import Conflict, Detail, Gets, Gives, HubRules, Reminders, SpokeRules, Treat
from calsync.steps import Plan, Step
from protocols.model.event import Event
from tests.calsync.plans.crowd import Crowd
from tests.calsync.plans.model import World, event, rules

NAMES: Final = ("a", "b", "c")
_FEW: Final = frozenset({"when", "rule", "at", "subject", "shows"})
_MINUTES: Final = 15 * 60 * 10**6


class WildCrowd(Crowd):
    """People whose items have UIDs and guests, whose servers are away, or tell what nobody can read."""

    def act(self) -> None:
        chance, world = self.random, self.world
        roll, spoke = chance.random(), chance.choice(NAMES)
        keys = sorted(world.shelves[spoke])
        if roll < 0.1 and keys:
            world.touch(spoke, chance.choice(keys))
        elif roll < 0.2 and keys:
            world.touch(spoke, chance.choice(keys), guarded=chance.choice(["others are invited", ""]))
        elif roll < 0.27:
            self.twice()
        elif roll < 0.31 and keys:
            self.moved(spoke, chance.choice(keys))
        elif roll < 0.36:
            world.away = set(chance.sample(NAMES, chance.randrange(2)))
        elif roll < 0.42 and keys:
            world.unread = {spoke: {chance.choice(keys)}}
        else:
            super().act()

    def twice(self) -> None:
        """Two people have the same, by its UID."""
        one = event(self.random.randrange(8, 18), **self.text("subject"))
        uid = f"u{self.random.randrange(10**6)}"
        self.typed.add(one.subject)
        for spoke in self.random.sample(NAMES, 2):
            self.world.put(spoke, replace(one, location=self.random.choice(["", "L1", "L2"])), uid=uid)

    def moved(self, spoke: str, key: str) -> None:
        """Somebody moves their own to another calendar, where it keeps its UID."""
        item = self.world.shelves[spoke][key]
        if not item.mark:
            self.world.remove(spoke, key)
            there = self.random.choice([name for name in NAMES if name != spoke])
            self.world.put(there, item.content, uid=item.uid or f"u{key}", guarded=item.guarded)


def story(number: int) -> None:
    """Plays one hub, and then the same one by other rules. Raises AssertionError where it does not come to rest as it
    shall."""
    chance = Random(number)
    world = World(_hub(chance))
    ways: list[Callable[[Fields], Fields]] = [dict, _own_way]
    world.own_way = chance.choice(ways)
    if chance.random() < 0.3:
        world.holds = {"b": _FEW}
    if chance.random() < 0.3:
        world.fits = {"c": _short}
    _played(world, number, chance.randrange(1, 8))
    world.away, world.unread = set(), {}
    world.quiet()
    world.run(whole=True)
    world.quiet()
    assert not _steps(world.planned(everything=True)), "there is more to do by the same rules"
    world.rules = _hub(chance)
    world.run(everything=True)
    world.quiet()
    for _ in range(2):  # what was looked aside for a day
        world.now += timedelta(days=2)
        world.run()
        world.quiet()
    again = world.planned(everything=True)
    assert not _steps(again), f"there is more to do by other rules: {_told(_steps(again))}"
    assert not [each for each in again.decisions if each.agreed != world.ledger[each.item]], "another ledger is wanted"
    for name in NAMES:
        marks = Counter(item.mark for item in world.copies(name).values())
        assert max(marks.values(), default=1) == 1, f"two copies of one item stand in {name}"


def _played(world: World, number: int, turns: int) -> None:
    crowd, rolls = WildCrowd(world, number), Random(number + turns)
    for _ in range(turns):
        for _ in range(crowd.random.randrange(1, 4)):
            crowd.act()
        share = crowd.random.choice([0.0, 0.3, 1.0])
        world.run(fails=lambda step, share=share: rolls.random() < share)  # type: ignore[misc]


def _steps(plan: Plan) -> list[Step]:
    return [step for decision in plan.decisions for step in decision.steps]


def _told(steps: list[Step]) -> list[tuple[str, str, str]]:
    return [(step.act.value, step.spoke, step.why.value) for step in steps]


def _hub(chance: Random) -> HubRules:
    spokes = (SpokeRules(name=name, gives=_gives(chance), gets=_gets(chance)) for name in NAMES)
    return rules(*spokes, conflicts=chance.choice(list(Conflict)))


def _gets(chance: Random) -> Gets:
    return Gets(
        create=chance.random() < 0.75,
        change=chance.random() < 0.75,
        delete=chance.random() < 0.75,
        detail=chance.choice(list(Detail)),
        prefix=chance.choice(["", "[A] "]),
        subject=chance.choice(["", "", "Taken"]),
        category=chance.choice(["", "Shared"]),
        private=chance.random() < 0.3,
        people=chance.random() < 0.5,
        reminders=chance.choice(list(Reminders)),
    )


def _gives(chance: Random) -> Gives | None:
    if chance.random() < 0.25:
        return None
    private, tentative, free = (chance.choice(list(Treat)) for _ in range(3))
    return Gives(detail=chance.choice(list(Detail)), private=private, tentative=tentative, free=free)


def _own_way(told: Fields) -> Fields:
    """A server that knows one reminder, and capital letters alone."""
    own: dict[str, Any] = dict(told)
    own |= {"reminder": str(_MINUTES)} if "reminder" in told else {}
    return own | ({"location": told["location"].upper()} if "location" in told else {})


def _short(one: Content) -> tuple[Content | None, str]:
    """A spoke of short subjects, without series."""
    assert isinstance(one, Event)
    return (None, "no series") if one.repeats else (replace(one, subject=one.subject[:5]), "")
