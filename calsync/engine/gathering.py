"""Finds out which items of the ledger a reading may be about, so that a run costs what has changed, not what stands."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial

from calsync.agreed import Agreed, Aside
from calsync.contents import fields
from calsync.engine.reading import Reading
from calsync.items import Item, Mark
from calsync.ledger.ledger import Ledger
from calsync.plans.details import NOTHING, level
from calsync.plans.fingerprints import fingerprint, tails
from calsync.rules import HubRules
from calsync.turns import mapped


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What a plan is made from (calsync.plans.plan): the items of the ledger by id, the rest as the plan wants it."""

    known: dict[str, Agreed] = field(default_factory=dict)
    seen: dict[str, dict[str, Item | None]] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)
    asides: dict[tuple[str, str], Aside] = field(default_factory=dict)


async def gathered(
    hub: HubRules,
    ledger: Ledger,
    readings: Sequence[Reading],
    *,
    everything: bool = False,
    pending: bool = True,
    also: Iterable[str] = (),
) -> Gathered:
    """All that the plan wants of ``readings``, and the items ``also``; with ``everything`` all that the ledger has,
    without ``pending`` only what they are about (for a second look at a few items). Raises StateError."""
    found = Gathered()
    wanted = set(also)
    for reading in readings:
        wanted |= await _put(found, hub, ledger, reading)
    if everything:
        async for some in ledger.everything(hub.name):
            found.known |= {agreed.id: agreed for agreed in some}
        return found
    if pending:
        found.known |= {agreed.id: agreed for agreed in await ledger.pending(hub.name)}
    found.known |= await ledger.agreed(hub.name, wanted - found.known.keys())
    _leave_out(found, {(reading.spoke, key) for reading in readings for key in reading.asked})
    return found


async def _put(found: Gathered, hub: HubRules, ledger: Ledger, reading: Reading) -> set[str]:
    """Takes what one spoke told; the ids of the items that it may be about."""
    spoke = reading.spoke
    keys = {*reading.items, *reading.unread, *reading.gone}
    links = await ledger.linked(hub.name, spoke, keys)
    asides = await ledger.asides(hub.name, spoke, keys)
    found.asides |= {(spoke, key): aside for key, aside in asides.items()}
    found.seen[spoke] = {**dict.fromkeys(sorted(reading.gone)), **reading.items}
    found.unread[spoke] = set(reading.unread)
    new = [item for key, item in reading.items.items() if key not in links]
    return {*links.values(), *await _resembling(hub, ledger, new)}


async def _resembling(hub: HubRules, ledger: Ledger, new: Sequence[Item]) -> set[str]:
    """The ids of the items that something new may be the same as: by our mark, its UID, or its fingerprint."""
    prints = set[bytes]().union(*await mapped(partial(_prints, hub), new))
    marks = [Mark.read(item.mark) for item in new]
    ids = {mark.item for mark in marks if mark is not None and mark.hub == hub.name}
    by_uid = await ledger.by_uid(hub.name, {item.uid for item in new if item.uid})
    by_print = await ledger.by_print(hub.name, prints - {b""})
    return ids.union(*by_uid.values(), *by_print.values())


def _prints(hub: HubRules, item: Item) -> set[bytes]:
    told = fields(item.content)
    return {fingerprint(told, hub), *(print_ for _, print_ in tails(told, hub))}


def _leave_out(found: Gathered, asked: AbstractSet[tuple[str, str]]) -> None:
    """What stands just as the ledger has it needs no plan (our own writes come back by the feeds), unless the item is
    pending, or not given (it may be time for it), or the plan ``asked`` for it."""
    for agreed in found.known.values():
        for link in agreed.links.values() if not agreed.pending and level(agreed.fields) != NOTHING else ():
            item = found.seen.get(link.spoke, {}).get(link.key)
            if item is not None and item.version == link.version and (link.spoke, link.key) not in asked:
                del found.seen[link.spoke][link.key]
