"""Plans, syncs and purges: what is going to happen is shown where nobody has seen it yet, and then it happens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from signal import Signals
from typing import Final

from calsync.engine.moments import Moment
from calsync.engine.outlook import Outlook
from calsync.reports.report import HubReport, refusal
from console.busy import nobody_runs
from console.consent import able_to_ask, agreed_to, ended_by_signals, interrupted, typed
from console.gal.showing import MOST
from console.hubs.showing import show, show_figures, show_json
from console.hubs.work import ChosenHub, HubWork, at_work
from console.mistakes import did_you_mean
from console.progress import Bar, Wording, progress
from console.terminal import WRONG_USAGE, EndingError, screen
from service.runs.states import RunState

WORDING: Final = Wording(
    words={
        Moment.READING: "reading {where}",
        Moment.READ: "{where}: {number}",
        Moment.PLANNED: "planned",
        Moment.BEGUN: "writing to {where}",
        Moment.WAITING: "waiting, as {where} asked",
    },
    total=Moment.PLANNED,
    done=Moment.LINKED,
)
"""What the line of progress says."""
FRESH: Final = timedelta(minutes=15)
"""What was shown longer ago than this is not agreed to any more: too much may have changed."""
_STALE: Final = "what you saw is not good any more: {}; nothing was written; look at it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a command was called: as JSON, without a question, which guards are lifted, which spokes are read (None for
    all), everything of them, how many steps are shown, at which spokes what is gone is made again, and which
    are forgotten by a purge."""

    as_json: bool = False
    yes: bool = False
    allow: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    whole: bool = False
    most: int | None = MOST
    refill: frozenset[str] = frozenset()
    forget: frozenset[str] = frozenset()


async def planned(chosen: ChosenHub, wishes: Wishes) -> bool:
    """Shows what `sync` would do: whether nothing is in its way."""
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            report = await _looked(work, wishes)
            paused = await work.ledger.paused(chosen.name)
    if wishes.as_json:
        show_json(report)
    else:
        show(report, most=wishes.most)
        _one_way(chosen, report)
    if paused and not wishes.as_json:
        words = f"{chosen.name} is paused: {paused}; `{chosen.command('resume')}` ends the pause"
        screen(stderr=True).print(words, style="yellow", soft_wrap=True)
    return _well(report)


async def synced(chosen: ChosenHub, wishes: Wishes) -> bool:
    """Makes all spokes equal, after a question where it is for the first time or a guard stops it: whether all of it
    was done."""
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            if why := await work.ledger.paused(chosen.name):
                words = f"{chosen.name} is paused: {why}; `{chosen.command('resume')}` ends the pause"
                raise EndingError(words)
            allow = wishes.allow
            if not wishes.yes and await _first(work):
                allow |= await _agreed(chosen, wishes, work, bar, f"This is the first run of {chosen.name}.")
            done, came = await _sync(work, wishes, allow)
            if done.stops and not (wishes.yes or wishes.as_json) and chosen.around.asks:
                bar.hide()
                allow |= await _agreed_all_the_same(chosen, work, done, wishes)
                done, came = await _sync(work, wishes, allow)
            await work.ledger.prune(chosen.configuration.state.keep)
    return _told(done, wishes, came)


async def refilled(chosen: ChosenHub, wishes: Wishes) -> bool:
    """Makes again what spokes lost, after it was shown and agreed to: whether all of it was done."""
    for spoke in sorted(wishes.refill):
        if not chosen.settings.spokes[spoke].get.create:
            words = f"nothing can be made again at {spoke}, where the hub may create nothing: write get.create = true"
            raise EndingError(words, WRONG_USAGE)
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            if why := await work.ledger.paused(chosen.name):
                raise EndingError(f"{chosen.name} is paused: {why}; `{chosen.command('resume')}` ends the pause")
            allow = wishes.allow
            if not wishes.yes:
                where = " and ".join(sorted(wishes.refill))
                allow |= await _agreed(chosen, wishes, work, bar, f"What {where} lost is made again.")
            done, came = await _sync(work, wishes, allow)
            await work.ledger.prune(chosen.configuration.state.keep)
    return _told(done, wishes, came)


async def purged(chosen: ChosenHub, wishes: Wishes) -> bool:
    """Shows what bears the stamp of the hub, wants its name typed again, and removes it."""
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    with progress(WORDING, wanted=not wishes.as_json) as bar:
        async with at_work(chosen, tell=bar.tell) as work:
            await _known(work, wishes.forget)
            await nobody_runs(work.ledger, chosen.name, clock=chosen.around.clock, length=work.hub.lease)
            newest = await _newest(work)
            report = await work.engine.purge(dry=True, forget=wishes.forget)
            bar.hide()
            if not wishes.as_json:
                show(report, most=wishes.most)
            if not wishes.yes:
                name = typed(f"All this goes; what people made stays. Type {chosen.name} to remove it")
                if name != chosen.name:
                    raise EndingError("that is not its name: nothing was removed")
                await _still_good(chosen, work, report.outlook, newest)
            with ended_by_signals(work.engine.stop) as came:
                done = await work.engine.purge(forget=wishes.forget)
    return _told(done, wishes, came)


