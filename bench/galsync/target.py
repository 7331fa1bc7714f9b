"""A target that keeps its word: stamps, versions and addresses are minded as a strict directory would."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from bench.galsync.world import World
from galsync.engine.order import answers_to
from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Ability, Failed, Outcome, Visible, Written
from galsync.steps import Act, Step
from protocols.model.freebusy import Reason
from protocols.model.person import Field

ABILITY = Ability(batch=4, forms=frozenset(Form), visible=Visible.AT_ONCE)


def _unheard(_: str) -> None:
    """Nobody listens."""


class WorldTarget:
    """Writes to a world in the name of ``sync``. ``heard`` is told before and after each object is changed."""

    def __init__(
        self,
        world: World,
        *,
        sync: str,
        places: Sequence[str] = ("",),
        ability: Ability = ABILITY,
        heard: Callable[[str], None] = _unheard,
    ) -> None:
        self.world, self.sync, self._places, self._ability, self.heard = world, sync, tuple(places), ability, heard

    @property
    def name(self) -> str:
        """As the settings would call it."""
        return "world"

    @property
    def ability(self) -> Ability:
        """As it was told."""
        return self._ability

    async def places(self) -> Sequence[str]:
        """As it was told."""
        return self._places

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Everything that stands there."""
        for held in self.world.standing(place):
            yield held

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """What stands under the keys or answers to the addresses."""
        found = {key: held for key in keys if (held := self.world.find(place, key))}
        for address in addresses:
            found |= {held.key: held for held in self.world.owners(place, address)}
        return list(found.values())

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """Step by step, others in between."""
        outcomes = []
        for step in steps:
            await asyncio.sleep(0)
            self.heard("before")
            outcomes.append(self.do(place, step))
            self.heard("after")
        return outcomes

    def do(self, place: str, step: Step) -> Outcome:
        """One step, as a strict directory would take it."""
        if step.act is Act.CREATE:
            return self._create(place, step)
        there = self.world.find(place, step.held.key) if step.held else None
        if there is None:
            return Written() if step.act is Act.REMOVE else Failed(Reason.NO_SUCH_MAILBOX, "is gone")
        if refused := self._refused(there, step):
            return refused
        if step.act is Act.REMOVE:
            self.world.drop(place, there.key)
            return Written()
        return self._put(place, replace(there, hidden=True) if step.act is Act.RETIRE else _updated(there, step))

    def _refused(self, there: Held, step: Step) -> Failed | None:
        if there.stamp is None or there.stamp.sync != self.sync:
            return Failed(Reason.FORBIDDEN, "is not ours")
        if step.act is not Act.REMOVE and step.held and there.version != step.held.version:
            return Failed(Reason.INCOMPLETE, "was changed meanwhile")
        return None

    def _create(self, place: str, step: Step) -> Outcome:
        entry = step.entry
        if entry is None:
            return Failed(Reason.GARBLED, "has no entry")
        made = Held(
            key=f"object-{self.world.number()}",
            stamp=Stamp(self.sync, step.anchor),
            form=entry.form,
            address=entry.address,
            addresses=answers_to(entry),
            texts=dict(entry.texts),
            hidden=entry.hidden,
            members=entry.members,
            photo=entry.photo,
        )
        return self._put(place, made)

    def _put(self, place: str, held: Held) -> Outcome:
        others = {other.key for address in held.addresses for other in self.world.owners(place, address)}
        if others - {held.key}:
            return Failed(Reason.INVALID_ADDRESS, "somebody else has this address")
        held = replace(held, version=f"v{self.world.number()}")
        self.world.put(place, held)
        return Written(held.key, held.version)


def _updated(there: Held, step: Step) -> Held:
    """What ``changes`` name, and nothing else."""
    entry, names = step.entry, {change.field for change in step.changes}
    if entry is None:
        return there
    texts = dict(there.texts)
    for name in Field:
        if name.value in names:
            texts.pop(name, None)
            texts |= {name: entry.texts[name]} if name in entry.texts else {}
    return replace(
        there,
        texts=texts,
        address=entry.address if "address" in names else there.address,
        addresses=_addresses(there, entry, step, names),
        hidden=entry.hidden if "hidden" in names else there.hidden,
        members=entry.members if "members" in names else there.members,
        photo=entry.photo if "photo" in names else there.photo,
    )


def _addresses(there: Held, entry: Entry, step: Step, names: set[str]) -> frozenset[str]:
    addresses = set(there.addresses)
    if "address" in names:
        addresses -= {there.address.address} if there.address else set()
        addresses.add(entry.address.address)
    if "aliases" in names:
        wanted = {alias.lower() for alias in entry.aliases}
        addresses -= {alias.lower() for alias in (step.known.aliases if step.known else ())} - wanted
        addresses |= wanted
    return frozenset(addresses)
