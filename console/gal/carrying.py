"""Plans, applies, undoes and purges: what is going to happen is shown, somebody says yes, and then it happens."""

from dataclasses import dataclass
from signal import Signals
from typing import Final

from console.busy import nobody_runs
from console.consent import able_to_ask, agreed_to, ended_by_signals, interrupted, typed
from console.gal.showing import MOST, show, show_figures, show_json
from console.gal.work import Chosen, Work, at_work
from console.progress import Wording, progress
from console.terminal import WRONG_USAGE, EndingError, screen
from galsync.engine.engine import FRESH
from galsync.engine.killed import last_run
from galsync.engine.moments import Moment
from galsync.engine.outlook import Outlook
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.reports.report import RunReport
from service.runs.states import RunState

WORDING: Final = Wording(
    words={
        Moment.READING: "reading {where}",
        Moment.READ: "{where}: {number}",
        Moment.PLANNED: "planned",
        Moment.BEGUN: "writing",
        Moment.WAITING: "waiting, as {where} asked",
    },
    total=Moment.PLANNED,
    done=Moment.AGREED,
    nowhere="the target",
)
"""What the line of progress says."""
_STALE: Final = "the plan that you saw is not good any more: {}; nothing was written; look at a new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a command was called: as JSON, without a question, which guards are lifted, everybody read, steps shown."""

    as_json: bool = False
    yes: bool = False
    allow: frozenset[str] = frozenset()
    whole: bool = False
    most: int | None = MOST


async def planned(chosen: Chosen, wishes: Wishes) -> bool:
    """Shows what `apply` would do: whether nothing is in its way."""
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            report = await _planned(work, chosen, wishes)
            paused = await work.ledger.paused(work.sync.name)
    _show(report, wishes)
    if paused and not wishes.as_json:
        words = f"{paused}; `busyline gal resume {chosen.settings.name}` ends the pause"
        screen(stderr=True).print(words, style="yellow", soft_wrap=True)
    return _well(report)


async def applied(chosen: Chosen, wishes: Wishes) -> bool:
    """Shows the plan, asks, and does it: whether all of it was done."""
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            if why := await work.ledger.paused(work.sync.name):
                raise EndingError(f"{why}; `busyline gal resume {work.sync.name}` ends the pause")
            await nobody_runs(work.ledger, work.sync.name, clock=chosen.around.clock, length=work.sync.lease)
            report = await _planned(work, chosen, wishes)
            bar.hide()
            if report.words:
                _show(report, wishes)
                return False
            if not wishes.as_json:
                show(report, most=wishes.most)
            if _writes(report.outlook) and not wishes.yes:
                agreed_to(f"Write this into {report.target}?")
                await _still_good(work, report.outlook, chosen)
            with ended_by_signals(work.engine.stop) as came:
                done = await work.engine.apply(report.outlook, allow=wishes.allow)
            await work.ledger.prune(chosen.configuration.state.keep)
    return _told(done, wishes, came)


async def undone(chosen: Chosen, run: int | None, wishes: Wishes) -> bool:
    """Shows what takes a run back (the last that wrote, where none is named), asks, and does it."""
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            number = run if run is not None else await _last_that_wrote(work.ledger, work.sync.name)
            try:
                report = await work.engine.undo(number, dry=True)
            except ValueError as error:
                raise EndingError(str(error), WRONG_USAGE) from None
            bar.hide()
            if not _shown(report, wishes):
                return False
            if not wishes.yes:
                agreed_to(f"Take run {number} back?")
                await _still_good(work, report.outlook, chosen)
            with ended_by_signals(work.engine.stop) as came:
                done = await work.engine.undo(number)
    return _told(done, wishes, came)


async def purged(chosen: Chosen, wishes: Wishes) -> bool:
    """Shows what bears the stamp of the sync, wants its name typed again, and removes it."""
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            report = await work.engine.purge(dry=True)
            bar.hide()
            if not _shown(report, wishes):
                return False
            if not wishes.yes:
                name = typed(f"Everything of this goes from {report.target}. Type {work.sync.name} to remove it")
                if name != work.sync.name:
                    raise EndingError("that is not its name: nothing was removed")
                await _still_good(work, report.outlook, chosen)
            with ended_by_signals(work.engine.stop) as came:
                done = await work.engine.purge()
    return _told(done, wishes, came)


async def _planned(work: Work, chosen: Chosen, wishes: Wishes) -> RunReport:
    outlook = await work.engine.plan(whole=wishes.whole)
    return RunReport.of(work.sync, outlook, begun_at=chosen.around.clock(), allow=wishes.allow)


def _show(report: RunReport, wishes: Wishes) -> None:
    if wishes.as_json:
        show_json(report)
    else:
        show(report, most=wishes.most)


def _shown(report: RunReport, wishes: Wishes) -> bool:
    """Whether what was shown may be done."""
    if report.words:
        _show(report, wishes)
    elif not wishes.as_json:
        show(report, most=wishes.most)
    return not report.words


def _told(report: RunReport, wishes: Wishes, came: list[Signals]) -> bool:
    if wishes.as_json:
        show_json(report)
    else:
        show_figures(report)
    if report.state is RunState.STOPPED:
        interrupted(came)
    return report.state is RunState.DONE and _well(report)


def _well(report: RunReport) -> bool:
    """Conflicts are told, and are no failure: everybody else is served meanwhile."""
    return not report.words and not report.outlook.skipped


def _writes(outlook: Outlook) -> bool:
    return any(plan.writes for plan in outlook.plans)


async def _still_good(work: Work, outlook: Outlook, chosen: Chosen) -> None:
    """What was agreed to is what will be done: a plan that the engine would make anew has to be shown anew."""
    if chosen.around.clock() - outlook.made_at > FRESH:
        raise EndingError(_STALE.format("it is older than 15 minutes"))
    if await last_run(work.ledger, work.sync.name) != outlook.after:
        raise EndingError(_STALE.format("another run has been there meanwhile"))


async def _last_that_wrote(ledger: Ledger, sync: str) -> int:
    for run in await ledger.runs(sync, most=1_000):
        if run.kind is not RunKind.UNDO and any(name.startswith("written_") for name in run.counts):
            return run.number
    raise EndingError(f"{sync} has written nothing yet that could be taken back: see its history")
