"""Tests of calsync/ledger/clashes.py: both versions are kept, and told newest first."""

from datetime import timedelta

from sqlalchemy import update

from calsync.ledger.ledger import Ledger
from calsync.ledger.packed import packed
from calsync.ledger.tables import CLASHES
from calsync.steps import Clash
from service.state.database import Database
from tests.calsync.ledger.remembered import HUB, begin
from tests.service.runs.kept import NOON, Time


def clash(item: str, kept: str = "a") -> Clash:
    return Clash(item=item, what="body", winner="left", loser="right", kept=kept, lost="was \ud83d\0", rule="order")


async def test_both_versions_are_kept(ledger: Ledger, time: Time) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, clashes=[clash("ann"), clash("bob")])
    time.now += timedelta(hours=1)
    await ledger.keep(HUB, run, clashes=[clash("ann", "x" * 40_000)])
    told = await ledger.clashes(HUB)
    assert [each.clash for each in told] == [clash("ann", "x" * 40_000), clash("bob"), clash("ann")]
    assert [each.at - NOON for each in told] == [timedelta(hours=1), timedelta(), timedelta()]
    assert [each.clash for each in await ledger.clashes(HUB, most=1)] == [clash("ann", "x" * 40_000)]
    assert len((await ledger.story(HUB, "ann")).clashes) == 2
    assert await ledger.clashes("another") == []


async def test_what_was_kept_before_rules_were_is_read_without_one(ledger: Ledger, database: Database) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, clashes=[clash("ann")])
    async with database.writing() as connection:
        await connection.execute(update(CLASHES).values(content=packed(["a", "b"])))
    [told] = await ledger.clashes(HUB)
    assert (told.clash.kept, told.clash.lost, told.clash.rule) == ("a", "b", "")


def test_no_version_is_shown_where_a_clash_is() -> None:
    assert "aaa" not in repr(clash("ann", "aaa"))
