"""A Google Workspace as a target of people and groups: shared contacts of the domain, and groups of its own."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from galsync.entries import Entry, Form, Held
from galsync.side import Ability, Narrow, Outcome, Target
from galsync.sides.google_group import narrowed
from galsync.sides.google_groups_writing import GroupWriter
from galsync.steps import Step


class GoogleGroupsTarget:
    """See :class:`galsync.side.Target`. One place, "".

    ``contacts`` are the shared contacts, which tell the groups, too (``own`` is an
    :class:`galsync.sides.google_own_groups.OwnGroups`).
    A member is whoever has the address: a user or group of the domain, or somebody outside, whether they have a shared
    contact or not; in ``domains``, the organisation's own, it has to be somebody.
    """

    def __init__(self, contacts: Target, groups: GroupWriter, *, domains: frozenset[str]) -> None:
        self._contacts, self._groups, self._domains = contacts, groups, domains

    @property
    def name(self) -> str:
        """See :class:`galsync.side.Target`."""
        return self._contacts.name

    @property
    def ability(self) -> Ability:
        """See :class:`galsync.side.Target`."""
        of = self._contacts.ability
        return replace(of, forms=of.forms | {Form.GROUP}, own_domains=self._domains, narrow=_narrow(of.narrow))

    async def places(self) -> Sequence[str]:
        """See :class:`galsync.side.Target`."""
        return await self._contacts.places()

    def held(self, place: str) -> AsyncIterator[Held]:
        """See :class:`galsync.side.Target`."""
        return self._contacts.held(place)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """See :class:`galsync.side.Target`."""
        return await self._contacts.look(place, keys, addresses)

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """See :class:`galsync.side.Target`. Groups come after people, one after the other: one may be in the next."""
        others = [number for number, step in enumerate(steps) if not _is_group(step)]
        told = await self._contacts.write(place, [steps[number] for number in others])
        outcomes: dict[int, Outcome] = dict(zip(others, told, strict=True))
        for number, step in enumerate(steps):
            if number not in outcomes:
                outcomes[number] = await self._groups.write(step)
        return [outcomes[number] for number in range(len(steps))]


def _is_group(step: Step) -> bool:
    """What stands there decides, where something does."""
    if step.held is not None:
        return step.held.form is Form.GROUP
    return step.entry is not None and step.entry.form is Form.GROUP


def _narrow(others: Narrow | None) -> Narrow:
    def narrow(entry: Entry) -> tuple[Entry, tuple[str, ...]]:
        if entry.form is Form.GROUP:
            return narrowed(entry), ()
        return others(entry) if others is not None else (entry, ())

    return narrow
