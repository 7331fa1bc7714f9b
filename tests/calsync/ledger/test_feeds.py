"""Tests of calsync/ledger/feeds.py: each spoke's reading goes on where it ended."""

from datetime import timedelta

from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Feed
from tests.calsync.ledger.remembered import HUB, begin
from tests.service.runs.kept import NOON

_BACK, _AHEAD = timedelta(days=3), timedelta(hours=5)
FEED = Feed(token="x" * 20_000, read_at=NOON, whole_at=NOON - timedelta(days=1), rules="abc", back=_BACK, ahead=_AHEAD)


async def test_feeds_are_kept_by_hub_and_spoke(ledger: Ledger) -> None:
    run, other = await begin(ledger), await begin(ledger, "another")
    await ledger.keep(HUB, run, feeds={"left": FEED, "right": Feed(token="", read_at=NOON)})
    await ledger.keep("another", other, feeds={"left": FEED})
    newer = Feed(token="t2", read_at=NOON + timedelta(hours=1))
    await ledger.keep(HUB, run, feeds={"left": newer})
    assert await ledger.feed(HUB, "left") == newer
    assert await ledger.feed(HUB, "right") == Feed(token="", read_at=NOON)
    assert await ledger.planned(HUB)
    await ledger.clear(HUB, run)
    assert [await ledger.planned(hub) for hub in (HUB, "another", "third")] == [False, True, False]
    assert [await ledger.feed(HUB, spoke) for spoke in ("left", "right")] == [None, None]
    assert await ledger.feed("another", "left") == FEED


def test_a_token_is_not_shown() -> None:
    assert "xxx" not in repr(FEED)
