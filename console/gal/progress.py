"""A line on the terminal that tells how far a run has come; it stands on standard error, and names nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from console.terminal import screen
from galsync.engine.moments import Moment, News

_WORDS: Final = {
    Moment.READING: "reading {where}",
    Moment.READ: "{where}: {number}",
    Moment.PLANNED: "planned",
    Moment.BEGUN: "writing",
    Moment.WAITING: "waiting, as {where} asked",
}


class Bar:
    """Shows itself with the first news, and again with the first after :meth:`hide`; not at all on ``None``."""

    def __init__(self, console: Console | None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, transient=True) if console else None
        self._task = self._bar.add_task("opening", total=None) if self._bar else None
        self._shown = False

    def tell(self, news: News) -> None:
        """Hears of a run (``Tell``)."""
        if self._bar is None or self._task is None:
            return
        if not self._shown:
            self._bar.start()
            self._shown = True
        if news.moment in _WORDS:
            words = _WORDS[news.moment].format(where=news.where or "the target", number=news.number)
            self._bar.update(self._task, description=words)
        if news.moment is Moment.PLANNED:
            self._bar.update(self._task, total=news.number, completed=0)
        elif news.moment is Moment.AGREED:
            self._bar.advance(self._task, news.number)

    def hide(self) -> None:
        """The line is gone, so that something can be printed or asked."""
        if self._bar is not None and self._shown:
            self._bar.stop()
            self._shown = False


@contextmanager
def progress(*, wanted: bool = True) -> Iterator[Bar]:
    """A bar that is gone with the block; nothing is drawn where standard error is no terminal."""
    console = screen(stderr=True)
    bar = Bar(console if wanted and console.is_terminal else None)
    try:
        yield bar
    finally:
        bar.hide()
