"""No word of the house is missing from the contract, and the page lists every word of it."""

import re

import pytest

from protocols.model.freebusy import Weekday
from protocols.model.intervals import BusyStatus
from protocols.provider import tables
from tests.house.tree import ROOT

PAGE = (ROOT / "docs/provider.md").read_text("utf-8")


def test_every_status_and_every_day_has_a_word() -> None:
    assert set(tables.STATUSES.values()) == set(BusyStatus)
    assert set(tables.WEEKDAYS.values()) == set(Weekday)


@pytest.mark.parametrize("word", [*tables.STATUSES, *tables.REASONS, *map(str, tables.HTTP_REASONS)])
def test_the_page_explains(word: str) -> None:
    assert re.search(rf"(?<![\w-]){word}(?![\w-])", PAGE), word


@pytest.mark.parametrize("bound", ["MOST_EVENTS", "MOST_GAPS", "MOST_PERIODS", "LONGEST_TEXT"])
def test_the_page_tells_the_bounds(bound: str) -> None:
    assert f"{getattr(tables, bound):,}".replace(",", " ") in PAGE or str(getattr(tables, bound)) in PAGE
