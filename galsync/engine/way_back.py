"""Plans the two ways back: from one run, and from everything that a sync ever made."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from galsync.engine.killed import Unsure, begun, last_run, standing
from galsync.engine.order import answers_to
from galsync.engine.outlook import Outlook, Trouble
from galsync.engine.pictures import pictured
from galsync.engine.troubles import in_peace
from galsync.entries import Agreement, Held
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.plans.claims import believed
from galsync.plans.purging import purge
from galsync.plans.undoing import undo
from galsync.rows import Done
from galsync.side import Failed, Target
from galsync.steps import Plan
from galsync.syncs import Sync
from service.runs.states import StepState


async def looked_back(sync: Sync, ledger: Ledger, run: int, *, now: datetime) -> Outlook:
    """What undoes ``run``, place by place. Raises ValueError where this sync has no such run."""
    if (known := await ledger.run(run)) is None or known.sync != sync.name:
        raise ValueError(f"{sync.name} has no run {run}: see its history")
    rows: dict[str, list[Done]] = {}
    async for row in ledger.steps(run):
        if row.state is StepState.DONE:
            rows.setdefault(row.done.place, []).append(row.done)
    plans: list[Plan] = []
    skipped: list[Trouble] = []
    unsure = await begun(ledger, sync.name)
    for place, done in rows.items():
        held = await in_peace(_standing(sync.target, place, done))
        if isinstance(held, Failed):
            skipped.append(Trouble(place or sync.target.name, held.reason, held.words))
            continue
        agreed = await ledger.agreements_of(sync.name, place, sorted({row.anchor for row in done}))
        ours = believed(held, sync=sync.name, agreed=agreed, begun=unsure.get(place, {}))
        plans.append(undo(done, ours, agreed, sync=sync.name, place=place))
    return Outlook(
        sync=sync.name,
        kind=RunKind.UNDO,
        made_at=now,
        plans=tuple(plans),
        skipped=tuple(skipped),
        before=await _known(ledger, sync.name),
        after=await last_run(ledger, sync.name),
    )


async def swept(sync: Sync, ledger: Ledger, *, now: datetime) -> Outlook:
    """What removes all that bears the stamp of ``sync``, at its places and at those where it once wrote.

    Where the target does not tell its places (a group that has gone), those that the ledger knows are purged all the
    same, and the trouble is told: something may stand elsewhere.
    """
    last, known = await last_run(ledger, sync.name), await ledger.places(sync.name)
    skipped: list[Trouble] = []
    places = await in_peace(sync.target.places())
    if isinstance(places, Failed):
        trouble = Trouble(sync.target.name, places.reason, places.words)
        if not known:
            return Outlook(sync=sync.name, kind=RunKind.PURGE, made_at=now, unread=(trouble,), after=last)
        skipped.append(trouble)
        places = ()
    plans: list[Plan] = []
    before, unsure = 0, await begun(ledger, sync.name)
    for place in dict.fromkeys((*places, *known)):
        agreed = await ledger.agreements(sync.name, place)
        before += len(agreed)
        held = await in_peace(_ours(sync, place, agreed, unsure.get(place, {})))
        if isinstance(held, Failed):
            skipped.append(Trouble(place or sync.target.name, held.reason, held.words))
        else:
            made = purge(held, sync.name, place=place, agreed=agreed)
            told = await in_peace(pictured(sync.target, place, made))
            plans.append(made if isinstance(told, Failed) else told)  # a photo less to give back, if ever
    return Outlook(
        sync=sync.name,
        kind=RunKind.PURGE,
        made_at=now,
        plans=tuple(plans),
        skipped=tuple(skipped),
        before=before,
        after=last,
    )


async def _ours(sync: Sync, place: str, agreed: Mapping[str, Agreement], unsure: Unsure) -> list[Held]:
    claimed = [held async for held in sync.target.held(place) if held.stamp and held.stamp.sync == sync.name]
    return [held for held in believed(claimed, sync=sync.name, agreed=agreed, begun=unsure) if held.stamp]


async def _known(ledger: Ledger, sync: str) -> int:
    """How many entries the ledger knows: as the last run told it, or counted."""
    told = await standing(ledger, sync)
    if told is not None:
        return told
    return sum([len(await ledger.agreements(sync, place)) for place in await ledger.places(sync)])


async def _standing(target: Target, place: str, rows: Sequence[Done]) -> list[Held]:
    """What stands there of the objects that the rows are about, and what is in their way by now."""
    keys = {row.key for row in rows if row.key} | {row.before.key for row in rows if row.before}
    addresses = {address for row in rows if row.entry for address in answers_to(row.entry)}
    addresses |= {address for row in rows if row.before for address in row.before.addresses}
    return list(await target.look(place, sorted(keys), sorted(addresses)))
