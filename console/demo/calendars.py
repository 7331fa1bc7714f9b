"""The hub of the demo: what it would write, what it did, how an edit of a copy goes home, and that it comes to rest."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Final

from rich.console import Console

from calsync.reports.report import HubReport
from calsync.spoke import Act
from console.configuration import FILE_NAME, load
from console.demo.desks import HUB
from console.demo.merger import Merger
from console.hubs.showing import show, show_figures
from console.hubs.work import ChosenHub, HubWork, at_work
from console.surroundings import Surroundings
from service.runs.states import RunState

OURS, THEIRS = "Kick-off", "Budget round"
FIRST: Final = {("fabrikam", Act.CREATE): 1, ("northwind", Act.CREATE): 1}
SECOND: Final = {("northwind", Act.UPDATE): 1}
"""The steps of the first two runs, by spoke; the third has none."""
_TITLE: Final = "And a calendar of Northwind, on Google, kept equal with a public folder of Fabrikam, on Exchange"
_MOVED: Final = (
    f"Somebody at Fabrikam moves Northwind's {OURS} by an hour, in the copy. The next run carries that home:\n"
)
_REST: Final = "The one after it finds that nothing is left to do:\n"
_SHOWS: Final = "Nobody was invited, and nobody was mailed; `busyline calendar purge` takes back every copy."


async def draw_hub(console: Console, m: Merger, clock: Callable[[], datetime]) -> bool:
    """Enters something on both sides, draws the plan and three runs; whether all of it is right."""
    day = datetime.combine(m.estate.today + timedelta(days=7), time(9), UTC)
    m.desks.at_google(OURS, day)
    m.desks.at_exchange(THEIRS, day + timedelta(hours=2))
    console.print(_TITLE, style="bold", soft_wrap=True)
    console.print(
        f"What `busyline calendar plan {HUB}` says, and then `busyline calendar sync {HUB}`:\n", soft_wrap=True
    )
    async with at_work(hub_of(m, clock)) as work:
        show(await _planned(work))
        console.print()
        runs = [await _run(work)]
        m.desks.moved_at_exchange(OURS, day + timedelta(hours=1))
        for words in (_MOVED, _REST):
            console.print(f"\n{words}", soft_wrap=True)
            runs.append(await _run(work))
    right = [dict(each.planned) for each in runs] == [FIRST, SECOND, {}]
    right = right and all(each.state is RunState.DONE for each in runs) and _equal(m, day + timedelta(hours=1))
    console.print(f"\n   {_SHOWS}", soft_wrap=True)
    verdict = "both calendars say the same" if right else "WRONG: not what was entered"
    console.print(f"   {verdict}\n", style="green" if right else "red", soft_wrap=True)
    return right


def hub_of(m: Merger, clock: Callable[[], datetime]) -> ChosenHub:
    """The hub of merger.toml, as a command would take it up."""
    configuration = load(m.directory / FILE_NAME)
    settings = configuration.hub(HUB)
    assert settings is not None  # merger.toml has it
    around = Surroundings(clock=clock, asks=False)
    return ChosenHub(configuration=configuration, directory=m.directory, settings=settings, around=around)


async def _planned(work: HubWork) -> HubReport:
    outlook = await work.engine.plan()
    return HubReport(hub=work.hub.name, outlook=outlook, begun_at=outlook.made_at)


async def _run(work: HubWork) -> HubReport:
    report = await work.engine.sync()
    show_figures(report)
    return report


def _equal(m: Merger, moved: datetime) -> bool:
    here = m.desks.google_times()
    mailed = m.desks.store.mails or m.desks.desk.mails
    return not mailed and here.get(OURS) == moved and set(here) == m.desks.exchange_subjects() == {OURS, THEIRS}
