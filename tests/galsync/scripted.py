"""A source and a target that do what their script says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from bench.galsync.target import ABILITY, WorldTarget
from bench.galsync.world import Memory
from galsync.entries import Held
from galsync.side import Ability, Failed, Outcome, Reading
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Person


class ScriptedSource:
    """People, and what changed among them: a token is the number of the last change. ``errors`` are raised first."""

    def __init__(self, people: Sequence[Person] = (), *, name: str = "hr", tells_changes: bool = True) -> None:
        self._name, self.tells_changes = name, tells_changes
        self.people = {person.anchor: person for person in people}
        self.changes: list[str] = []
        self.errors: list[PeerError] = []
        self.expired = False
        self.asked: list[str | None] = []

    @property
    def name(self) -> str:
        """As it was told."""
        return self._name

    def put(self, person: Person) -> None:
        """Somebody new, or changed."""
        self.people[person.anchor] = person
        self.changes.append(person.anchor)

    def remove(self, anchor: str) -> None:
        """Somebody goes."""
        del self.people[anchor]
        self.changes.append(anchor)

    async def read(self, since: str | None = None) -> Reading:
        """Everybody, or what changed since the token; everybody if that has expired."""
        self.asked.append(since)
        if self.errors:
            raise self.errors.pop(0)
        token = str(len(self.changes)) if self.tells_changes else None
        if since is None or self.expired:
            return Reading(people=tuple(self.people.values()), token=token)
        changed = dict.fromkeys(self.changes[int(since) :])
        people = tuple(self.people[anchor] for anchor in changed if anchor in self.people)
        gone = tuple(anchor for anchor in changed if anchor not in self.people)
        return Reading(people=people, whole=False, gone=gone, token=token)


Play: TypeAlias = Callable[["ScriptedTarget", str, Sequence[Step]], Awaitable[Sequence[Outcome]]]
"""One call of ``write`` as the script wants it."""


class ScriptedTarget(WorldTarget):
    """A world that plays ``script``, one entry a call of ``write``; None, and all after its end, is as it should be.

    ``calls`` are the anchors of each call, ``looks`` how often it was looked at; ``most`` were in flight at once, and
    ``most_at`` at one place. ``unreadable`` places raise.
    """

    def __init__(
        self,
        world: Memory | None = None,
        *,
        sync: str = "staff",
        places: Sequence[str] = ("",),
        ability: Ability = ABILITY,
        script: Sequence[Play | None] = (),
    ) -> None:
        self.memory = world or Memory()
        super().__init__(self.memory, sync=sync, places=places, ability=ability)
        self.script = list(script)
        self.calls: list[tuple[str, tuple[str, ...]]] = []
        self.looks = self.reads = self.most = self.most_at = 0
        self.unreadable: dict[str, PeerError] = {}
        self.refused: dict[str, Failed] = {}
        self._flying: list[str] = []

    async def places(self) -> Sequence[str]:
        """As it was told, unless nobody answers."""
        if error := self.unreadable.get("*"):
            raise error
        return await super().places()

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Everything that stands there, unless the place cannot be read."""
        self.reads += 1
        if error := self.unreadable.get(place):
            raise error
        async for held in super().held(place):
            yield held

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """As it should be, and counted."""
        self.looks += 1
        if error := self.unreadable.get(place):
            raise error
        return await super().look(place, keys, addresses)

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """What the script says."""
        self.calls.append((place, tuple(step.anchor for step in steps)))
        self._flying.append(place)
        self.most, self.most_at = max(self.most, len(self._flying)), max(self.most_at, self._flying.count(place))
        try:
            play = self.script.pop(0) if self.script else None
            return await (play(self, place, steps) if play else self.as_it_should(place, steps))
        finally:
            self._flying.remove(place)

    async def as_it_should(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """Every step, but for those of the ``refused``."""
        outcomes: list[Outcome] = []
        for step in steps:
            await asyncio.sleep(0)
            outcomes.append(self.refused.get(step.anchor) or self.do(place, step))
        return outcomes


def throttled(after: timedelta | None = timedelta(seconds=30)) -> Play:
    """Nothing is written; the target wants peace for ``after``."""

    async def play(_: ScriptedTarget, __: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        return [Failed(Reason.THROTTLED, "too many calls", after) for _step in steps]

    return play


def lost(*, written: bool) -> Play:
    """The call fails after, or before, everything was written."""

    async def play(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        if written:
            await target.as_it_should(place, steps)
        raise PeerError(Reason.TIMEOUT, "the connection broke off")

    return play


def short(*, by: int = 1) -> Play:
    """All is written, and the answer tells of fewer."""

    async def play(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        return (await target.as_it_should(place, steps))[: len(steps) - by]

    return play


def partly(count: int, failed: Failed) -> Play:
    """The first ``count`` steps are written; of the others each is ``failed``."""

    async def play(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        return [*await target.as_it_should(place, steps[:count]), *([failed] * (len(steps) - count))]

    return play


async def hanging(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
    """All is written, and the answer never comes."""
    await target.as_it_should(place, steps)
    await asyncio.Event().wait()
    return []


class DiedError(BaseException):
    """The process was killed here, as far as the code can tell."""


def dying(after: int) -> Play:
    """The process dies when ``after`` steps of the call have been written."""

    async def play(target: ScriptedTarget, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        await target.as_it_should(place, steps[:after])
        raise DiedError

    return play
