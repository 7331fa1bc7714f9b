"""A line on the terminal that tells how far a run has come; it stands on standard error, and names nobody."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from console.terminal import screen


class AnyNews(Protocol):
    """What a run tells of itself."""

    @property
    def moment(self) -> Enum:
        """What happened."""
        ...

    @property
    def where(self) -> str:
        """At which side; "" where there is only one."""
        ...

    @property
    def number(self) -> int:
        """With how many items, steps or seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """``words`` by moment, with {where} (``nowhere`` in place of "") and {number} in them; ``total`` is the moment that
    tells how much there is to do, ``done`` the one that tells of a part of it."""

    words: Mapping[Enum, str]
    total: Enum
    done: Enum
    nowhere: str = ""


class Bar:
    """Shows itself with the first news, and again with the first after :meth:`hide`; not at all on ``None``."""

    def __init__(self, console: Console | None, wording: Wording) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._wording = wording
        self._bar = Progress(*columns, console=console, transient=True) if console else None
        self._task = self._bar.add_task("opening", total=None) if self._bar else None
        self._shown = False

    def tell(self, news: AnyNews) -> None:
        """Hears of a run (``Tell``)."""
        if self._bar is None or self._task is None:
            return
        if not self._shown:
            self._bar.start()
            self._shown = True
        if news.moment in self._wording.words:
            words = self._wording.words[news.moment]
            where = news.where or self._wording.nowhere
            self._bar.update(self._task, description=words.format(where=where, number=news.number))
        if news.moment is self._wording.total:
            self._bar.update(self._task, total=news.number, completed=0)
        elif news.moment is self._wording.done:
            self._bar.advance(self._task, news.number)

    def hide(self) -> None:
        """The line is gone, so that something can be printed or asked."""
        if self._bar is not None and self._shown:
            self._bar.stop()
            self._shown = False


@contextmanager
def progress(wording: Wording, *, wanted: bool = True) -> Iterator[Bar]:
    """A bar that is gone with the block; nothing is drawn where standard error is no terminal."""
    console = screen(stderr=True)
    bar = Bar(console if wanted and console.is_terminal else None, wording)
    try:
        yield bar
    finally:
        bar.hide()
