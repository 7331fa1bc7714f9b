"""Carries a plan for a pair out, forth or back: one step after the other, each written down before and after."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from galsync.engine.troubles import in_peace
from galsync.pairs.accounts import keyed
from galsync.pairs.pair import Pair, PairSync
from galsync.pairs.pieces import Part, Piece
from galsync.pairs.record import State
from galsync.pairs.steps import PairPlan, PairStep, SyncStep
from galsync.reports.report import RunReport
from galsync.side import Failed, Handed, Written
from service.runs.states import RunState

_CHANGED = "it stands otherwise now than when the plan was made: look at a new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one step; ``words`` say why it was not done, or what is left to do."""

    title: str
    part: Part
    state: State
    words: str = ""


@dataclass(slots=True, kw_only=True)
class Carried:
    """What became of a plan. ``stopped`` is why it was not carried out to its end, "" where it was."""

    syncs: list[RunReport] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    stopped: str = ""

    @property
    def well(self) -> bool:
        """Whether all of it was done, or handed to whoever will."""
        failed = any(each.state is State.FAILED for each in self.outcomes)
        return not failed and not self.stopped and all(each.state is RunState.DONE for each in self.syncs)


class Carrier:
    """Does what a plan says. ``kept`` is called before every step, and raises where another has taken the pair over;
    ``told`` hears of each step that is done."""

    def __init__(
        self,
        pair: Pair,
        *,
        kept: Callable[[], Awaitable[None]],
        told: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        self._pair, self._kept, self._told = pair, kept, told
        self._ending = False

    def stop(self) -> None:
        """Nothing more is begun; the step that goes on is finished."""
        self._ending = True
        for each in (*self._pair.syncs, *self._pair.former):
            each.engine.stop()

    async def forth(self, plan: PairPlan) -> Carried:
        """Contacts first, so that everybody can be found; then accounts, what is shared, and the routes.

        A step that fails stops nothing but the rest of its own part: what comes later does not count without it.
        """
        carried = Carried()
        for step in plan.syncs:
            if not await self._goes_on(carried):
                return carried
            carried.syncs.append(await self._synced(step, anew=step.part is Part.GROUPS and _wrote(carried)))
        await self._steps(plan, carried)
        return carried

    async def back(self, plan: PairPlan) -> Carried:
        """The other way round."""
        carried = Carried()
        await self._steps(plan, carried)
        for step in plan.syncs:
            if not await self._goes_on(carried):
                return carried
            carried.syncs.append(await self._purged(step))
        return carried

    async def _steps(self, plan: PairPlan, carried: Carried) -> None:
        broken: set[Part] = set()
        for step in plan.steps:
            if not await self._goes_on(carried):
                return
            if step.part in broken and step.part is Part.SHARING and not plan.back:
                outcome = _outcome(step, State.FAILED, "not tried, since a step before it failed")
            else:
                tenant = plan.tenants.get(step.key.partition("/")[0], "")
                outcome = await (self._taken_back(step) if plan.back else self._done(step, tenant))
            if outcome.state is State.FAILED:
                broken.add(step.part)
            carried.outcomes.append(outcome)
            self._told(outcome)

    async def _goes_on(self, carried: Carried) -> bool:
        if self._ending:
            carried.stopped = "stopped as asked; the next run goes on from there"
            return False
        await self._kept()
        return True

    async def _synced(self, step: SyncStep, *, anew: bool) -> RunReport:
        """A sync that an undo paused may run again: it is asked for by name. ``anew``: it looks again first, since
        members of groups are found once they are there."""
        if step.stopped:
            return step.report
        return await self._sync(step.name).engine.apply(None if anew else step.outlook, resume=True)

    async def _purged(self, step: SyncStep) -> RunReport:
        return step.report if step.stopped else await self._sync(step.name).engine.purge()

    async def _done(self, step: PairStep, tenant: str) -> Outcome:
        piece, record = self._pair.piece(step.key), self._pair.record
        if piece is None:
            return _outcome(step, State.FAILED, _CHANGED)
        now = await in_peace(piece.read())
        if not isinstance(now, str):
            return _outcome(step, State.FAILED, now.words)
        if piece.same(now, step.shall):
            return _outcome(step, State.DONE)
        if not piece.same(now, step.was):
            return _outcome(step, State.FAILED, _CHANGED)
        row = await record.begin(self._pair.name, step.part, step.key, was=now, did=step.shall, tenant=tenant)
        outcome = await in_peace(piece.write(now, step.shall))
        state, words = _became(outcome)
        await record.end(row, state, words, did=_exactly(step, outcome))
        return _outcome(step, state, words)

    async def _taken_back(self, step: PairStep) -> Outcome:
        piece, record = self._pair.piece(step.key), self._pair.record
        if piece is None:
            return _outcome(step, State.FAILED, _CHANGED)
        state, words = (State.LEFT if step.stays else State.UNDONE), "; ".join(step.notes)
        if not piece.same(step.was, step.shall):
            now = await in_peace(piece.read())
            if not isinstance(now, str):
                return _outcome(step, State.FAILED, now.words)
            if not piece.same(now, step.was) and not piece.same(now, step.shall):
                return _outcome(step, State.FAILED, _CHANGED)
            became, why = _became(await in_peace(piece.write(now, step.shall)))
            if became is State.FAILED:
                return _outcome(step, became, why)
            state = State.HANDED if became is State.HANDED else state
            if state is State.HANDED and not await self._seen(piece, step.shall):
                return _outcome(step, state, words)  # whoever will has not done it yet: the next undo looks again
        for row in step.rows:
            await record.end(row, State.UNDONE, words)
        for row in step.left:
            await record.end(row, State.LEFT, words)
        return _outcome(step, state, words)

    async def _seen(self, piece: Piece, shall: str) -> bool:
        now = await in_peace(piece.read())
        return isinstance(now, str) and piece.same(now, shall)

    def _sync(self, name: str) -> PairSync:
        return next(each for each in (*self._pair.syncs, *self._pair.former) if each.sync.name == name)


def _wrote(carried: Carried) -> bool:
    return any(report.tally.written for report in carried.syncs)


def _became(outcome: object) -> tuple[State, str]:
    match outcome:
        case Failed():
            return State.FAILED, outcome.words or outcome.reason.value
        case Handed():
            return State.HANDED, ""
        case _:
            return State.DONE, ""


def _exactly(step: PairStep, outcome: object) -> str | None:
    """What an account is known by is told only once it is made."""
    made = isinstance(outcome, Written) and step.part is Part.ACCOUNTS
    return keyed(step.shall, outcome.key) if made and isinstance(outcome, Written) else None


def _outcome(step: PairStep, state: State, words: str = "") -> Outcome:
    return Outcome(title=step.title, part=step.part, state=state, words=words)
