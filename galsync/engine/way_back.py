"""Plans the two ways back: from one run, and from everything that a sync ever made."""

from collections.abc import Sequence
from datetime import datetime

from galsync.engine.killed import last_run
from galsync.engine.order import answers_to
from galsync.engine.outlook import Outlook, Trouble
from galsync.engine.troubles import in_peace
from galsync.entries import Held
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind, StepState
from galsync.plans.purging import purge
from galsync.plans.undoing import undo
from galsync.rows import Done
from galsync.side import Failed, Target
from galsync.steps import Plan
from galsync.syncs import Sync


async def looked_back(sync: Sync, ledger: Ledger, run: int, *, now: datetime) -> Outlook:
    """What undoes ``run``, place by place. Raises ValueError where this sync has no such run."""
    if all(each.number != run for each in await ledger.runs(sync.name, most=100_000)):
        raise ValueError(f"{sync.name} has no run {run}: see its history")
    rows: dict[str, list[Done]] = {}
    async for row in ledger.steps(run):
        if row.state is StepState.DONE:
            rows.setdefault(row.done.place, []).append(row.done)
    plans: list[Plan] = []
    skipped: list[Trouble] = []
    for place, done in rows.items():
        held = await in_peace(_standing(sync.target, place, done))
        if isinstance(held, Failed):
            skipped.append(Trouble(place or sync.target.name, held.reason, held.words))
            continue
        agreed = await ledger.agreements_of(sync.name, place, sorted({row.anchor for row in done}))
        plans.append(undo(done, held, agreed, sync=sync.name, place=place))
    return Outlook(
        sync=sync.name,
        kind=RunKind.UNDO,
        made_at=now,
        plans=tuple(plans),
        skipped=tuple(skipped),
        after=await last_run(ledger, sync.name),
    )


async def swept(sync: Sync, ledger: Ledger, *, now: datetime) -> Outlook:
    """What removes all that bears the stamp of ``sync``, at its places and at those where it once wrote."""
    last = await last_run(ledger, sync.name)
    places = await in_peace(sync.target.places())
    if isinstance(places, Failed):
        trouble = Trouble(sync.target.name, places.reason, places.words)
        return Outlook(sync=sync.name, kind=RunKind.PURGE, made_at=now, unread=(trouble,), after=last)
    plans: list[Plan] = []
    skipped: list[Trouble] = []
    before = 0
    for place in dict.fromkeys((*places, *await ledger.places(sync.name))):
        agreed = await ledger.agreements(sync.name, place)
        before += len(agreed)
        held = await in_peace(_ours(sync, place))
        if isinstance(held, Failed):
            skipped.append(Trouble(place or sync.target.name, held.reason, held.words))
        else:
            plans.append(purge(held, sync.name, place=place, agreed=agreed))
    return Outlook(
        sync=sync.name,
        kind=RunKind.PURGE,
        made_at=now,
        plans=tuple(plans),
        skipped=tuple(skipped),
        before=before,
        after=last,
    )


async def _ours(sync: Sync, place: str) -> list[Held]:
    return [held async for held in sync.target.held(place) if held.stamp and held.stamp.sync == sync.name]


async def _standing(target: Target, place: str, rows: Sequence[Done]) -> list[Held]:
    """What stands there of the objects that the rows are about, and what is in their way by now."""
    keys = {row.key for row in rows if row.key} | {row.before.key for row in rows if row.before}
    addresses = {address for row in rows if row.entry for address in answers_to(row.entry)}
    addresses |= {address for row in rows if row.before for address in row.before.addresses}
    return list(await target.look(place, sorted(keys), sorted(addresses)))
