"""Tests of console/progress.py: what it says of address books and of hubs."""

from io import StringIO

from rich.console import Console

from calsync.engine import moments as hub
from console.gal.carrying import WORDING
from console.hubs.carrying import WORDING as HUBS
from console.progress import Bar, progress
from galsync.engine.moments import Moment, News


def test_a_bar_is_drawn_and_gone() -> None:
    drawn = StringIO()
    bar = Bar(Console(file=drawn, force_terminal=True, width=100), WORDING)
    bar.hide()
    assert drawn.getvalue() == ""
    bar.tell(News(Moment.READING, "hr"))
    bar.tell(News(Moment.PLANNED, "staff", 3))
    bar.tell(News(Moment.AGREED, "", 2))
    bar.tell(News(Moment.WAITING))
    bar.hide()
    assert "2/3" in drawn.getvalue()
    assert "waiting, as the target asked" in drawn.getvalue()


def test_of_a_hub_it_says_at_which_spoke() -> None:
    drawn = StringIO()
    bar = Bar(Console(file=drawn, force_terminal=True, width=100), HUBS)
    bar.tell(hub.News(hub.Moment.PLANNED, "merger", 4))
    bar.tell(hub.News(hub.Moment.BEGUN, "north", 1))
    bar.tell(hub.News(hub.Moment.LINKED, "north", 1))
    bar.hide()
    assert "1/4" in drawn.getvalue()
    assert "writing to north" in drawn.getvalue()


def test_nothing_where_nobody_looks() -> None:
    with progress(WORDING) as bar:  # standard error of a test is no terminal
        bar.tell(News(Moment.READING, "hr"))
    with progress(WORDING, wanted=False) as bar:
        bar.tell(News(Moment.ENDED))
