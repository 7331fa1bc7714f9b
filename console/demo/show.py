"""Runs the demo: sets the merger up, asks, draws, and stays up for whoever wants to try."""

import asyncio
import signal
import tempfile
import time
from pathlib import Path

from rich.console import Console

from console.demo import address_books, calendars, truth
from console.demo.merger import Merger, merger
from console.demo.picture import save
from console.demo.questions import Scene, now, scenes
from console.demo.try_it import try_it
from console.drawing import Row, draw, is_plain, legend
from console.terminal import screen
from protocols.model.freebusy import Detail
from simulation.callers import Seen

_OPENING = """\
Three companies merge: Contoso on Microsoft 365, Northwind on Google, Fabrikam on Exchange.
All three are simulated on this machine; the Busyline between them is the real one.
"""


async def show(*, once: bool, picture: Path | None) -> int:
    """How many of the questions and plans came out wrong; without ``once`` only when the process is told to end."""
    console = screen()
    with tempfile.TemporaryDirectory(prefix="busyline-demo-") as directory:
        console.print(_OPENING, soft_wrap=True)
        async with merger(Path(directory), now().date()) as m:
            wrong = await _ask_all(console, m, picture)
            m.exchange.faults.clear()
            wrong += not await address_books.draw_plan(console, m, now)
            wrong += not await calendars.draw_hub(console, m, now)
            if once:
                return wrong
            stop = _stop_when_told()
            for line in try_it(m):
                console.print(line, soft_wrap=True)
            await stop.wait()
    return wrong


async def _ask_all(console: Console, m: Merger, picture: Path | None) -> int:
    wrong = 0
    for number, scene in enumerate(scenes(m), 1):
        console.print(f"{number}. {scene.title}", style="bold", soft_wrap=True)
        started = time.perf_counter()
        answers = await scene.ask()
        took = (time.perf_counter() - started) * 1000
        rows = [_row(m, scene, answer) for answer in answers]
        _draw(console, scene, rows)
        if picture and number == 2:
            save(picture, lambda target: _draw(target, scene, rows, with_legend=True))  # noqa: B023  called at once
        bad = scene.wrong(m.estate, answers)
        console.print(f"   {scene.shows}", soft_wrap=True)
        verdict = f"WRONG for {', '.join(bad)}" if bad else "as it stands in their own calendars"
        console.print(f"   {verdict}, {took:.0f} ms\n", style="red" if bad else "green", soft_wrap=True)
        wrong += bool(bad)
    console.print(legend(plain=is_plain(console)), soft_wrap=True)
    return wrong


def _row(m: Merger, scene: Scene, answer: Seen) -> Row:
    person = m.estate.find(answer.address)
    label = f"{person.name}, {person.company.name}" if person else answer.address
    return Row(label, truth.as_answer(answer, scene.window, now(), scene.detail), answer.code)


def _draw(console: Console, scene: Scene, rows: list[Row], *, with_legend: bool = False) -> None:
    details = scene.detail is Detail.DETAILS
    draw(console, rows, window=scene.window, zone=scene.zone, details=details, with_legend=with_legend)


def _stop_when_told() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
