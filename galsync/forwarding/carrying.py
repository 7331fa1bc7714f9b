"""Carries forwarders out one by one: what stood there is kept first, and what was written is noted after the write."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from galsync.forwarding.forwards import Laying, PostOffice
from galsync.forwarding.records import Records
from galsync.forwarding.shifts import WRITES, Record, Shift, Shifting
from galsync.side import Failed, Handed


@dataclass(slots=True)
class Carried:
    """What became of the shifts: how many of each were done, and of which mailboxes it failed, and why. ``handed`` is
    how many wait for ``scripts`` that somebody has to run: they are not done."""

    done: Counter[Shifting] = field(default_factory=Counter)
    handed: int = 0
    scripts: set[str] = field(default_factory=set)
    failed: list[tuple[str, str]] = field(default_factory=list)


async def carry_out(shifts: Sequence[Shift], office: PostOffice, records: Records) -> Carried:
    """Does ``shifts`` in their order. A failure leaves the others alone. Raises StateError; killed at any moment, the
    next plan goes on from there."""
    carried = Carried()
    for shift in shifts:
        await _one(shift, office, records, carried)
    if carried.handed and isinstance(office, Laying) and (failed := await office.lay()):
        carried.failed.append((", ".join(sorted(carried.scripts)), failed.words))
        carried.handed = 0
    return carried


async def _one(shift: Shift, office: PostOffice, records: Records, carried: Carried) -> None:
    if shift.act is Shifting.FORGET:
        await records.forget(shift.mailbox)
        carried.done[shift.act] += 1
    elif shift.act is Shifting.REMEMBER and shift.post is not None:
        await records.keep(shift.mailbox, Record(shift.post.key, shift.kept, shift.after, done=True))
        carried.done[shift.act] += 1
    elif shift.act in WRITES and shift.post is not None:
        if shift.act is Shifting.SET:
            await records.keep(shift.mailbox, Record(shift.post.key, shift.kept, shift.after, done=False))
        outcome = await office.write(shift.post, shift.after)
        if isinstance(outcome, Failed):
            carried.failed.append((shift.mailbox, outcome.words))
        elif isinstance(outcome, Handed):
            carried.handed += 1
            carried.scripts |= {shift.post.script.path} if shift.post.script else set()
        else:
            carried.done[shift.act] += 1
            if shift.act is Shifting.SET:
                await records.keep(shift.mailbox, Record(shift.post.key, shift.kept, shift.after, done=True))
            else:
                await records.forget(shift.mailbox)
