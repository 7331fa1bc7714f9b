"""What a plan goes by, as the settings of a hub say it."""

import hashlib
import json
from typing import Any, Final

from calsync.rules import Bound, Conflict, HubRules, Kind, SpokeRules
from calsync.settings import HubSettings, SpokeSettings
from calsync.settings.hubs import ChangesSettings, CreationsSettings, DeletionsSettings

_MEANT: Final = {"read", "give", "get", "zone", "owners"}
"""What a spoke's items are taken or written for, beside which calendar it is."""


def rules_of(hub: HubSettings) -> HubRules:
    """The rules, spokes in the order of the file."""
    guards = hub.guards
    return HubRules(
        name=hub.name,
        kind=Kind(hub.kind),
        spokes=tuple(_spoke(name, spoke) for name, spoke in hub.spokes.items()),
        conflicts=Conflict(hub.conflicts),
        creations=_bound(guards.creations),
        changes=_bound(guards.changes),
        deletions=_bound(guards.deletions),
        shrink=guards.shrink,
        loops=hub.loops,
    )


def fingerprint(hub: HubSettings) -> str:
    """Another one whenever a rule is, or which calendar a spoke is: not when it runs, or by which proof it is reached,
    does not matter."""
    parts: list[Any] = [hub.name, hub.kind, hub.conflicts]
    for name, spoke in hub.spokes.items():
        parts.append([name, spoke.place, spoke.model_dump(mode="json", include=_MEANT)])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _spoke(name: str, settings: SpokeSettings) -> SpokeRules:
    return SpokeRules(name=name, gives=settings.give.gives() if settings.read else None, gets=settings.get.gets())


def _bound(settings: CreationsSettings | ChangesSettings | DeletionsSettings) -> Bound:
    return Bound(count=settings.count, share=settings.share)
