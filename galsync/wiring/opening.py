"""Opens a sync of the settings with its sources and its target, and the ledger that it writes into."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from galsync.entries import Form
from galsync.ledger.ledger import Ledger
from galsync.people.expressions import Template
from galsync.people.mapping import Mapping
from galsync.people.moved import Moving
from galsync.people.selection import Selection
from galsync.plans.guards import Bound, Guards
from galsync.rules import Rules
from galsync.settings import GalsyncSettings, SyncSettings
from galsync.settings.consistency import form_of, with_helpers
from galsync.settings.people import rules_of
from galsync.settings.syncs import BoundSettings
from galsync.side import Ability
from galsync.steps import Remedy
from galsync.syncs import Feed, Sync
from galsync.wiring.parts import Chance, Clock, Part, Sleep
from galsync.wiring.sources import source_of
from galsync.wiring.targets import target_of
from protocols.model.person import Kind
from service.state import opening
from service.state.settings import StateSettings

_WHEN: Final = {"schedule", "zone", "whole_every", "guards"}


@asynccontextmanager
async def ledger_of(state: StateSettings, directory: Path, *, clock: Clock) -> AsyncIterator[Ledger]:
    """The memory of all syncs, open for the block. Raises StateError, SecretError."""
    async with opening.opened(state, directory) as database:
        yield Ledger(database, clock=clock)


@asynccontextmanager
async def opened(
    settings: GalsyncSettings,
    sync: SyncSettings,
    directory: Path,
    *,
    clock: Clock,
    sleep: Sleep,
    chance: Chance,
    moving: Moving | None = None,
) -> AsyncIterator[Sync]:
    """The sync with its sources and its target, open for the block; the secrets of no other directory are read.

    ``moving`` tells who has moved; ValueError where the sync names moves and nobody does: entries would not flip.

    Raises SecretError, OSError (a CA file), UnreadableError (keys), and PeerError where a target has to be asked what
    it can do.
    """
    if sync.moves and moving is None:
        raise ValueError(f"{sync.name} names moves, and nobody tells who has moved")
    async with AsyncExitStack() as stack:
        part = Part(
            sync=sync,
            directories=settings.directories,
            directory=directory,
            stack=stack,
            clock=clock,
            sleep=sleep,
            chance=chance,
        )
        target = await target_of(sync.target, settings.directories[sync.target], part)
        form = form_of(sync, settings.directories[sync.target])
        assert form is not None  # the settings see to it
        ability, feeds = target.ability, []
        for name in sync.sources:
            mapping = mapping_of(sync, name, form).narrowed(
                fields=ability.fields, aliases=ability.aliases, photos=ability.photos, narrow=ability.narrow
            )
            selection = selection_of(sync)
            source = await source_of(name, settings.directories[name], part, selection, mapping)
            feeds.append(Feed(source=source, selection=selection, mapping=mapping))
        yield Sync(
            name=sync.name,
            feeds=tuple(feeds),
            target=target,
            rules=rules(sync, feeds[0].mapping, ability),
            guards=_guards(sync),
            whole_every=sync.whole_every,
            fingerprint=fingerprint(settings, sync),
            moving=moving,
        )


def mapping_of(sync: SyncSettings, source: str, form: Form) -> Mapping:
    """How the people of ``source`` become entries."""
    forms = dict.fromkeys((Kind.USER, Kind.ROOM, Kind.EQUIPMENT), form)
    if sync.groups != "none":
        forms[Kind.GROUP] = Form.GROUP if sync.groups == "groups" else form
    return Mapping(
        source=source,
        forms=forms,
        external=Template.parse(sync.external) if sync.external else None,
        domains=sync.domains,
        fields=rules_of(sync.fields, sync.values),
        x500=sync.x500,
        proxies=sync.proxies,
        photos=sync.photos,
        group_address=Template.parse(sync.group_address) if sync.group_address else None,
        hidden=sync.hide,
    )


def selection_of(sync: SyncSettings) -> Selection:
    """Who is taken."""
    return Selection(
        include=sync.include.sieve(), exclude=sync.exclude.sieve(), disabled=sync.disabled, hidden=sync.hidden
    )


def rules(sync: SyncSettings, mapping: Mapping, ability: Ability) -> Rules:
    """What a plan of ``sync`` goes by; the fields are those that ``mapping`` was narrowed to."""
    return Rules(
        sync=sync.name,
        fields=mapping.hows,
        hides=ability.hides,
        links=ability.links,
        own_domains=ability.own_domains,
        grace=sync.grace,
        resolutions={address: Remedy(word) for address, word in sync.conflicts.items()},
    )


def fingerprint(settings: GalsyncSettings, sync: SyncSettings) -> str:
    """Another one whenever anything of the sync, or of a directory that it reads or writes, is written otherwise: but
    when it runs does not matter."""
    parts: list[Any] = [sync.model_dump(mode="json", exclude=_WHEN)]
    names = with_helpers((*sync.sources, sync.target), settings.directories)
    parts += [settings.directories[name].model_dump(mode="json") for name in names]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _guards(sync: SyncSettings) -> Guards:
    def bound(settings: BoundSettings) -> Bound:
        return Bound(count=settings.count, share=settings.share)

    guards = sync.guards
    return Guards(deletions=bound(guards.deletions), changes=bound(guards.changes), shrink=guards.shrink)
