"""Plans the way back: everything that bears a hub's stamp at any of its spokes, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Final

from calsync.agreed import Agreed, Link
from calsync.contents import fields
from calsync.engine.outlook import Outlook
from calsync.engine.remaining import remaining
from calsync.engine.troubles import Trouble, in_peace
from calsync.hubs import Hub
from calsync.items import Item, Mark
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.spoke import Act, Failed, Spoke
from calsync.steps import Decision, Left, Plan, Step, Why

_COPIED: Final = "bears our stamp, but is not the copy that we made there: somebody copied it, and it is theirs"
LAST: Final = "is all that is left of an item that stands nowhere else any more: it stays, and goes by hand alone"


async def swept(hub: Hub, ledger: Ledger, *, now: datetime, forget: AbstractSet[str] = frozenset()) -> Outlook:
    """What removes all that this hub ever made, but what stands for an item that is nobody's own anywhere: an edit
    that beat a removal, both versions of a conflict. The spokes ``forget`` are not looked at, and what stands there
    stays. Raises StateError."""
    troubles: list[Trouble] = []
    found: dict[str, list[tuple[str, Item]]] = {}
    read: dict[str, int] = {}
    for name, spoke in hub.spokes.items():
        if name in forget or not spoke.ability.writable:
            continue
        ours = await in_peace(_ours(spoke, hub.name), within=hub.patience * 10)
        if isinstance(ours, Failed):
            troubles.append(Trouble(name, ours.words, ours.reason))
            continue
        read[name] = len(ours)
        for item in ours:
            if mark := Mark.read(item.mark):
                found.setdefault(mark.item, []).append((name, item))
    known = await ledger.agreed(hub.name, found)
    rest = await remaining(hub, ledger, _places(found), without={*forget, *(trouble.spoke for trouble in troubles)})
    decisions = {made: _decision(made, found[made], known.get(made)) for made in sorted(found)}
    for agreed, left in rest.left:
        decision = decisions.get(agreed.id) or Decision(item=agreed.id, agreed=agreed)
        decisions[agreed.id] = replace(decision, left=[*decision.left, left])
    return Outlook(
        hub=hub.name,
        kind=RunKind.PURGE,
        made_at=now,
        plan=Plan(decisions=list(decisions.values())),
        troubles=tuple(troubles),
        stays=tuple(rest.stays),
        read=read,
    )


def _places(found: Mapping[str, Iterable[tuple[str, Item]]]) -> dict[str, set[tuple[str, str]]]:
    """By spoke the item and the key of each copy."""
    places: dict[str, set[tuple[str, str]]] = {}
    for made, copies in found.items():
        for name, item in copies:
            places.setdefault(name, set()).add((made, item.key))
    return places


async def _ours(spoke: Spoke, hub: str) -> list[Item]:
    return [item async for item in spoke.ours(hub)]


def _decision(made: str, copies: Sequence[tuple[str, Item]], known: Agreed | None) -> Decision:
    agreed = known or Agreed(id=made, origin="", fields={}, links={})
    steps: list[Step] = []
    left = [Left(item=made, spoke=spoke, words=words) for spoke, item in copies if (words := _why(agreed, spoke, item))]
    ours = [(spoke, item) for spoke, item in copies if not _why(agreed, spoke, item)]
    if known is not None and not _somebodys(known) and ours:
        last = next((each for each in ours if each[0] == known.origin), None if left else ours[0])
        left += [Left(item=made, spoke=last[0], words=LAST)] if last else []
        ours = [each for each in ours if each is not last]
    for spoke, item in ours:
        here = Link(spoke=spoke, key=item.key, version=item.version, uid=item.uid, made=True)
        before = fields(item.content)
        steps.append(Step(act=Act.DELETE, why=Why.PURGE, item=made, spoke=spoke, link=here, before=before))
    return Decision(item=made, agreed=agreed, steps=steps, left=left)


def _why(agreed: Agreed, spoke: str, item: Item) -> str:
    """Why a copy stays; "" where it goes."""
    link = agreed.links.get(spoke)
    copied = link is not None and link.key not in {"", item.key}
    return item.guarded or (_COPIED if copied else "")


def _somebodys(agreed: Agreed) -> bool:
    """Whether it stands somewhere as somebody's own, or was removed there: then no copy of it is missed."""
    return agreed.ended or any(link.version and not link.made for link in agreed.links.values())
