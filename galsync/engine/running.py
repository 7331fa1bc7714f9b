"""One run from its beginning in the ledger to its end there, however it ends."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from galsync.engine.applying import Applying
from galsync.engine.asking import Asking
from galsync.engine.killed import CONFLICTS, STANDING
from galsync.engine.moments import Moment, News, Tell
from galsync.engine.outlook import Outlook, SourceRead
from galsync.engine.placing import Hands
from galsync.engine.tally import Tally
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.reports.report import RunReport, refusal
from galsync.steps import Act
from galsync.syncs import Sync
from service.runs.lease import Lease, LeaseLostError
from service.runs.pace import Pace
from service.runs.states import RunOverError, RunState

_STOPPED = "stopped as asked, after the calls that were in flight; the next run goes on from there"


@dataclass(slots=True, kw_only=True)
class Running:
    """What a run is carried out with: the lease is held, and given back by whoever took it."""

    sync: Sync
    ledger: Ledger
    lease: Lease
    pace: Pace
    clock: Callable[[], datetime]
    tell: Tell

    async def carried_out(self, outlook: Outlook, *, allow: frozenset[str] = frozenset()) -> RunReport:
        """Does what ``outlook`` says, unless something stops it. Raises StateError, and CancelledError when cancelled,
        after the calls in flight and the end of the run."""
        begun_at = self.clock()
        await self.lease.keep()
        run = await self.ledger.begin(self.sync.name, outlook.kind, note="whole" if outlook.whole else "changes")
        tally, cancelled = Tally(), False
        state, words = refusal(outlook, allow)
        if not words:
            applying = self._applying(run, tally)
            cancelled = await self._written(applying, outlook)
            state, words = self._verdict(outlook, tally, applying.words)
            if outlook.kind is RunKind.APPLY:
                seen = not (tally.handed or tally.unseen)
                await self._keep_tokens(outlook.sources, clean=state is RunState.DONE and seen)
        await self.ledger.end(run, state, tally.figures() | _figures(outlook, tally), words)
        self.tell(News(Moment.ENDED, self.sync.name, tally.written.total()))
        if cancelled:
            raise asyncio.CancelledError
        report = RunReport.of(self.sync, outlook, begun_at=begun_at, allow=allow)
        return replace(report, run=run, state=state, words=words, ended_at=self.clock(), tally=tally)

    def _applying(self, run: int, tally: Tally) -> Applying:
        lanes = asyncio.Semaphore(self.sync.target.ability.at_once)
        asking = Asking(sync=self.sync, lease=self.lease, pace=self.pace, lanes=lanes, tell=self.tell)
        return Applying(hands=Hands(asking=asking, ledger=self.ledger, run=run, tally=tally))

    async def _written(self, applying: Applying, outlook: Outlook) -> bool:
        """Whether it was cancelled meanwhile; a second cancellation does not wait any more."""
        work = asyncio.ensure_future(applying.carry_out(outlook.plans))
        cancelled = False
        try:
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                cancelled = True
                self.pace.stop()
                await work
        except (LeaseLostError, RunOverError) as error:
            applying.words = str(error)
        return cancelled

    def _verdict(self, outlook: Outlook, tally: Tally, words: str) -> tuple[RunState, str]:
        if words:
            return RunState.FAILED, words
        if tally.failed or tally.given_up or outlook.skipped:
            return RunState.FAILED, _failed(outlook, tally)
        if tally.untried:
            return RunState.STOPPED, _STOPPED
        return RunState.DONE, ""

    async def _keep_tokens(self, sources: tuple[SourceRead, ...], *, clean: bool) -> None:
        """After a run that did all it should, changes are read from here on. After any other the token stays where it
        was, so that the same changes come again; how many people there are is remembered in any case."""
        for source in sources:
            token = source.token
            if token is None:
                continue
            if not clean:
                old = await self.ledger.token(self.sync.name, source.name)
                token = replace(token, text=old.text, read_at=old.read_at) if old else replace(token, text="")
            await self.ledger.keep_token(self.sync.name, source.name, token)


def _failed(outlook: Outlook, tally: Tally) -> str:
    parts = [f"{tally.failed} steps failed"] if tally.failed else []
    parts += [f"{len(outlook.skipped)} places could not be read"] if outlook.skipped else []
    return f"{' and '.join(parts)}: what they say is in the report; the next run tries again"


def _figures(outlook: Outlook, tally: Tally) -> dict[str, int]:
    """How many conflicts there are, and how many entries the ledger knows now, as far as the guards need it; nothing
    where nobody could look."""
    if outlook.unread:
        return {}
    conflicts = sum(plan.counts[Act.CONFLICT] for plan in outlook.plans)
    return _standing(outlook, tally) | ({CONFLICTS: conflicts} if conflicts else {})


def _standing(outlook: Outlook, tally: Tally) -> dict[str, int]:
    forgotten = sum(len(plan.forget) for plan in outlook.plans)
    found = sum(step.act is Act.REMEMBER and step.known is None for plan in outlook.plans for step in plan.steps)
    now = outlook.before + tally.written[Act.CREATE] - tally.written[Act.REMOVE] + found - forgotten
    return {STANDING: max(now, 0)}
