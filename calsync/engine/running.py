"""Carries one run out: keeps the plan, writes, plans anew what was changed meanwhile, and writes down how it ended."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from calsync.engine.asking import Asking
from calsync.engine.moments import Moment, News, Tell
from calsync.engine.outlook import Outlook
from calsync.engine.planning import Planning
from calsync.engine.tally import Tally
from calsync.engine.writing import Writing
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Feed, RunKind
from calsync.plans.refusals import NOT_NOW
from calsync.reports.report import HubReport, refusal
from calsync.steps import Decision, Plan
from service.amounts import amount
from service.runs.lease import Lease, LeaseLostError
from service.runs.pace import Pace
from service.runs.states import RunOverError, RunState

_AGAIN = "{} failed: the next run tries again"
_REFUSED = (
    "{} refused by the spoke: tried again when the item changes, and whenever all is read, as by "
    "`busyline calendar sync {hub} --whole`"
)
_STOPPED = "stopped as asked, after the calls that were in flight; the next run goes on from there"


@dataclass(slots=True, kw_only=True)
class Running:
    """What a run is carried out with: the lease is held, and given back by whoever took it. ``paces`` by spoke."""

    hub: Hub
    ledger: Ledger
    lease: Lease
    planning: Planning
    paces: Mapping[str, Pace]
    clock: Callable[[], datetime]
    tell: Tell
    stopped: bool = False
    kept: bool = False
    tally: Tally = field(default_factory=Tally)
    again: list[Decision] = field(default_factory=list)
    reading: asyncio.Future[Outlook] | None = None

    def stop(self) -> None:
        """Nothing more is begun; a server that is still read is not waited for, since nothing was written yet."""
        self.stopped = True
        if self.reading is not None:
            self.reading.cancel()
        for pace in self.paces.values():
            pace.stop()

    async def carried_out(
        self, kind: RunKind, looked: Callable[[], Awaitable[Outlook]], allow: frozenset[str]
    ) -> HubReport:
        """Looks, and does what follows, unless something stops it. Raises StateError, and CancelledError when
        cancelled, after the calls in flight and the end of the run."""
        begun_at = self.clock()
        run = await self.ledger.begin(self.hub.name, kind)
        work = asyncio.ensure_future(self._carry_out(run, kind, looked, allow))
        cancelled = False
        try:
            outlook, words = await asyncio.shield(work)
        except asyncio.CancelledError:
            cancelled = True
            self.stop()
            outlook, words = await work
        state, words = self._verdict(outlook, words)
        await self.ledger.end(run, state, self.tally.figures() | _figures(outlook), words)
        self.tell(News(Moment.ENDED, self.hub.name, self.tally.written.total()))
        if cancelled:
            raise asyncio.CancelledError
        return HubReport(
            hub=self.hub.name,
            outlook=outlook,
            begun_at=begun_at,
            ended_at=self.clock(),
            run=run,
            state=state,
            words=words,
            allowed=frozenset(stop.guard for stop in outlook.plan.stops if stop.guard in allow),
            kept=self.kept,
            again=self.again,
            tally=self.tally,
        )

    async def _carry_out(
        self, run: int, kind: RunKind, looked: Callable[[], Awaitable[Outlook]], allow: frozenset[str]
    ) -> tuple[Outlook, str]:
        """What was planned, and why it ended early; "" where it did not."""
        outlook = await self._seen(looked)
        if outlook is None:
            return Outlook(hub=self.hub.name, kind=kind, made_at=self.clock()), ""
        if words := refusal(outlook, allow):
            return outlook, words
        try:
            for loop in outlook.plan.loops:
                await self.ledger.pause(self.hub.name, outlook.paused[loop.spoke], loop.spoke)
            await self._keep(run, outlook.plan, outlook.feeds)
            await self._write(run, outlook, allow)
            if outlook.kind is RunKind.PURGE and not (
                self.tally.failed or self.stopped or outlook.troubles or outlook.stays
            ):
                await self.ledger.clear(self.hub.name, run)
        except (LeaseLostError, RunOverError) as error:
            return outlook, str(error)
        return outlook, ""

    async def _seen(self, looked: Callable[[], Awaitable[Outlook]]) -> Outlook | None:
        """What there is to do; None where the run was stopped before that was known."""
        reading = self.reading = asyncio.ensure_future(looked())
        if self.stopped:
            reading.cancel()
        try:
            return await reading
        except asyncio.CancelledError:
            if self.stopped and reading.cancelled():
                return None
            raise
        finally:
            self.reading = None

    async def _keep(self, run: int, plan: Plan, feeds: Mapping[str, Feed]) -> None:
        await self.lease.keep()
        decisions = plan.decisions
        await self.ledger.keep(
            self.hub.name,
            run,
            agreed=[each.agreed for each in decisions if each.agreed is not None and each.agreed.origin],
            forget=[each.item for each in decisions if each.agreed is None],
            asides=plan.asides,
            forget_asides=plan.forget,
            feeds=feeds,
            clashes=[clash for each in decisions for clash in each.clashes],
        )
        self.kept = True
        self.tell(News(Moment.KEPT, self.hub.name, len(decisions)))

    async def _write(self, run: int, outlook: Outlook, allow: frozenset[str]) -> None:
        """What was planned, and then what was changed meanwhile, a few times; what a guard stops then is named, and
        left to the next run."""
        out = {*outlook.paused, *(trouble.spoke for trouble in outlook.troubles)}
        writing = await self._writing(run)
        plan = outlook.plan
        for rounds in range(self.hub.rounds + 1):
            await writing.carry_out(plan.decisions)
            again, writing.again = writing.again, {}
            if not again or self.stopped or rounds == self.hub.rounds:
                return
            plan = await self.planning.again(again, out)
            if stops := {stop.spoke: stop.words for stop in plan.stops if stop.guard not in allow}:
                self.tally.given_up |= stops
                return
            await self._keep(run, plan, {})
            self.again.extend(plan.decisions)

    async def _writing(self, run: int) -> Writing:
        hub = self.hub
        unsure, life = await self.ledger.begun(hub.name), await self.ledger.life(hub.name)
        asking = {
            name: Asking(
                hub=hub.name,
                life=life,
                spoke=spoke,
                lease=self.lease,
                pace=self.paces[name],
                tell=self.tell,
                attempts=hub.attempts,
                patience=hub.patience,
                unsure={item for item, where in unsure if where == name},
            )
            for name, spoke in hub.spokes.items()
        }
        return Writing(
            ledger=self.ledger,
            run=run,
            asking=asking,
            tally=self.tally,
            tell=self.tell,
            given_up=hub.given_up,
        )

    def _verdict(self, outlook: Outlook, words: str) -> tuple[RunState, str]:
        if words:
            return (RunState.STOPPED if outlook.plan.stops else RunState.FAILED), words
        if self.stopped:
            return RunState.STOPPED, _STOPPED
        parts = [f"{trouble.spoke} could not be read: {trouble.words}" for trouble in outlook.troubles]
        parts += [f"{stays.spoke}: {stays.words}" for stays in outlook.stays]
        parts += [f"{name} is paused: {why}" for name, why in outlook.paused.items() if _looped(outlook, name)]
        parts += [f"{name}: {why}" for name, why in self.tally.given_up.items()]
        parts += [f"{name} {NOT_NOW}: {amount(number, 'item')}" for name, number in _held_up(outlook).items()]
        parts += _failed(self.tally, self.hub.name)
        return (RunState.FAILED, "; ".join(parts)) if parts else (RunState.DONE, "")


def _held_up(outlook: Outlook) -> Counter[str]:
    """How many items wait at each spoke that cannot be written for a while: since this run, and since before."""
    left = (left for each in outlook.plan.decisions for left in each.left)
    return Counter(each.spoke for each in left if each.words == NOT_NOW) + Counter(outlook.held_up)


def _failed(tally: Tally, hub: str) -> list[str]:
    """What failed, and when it is tried again."""
    again, refused = tally.failed - tally.refused, tally.refused
    words = [_AGAIN.format(amount(again, "step"))] if again else []
    return words + ([_REFUSED.format(amount(refused, "step"), hub=hub)] if refused else [])


def _looped(outlook: Outlook, name: str) -> bool:
    return any(loop.spoke == name for loop in outlook.plan.loops)


def _figures(outlook: Outlook) -> dict[str, int]:
    plan = outlook.plan
    figures = {
        "read": sum(outlook.read.values()),
        "unread": sum(map(len, outlook.unread.values())),
        "clashes": sum(len(each.clashes) for each in plan.decisions),
        "left": sum(len(each.left) for each in plan.decisions) + len(outlook.refused) + sum(outlook.held_up.values()),
        "asides": len(plan.asides),
    }
    return {name: number for name, number in figures.items() if number}
