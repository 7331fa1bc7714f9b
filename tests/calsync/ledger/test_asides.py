"""Tests of calsync/ledger/asides.py: what is not taken is known by its key, and looked at when it is time."""

from datetime import timedelta

from calsync.ledger.ledger import Ledger
from tests.calsync.ledger.remembered import HUB, aside, begin
from tests.service.runs.kept import NOON

HOUR = timedelta(hours=1)


async def test_the_last_word_about_a_key_counts(ledger: Ledger) -> None:
    run = await begin(ledger)
    later = aside("left", "k", why="is declined", title="Lunch")
    await ledger.keep(HUB, run, asides=[aside("left", "k"), aside("right", "k"), later])
    assert await ledger.asides(HUB, "left", ["k", "x"]) == {"k": later}
    await ledger.keep(HUB, run, forget_asides=[("left", "k"), ("left", "x")])
    assert await ledger.asides(HUB, "left", ["k"]) == {}
    assert await ledger.asides(HUB, "right", ["k"]) == {"k": aside("right", "k")}


async def test_what_is_forgotten_and_kept_at_once_is_kept(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, asides=[aside("left", "k", version="2")], forget_asides=[("left", "k")])
    assert await ledger.versions(HUB, "left") == {"k": "2"}


async def test_what_is_due_is_told_from_its_instant_on(ledger: Ledger) -> None:
    run = await begin(ledger)
    some = [aside("left", "a", due=NOON), aside("left", "b", due=NOON + HOUR), aside("left", "c")]
    await ledger.keep(HUB, run, asides=some)
    assert await ledger.due(HUB, NOON - HOUR) == []
    assert await ledger.due(HUB, NOON) == some[:1]
    assert await ledger.due(HUB, NOON + 9 * HOUR) == some[:2]
    assert await ledger.due("another", NOON) == []
