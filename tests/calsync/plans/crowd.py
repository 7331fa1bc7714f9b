"""People of a hub by chance: what they make, change and remove, and which of their texts have to be found again."""

import re
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from calsync.contents import fields
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import World, event

DAILY = Recurrence(frequency=Frequency.DAILY, count=5)
TEXTS = ("subject", "location", "body")


class Crowd:
    """People who change things at random, and what of it has to be found again; each text they type is another."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, Random(seed)
        self.typed: set[str] = set()
        self._texts = 0

    def act(self) -> None:
        spoke = self.random.choice(sorted(self.world.shelves))
        keys = sorted(self.world.shelves[spoke])
        if not keys or self.random.random() < 0.25:
            self.put(spoke)
        elif self.random.random() < 0.15:
            self.remove(spoke, self.random.choice(keys))
        else:
            self.change(spoke, self.random.choice(keys))

    def put(self, spoke: str) -> None:
        more = self.text("subject") | self.random.choice([{}, self.text("body"), {"rule": DAILY}, self.look()])
        self.world.put(spoke, event(self.random.randrange(8, 18), **more))
        self.typed |= {text for text in more.values() if isinstance(text, str)}

    def change(self, spoke: str, key: str) -> None:
        was = self.world.shelves[spoke][key].content
        assert isinstance(was, Event)
        more = self.random.choice([self.text(self.random.choice(TEXTS)), self.look(), self.times(was), self.once(was)])
        self.forget(replace(was, **{name: getattr(was, name) for name in more}), only=set(more))
        self.world.change(spoke, key, **more)
        self.typed |= set(re.findall(r"text[0-9]+\.", str(more))) - set(re.findall(r"text[0-9]+\.", str(was)))

    def remove(self, spoke: str, key: str) -> None:
        was = self.world.shelves[spoke][key].content
        assert isinstance(was, Event)
        self.forget(was, only={*TEXTS, "exceptions"})
        self.world.remove(spoke, key)

    def forget(self, was: Event, *, only: set[str]) -> None:
        """Whoever writes over a text knows what they do."""
        named = {"at": "exceptions"}
        said = "\n".join(text for name, text in fields(was).items() if named.get(name.split(" ")[0], name) in only)
        self.typed -= {text for text in self.typed if text in said}

    def text(self, name: str) -> dict[str, Any]:
        self._texts += 1
        return {name: f"text{self._texts}."}

    def look(self) -> dict[str, Any]:
        return self.random.choice(
            [
                {"shows": self.random.choice(list(BusyStatus))},
                {"sensitivity": self.random.choice(list(Sensitivity))},
                {"categories": ("Own",)},
                {"reminder": timedelta(minutes=self.random.choice([5, 15]))},
            ]
        )

    def times(self, was: Event) -> dict[str, Any]:
        assert isinstance(was.when, Span)
        step = timedelta(minutes=self.random.choice([30, 60, 1440]))
        when = Span(was.when.start + step, was.when.end + step, was.when.zone)
        return {"when": when, "exceptions": {}} if was.exceptions else {"when": when}

    def once(self, was: Event) -> dict[str, Any]:
        """One occurrence becomes another."""
        if was.rule is None or not isinstance(was.when, Span):
            return {"rule": DAILY}
        start = was.when.start + timedelta(days=self.random.randrange(5))
        when = Span(start, was.when.end + (start - was.when.start), was.when.zone)
        one = self.random.choice([None, Occurrence(when=when, **self.text("subject"))])
        return {"exceptions": {**was.exceptions, start: one}}
