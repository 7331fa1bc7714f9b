"""Finds out what a purge does not reach: copies that the ledger knows of, and that no listing of our stamps told."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from calsync.agreed import Agreed
from calsync.engine.troubles import Trouble, in_peace
from calsync.hubs import Hub
from calsync.items import Item, Mark, Unread
from calsync.ledger.ledger import Ledger
from calsync.spoke import Failed, Spoke
from calsync.steps import Left
from service.amounts import amount

_AT_ONCE: Final = 100
"""So many are looked at in one call."""
NOT_NAMED: Final = (
    "but the settings do not name this spoke any more: write it there again, and purge again; where it is gone for "
    "good: `busyline calendar purge {} --forget {}`"
)
READ_ONLY: Final = "but the hub may not write there: let it (get = { delete = true }, and its account), and purge again"
UNREADABLE: Final = "which cannot be read ({}): mend or remove what it is, and purge again"
UNTOLD: Final = "though its server did not tell of them when it was asked for all: purge again"
STRIPPED: Final = (
    "stands where a copy of ours stood, without our stamp: whoever took it off made it theirs, and it stays"
)


@dataclass(slots=True, kw_only=True)
class Remaining:
    """``stays`` says by spoke how many copies stand there that a purge cannot remove, and what to do, so that the
    ledger must not forget them; ``left`` names what is no copy of ours any more."""

    stays: list[Trouble] = field(default_factory=list)
    left: list[tuple[Agreed, Left]] = field(default_factory=list)

    def leave(self, agreed: Agreed, spoke: str, words: str) -> None:
        """What stands there for ``agreed`` stays, and why."""
        self.left.append((agreed, Left(item=agreed.id, spoke=spoke, words=words)))


async def remaining(
    hub: Hub, ledger: Ledger, seen: Mapping[str, Iterable[tuple[str, str]]], *, without: AbstractSet[str] = frozenset()
) -> Remaining:
    """What the ledger knows to be made by us and to stand, but for ``seen``: by spoke the (item, key) of each copy that
    was told; and but for the spokes ``without``. Each is looked at once more. Raises StateError."""
    found = Remaining()
    for name, keys in sorted((await _missing(hub, ledger, seen)).items()):
        if name in without:
            continue
        spoke = hub.spokes.get(name)
        if spoke is None:
            found.stays.append(Trouble(name, _still(len(keys)) + NOT_NAMED.format(hub.name, name)))
        else:
            await _looked(found, hub, spoke, keys)
    return found


async def _missing(
    hub: Hub, ledger: Ledger, seen: Mapping[str, Iterable[tuple[str, str]]]
) -> dict[str, dict[str, Agreed]]:
    """The items by spoke and key. What stands under a spoke of another name, by the same key, was told by it."""
    told = {name: set(places) for name, places in seen.items()}
    anywhere = {place for places in told.values() for place in places}
    missing: dict[str, dict[str, Agreed]] = {}
    async for some in ledger.everything(hub.name):
        for agreed in some:
            for link in agreed.links.values():
                places = told.get(link.spoke, set()) if link.spoke in hub.spokes else anywhere
                if link.made and link.version and (agreed.id, link.key) not in places:
                    missing.setdefault(link.spoke, {})[link.key] = agreed
    return missing


async def _looked(found: Remaining, hub: Hub, spoke: Spoke, items: Mapping[str, Agreed]) -> None:
    keys, stand, unread = sorted(items), 0, list[str]()
    for start in range(0, len(keys), _AT_ONCE):
        told = await in_peace(spoke.look(keys[start : start + _AT_ONCE]), within=hub.patience)
        if isinstance(told, Failed):
            found.stays.append(Trouble(spoke.name, _still(len(keys)) + UNREADABLE.format(told.words)))
            return
        for key, one in told.items():
            match one:
                case Unread():
                    unread.append(one.words)
                case Item() if not _ours(one, hub.name):
                    found.leave(items[key], spoke.name, STRIPPED)
                case Item() if one.guarded:
                    found.leave(items[key], spoke.name, one.guarded)
                case Item():
                    stand += 1
    if unread:
        found.stays.append(Trouble(spoke.name, _still(len(unread)) + UNREADABLE.format(unread[0])))
    if stand:
        why = UNTOLD if spoke.ability.writable else READ_ONLY
        found.stays.append(Trouble(spoke.name, _still(stand) + why))


def _still(number: int) -> str:
    return f"{amount(number, 'copy', 'copies')} of ours still there, "


def _ours(item: Item, hub: str) -> bool:
    mark = Mark.read(item.mark)
    return mark is not None and mark.hub == hub