async def _known(work: HubWork, names: frozenset[str]) -> None:
    """Raises EndingError where one of ``names`` is no spoke of the hub, now or when something was copied there."""
    known = set(work.hub.spokes)
    if names <= known:
        return
    async for some in work.ledger.everything(work.hub.name):
        known.update(spoke for agreed in some for spoke in agreed.links)
    for name in sorted(names - known):
        words = f'{work.hub.name} has no spoke "{name}", nor ever had copies at one; {did_you_mean(name, known)}'
        raise EndingError(words, WRONG_USAGE)


def _one_way(chosen: ChosenHub, report: HubReport) -> None:
    """Says where no copies are made, since nothing in a plan shows what is not in it."""
    read = {name for name, number in report.outlook.read.items() if number}
    for name, spoke in chosen.settings.spokes.items():
        if not spoke.get.create and read - {name} and spoke.writable:
            words = f"  {name}: no copies are made here: get = {{ create = true }} of this spoke would"
            screen().print(words, soft_wrap=True)


async def _looked(work: HubWork, wishes: Wishes) -> HubReport:
    outlook = await work.engine.plan(only=wishes.only, whole=wishes.whole, refill=wishes.refill)
    stops = frozenset(stop.guard for stop in outlook.plan.stops)
    return HubReport(
        hub=work.hub.name,
        outlook=outlook,
        begun_at=outlook.made_at,
        words=refusal(outlook, wishes.allow),
        allowed=stops & wishes.allow,
    )


async def _first(work: HubWork) -> bool:
    """Whether nothing was ever agreed on: nobody can know what will happen."""
    return all([await work.ledger.feed(work.hub.name, spoke) is None for spoke in work.hub.spokes])


async def _agreed(chosen: ChosenHub, wishes: Wishes, work: HubWork, bar: Bar, about: str) -> frozenset[str]:
    """The guards that somebody lifted who has seen the plan. Raises EndingError for a no."""
    able_to_ask(asks=chosen.around.asks, yes=wishes.yes, as_json=wishes.as_json)
    await nobody_runs(work.ledger, chosen.name, clock=chosen.around.clock, length=work.hub.lease)
    newest = await _newest(work)
    report = await _looked(work, wishes)
    bar.hide()
    show(report, most=wishes.most)
    if not report.steps:
        return frozenset()
    agreed_to(f"{about} Write all this{_in_spite_of(report)}?")
    await _still_good(chosen, work, report.outlook, newest)
    return frozenset(stop.guard for stop in report.stops)


async def _agreed_all_the_same(chosen: ChosenHub, work: HubWork, done: HubReport, wishes: Wishes) -> frozenset[str]:
    newest = await _newest(work)
    show(replace(done, state=None, run=None), most=wishes.most)
    agreed_to(f"Nothing was written. Write all this{_in_spite_of(done)}?")
    await _still_good(chosen, work, done.outlook, newest)
    return frozenset(stop.guard for stop in done.stops)


def _in_spite_of(report: HubReport) -> str:
    guards = dict.fromkeys(stop.guard for stop in report.stops)
    return f" in spite of what stops it ({', '.join(guards)})" if guards else ""


async def _sync(work: HubWork, wishes: Wishes, allow: frozenset[str]) -> tuple[HubReport, list[Signals]]:
    """What was done, and the signals that came meanwhile."""
    with ended_by_signals(work.engine.stop) as came:
        done = await work.engine.sync(allow=allow, only=wishes.only, whole=wishes.whole, refill=wishes.refill)
    return done, came


async def _newest(work: HubWork) -> int:
    return next((run.number for run in await work.ledger.runs(work.hub.name, most=1)), 0)


async def _still_good(chosen: ChosenHub, work: HubWork, outlook: Outlook, newest: int) -> None:
    """What was agreed to is what will be done, but for what somebody changes in these minutes."""
    if chosen.around.clock() - outlook.made_at > FRESH:
        raise EndingError(_STALE.format("it is older than 15 minutes"))
    if await _newest(work) != newest:
        raise EndingError(_STALE.format("another run has been there meanwhile"))


def _told(report: HubReport, wishes: Wishes, came: list[Signals]) -> bool:
    tell: Callable[[HubReport], None] = show_json if wishes.as_json else show_figures
    tell(report)
    if report.state is RunState.STOPPED:
        interrupted(came)
    return report.state is RunState.DONE and _well(report)


def _well(report: HubReport) -> bool:
    """What two spokes changed, or what is left, is told, and is no failure; nor is a spoke that somebody paused."""
    return not (report.words or report.outlook.troubles or report.outlook.plan.loops)
