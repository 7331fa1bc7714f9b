"""What earlier runs left behind that the next has to know: steps whose end nobody saw, and how much stood there."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from galsync.entries import Agreement, Held, Stamp
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Run
from galsync.plans.digests import digest
from galsync.plans.fields import shape
from galsync.steps import Act
from service.runs.states import RunState, StepState

Unsure: TypeAlias = Mapping[str, Sequence[Agreement]]
"""By anchor: what may have been written without the ledger having heard of it, newest first."""

Begun: TypeAlias = Mapping[str, Unsure]
"""The same by place."""

STANDING: Final = "standing"
"""In the figures of a run: how many entries the ledger knew when it had ended."""

CONFLICTS: Final = "conflicts"
"""In the figures of a run: how many wait for a decision."""

_UNSEEN: Final = frozenset({StepState.BEGUN, StepState.DOUBT})
_ENDED: Final = frozenset({RunState.DONE, RunState.STOPPED})


async def begun(ledger: Ledger, sync: str) -> Begun:
    """What may stand in the target although it was not agreed: steps of runs since one was DONE whose end nobody saw,
    creations that failed, of which half may have been written, and all that was handed to somebody who may have done it
    since."""
    found: dict[str, dict[str, list[Agreement]]] = {}
    settled = False
    for run in await ledger.runs(sync):
        states = _states(run, settled=settled)
        if states:
            newest: dict[tuple[str, str], Agreement] = {}
            async for row in ledger.steps(run.number):
                half = row.state is StepState.FAILED and row.done.act is Act.CREATE and StepState.DOUBT in states
                if (half or row.state in states) and row.done.agreement is not None:
                    newest[row.done.place, row.done.anchor] = row.done.agreement
            for (place, anchor), agreement in newest.items():
                found.setdefault(place, {}).setdefault(anchor, []).append(agreement)
        settled |= run.state is RunState.DONE
    return found


def as_it_stands(unsure: Unsure, held: Iterable[Held], *, sync: str) -> dict[str, Agreement]:
    """For each anchor the agreement that fits what stands there: of several runs that were killed one after the other,
    any may have written last, and what the first wrote is ours as much as what the last would have."""
    found = {anchor: agreements[0] for anchor, agreements in unsure.items()}
    for stamp, one in _ours(held, sync) if found else ():
        if stamp.anchor in found:
            found[stamp.anchor] = _fitting(found[stamp.anchor], unsure[stamp.anchor], one)
    return found


def unheard_of(
    found: Mapping[str, Agreement], held: Iterable[Held], *, sync: str, known: Container[str]
) -> dict[str, Agreement]:
    """Agreements for objects of ours that a killed run made and nobody is ``known`` for: whoever hides one now, and
    shows it again later, still knows then what was written by us."""
    made = ((stamp.anchor, one) for stamp, one in _ours(held, sync) if stamp.anchor not in known) if found else ()
    return {
        anchor: replace(found[anchor], key=one.key, photo=b"", retired_at=None)
        for anchor, one in made
        if anchor in found
    }


def _ours(held: Iterable[Held], sync: str) -> Iterator[tuple[Stamp, Held]]:
    return ((one.stamp, one) for one in held if one.stamp is not None and one.stamp.sync == sync)


def _fitting(newest: Agreement, agreements: Sequence[Agreement], held: Held) -> Agreement:
    stands = {name: digest(shape(text)) for name, text in held.texts.items()}
    ours = {name: sign for name, sign in stands.items() if any(a.written.get(name) == sign for a in agreements)}
    aliases = dict.fromkeys(alias for agreement in agreements for alias in agreement.aliases)
    return replace(newest, written={**newest.written, **ours}, aliases=tuple(aliases))


async def last_run(ledger: Ledger, sync: str) -> int:
    """The number of the newest run, negative while it goes on or where it was killed; 0 before the first.

    A plan that was made while a run wrote does not know of all that it wrote, and is another one when it has ended.
    """
    runs = await ledger.runs(sync, most=1)
    if not runs:
        return 0
    return -runs[0].number if runs[0].state is RunState.BEGUN else runs[0].number


async def standing(ledger: Ledger, sync: str) -> int | None:
    """How many entries the ledger knew after the newest run that said so; None where none did."""
    return next((run.counts[STANDING] for run in await ledger.runs(sync) if STANDING in run.counts), None)


def _states(run: Run, *, settled: bool) -> frozenset[StepState]:
    handed = frozenset({StepState.HANDED}) if run.counts.get("handed") else frozenset()
    unsure = not settled and (run.state not in _ENDED or run.counts.get("in_doubt"))
    if run.state in (RunState.BEGUN, RunState.ABANDONED):
        handed = frozenset({StepState.HANDED})
    return handed | (_UNSEEN if unsure else frozenset())
