"""Tests of console/gal/progress.py."""

from io import StringIO

from rich.console import Console

from console.gal.progress import Bar, progress
from galsync.engine.moments import Moment, News


def test_a_bar_is_drawn_and_gone() -> None:
    drawn = StringIO()
    bar = Bar(Console(file=drawn, force_terminal=True, width=100))
    bar.hide()
    assert drawn.getvalue() == ""
    bar.tell(News(Moment.READING, "hr"))
    bar.tell(News(Moment.PLANNED, "staff", 3))
    bar.tell(News(Moment.AGREED, "", 2))
    bar.tell(News(Moment.WAITING))
    bar.hide()
    assert "2/3" in drawn.getvalue()
    assert "waiting, as the target asked" in drawn.getvalue()


def test_nothing_where_nobody_looks() -> None:
    with progress() as bar:  # standard error of a test is no terminal
        bar.tell(News(Moment.READING, "hr"))
    with progress(wanted=False) as bar:
        bar.tell(News(Moment.ENDED))
