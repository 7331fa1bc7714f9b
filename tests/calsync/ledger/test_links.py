"""Tests of calsync/ledger/links.py: a key leads to its item, and only what changed is written again."""

from sqlalchemy import text

from calsync.ledger.ledger import Ledger
from calsync.plans.refusals import NOT_NOW, PART, REFUSED
from service.state.database import Database
from tests.calsync.ledger.remembered import HUB, begin, item, link


async def test_a_key_leads_to_its_item_at_its_spoke(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, agreed=[item("ann", link("left", "k"), link("right", "r")), item("bob")])
    assert await ledger.linked(HUB, "left", ["k", "r", "x"]) == {"k": "ann"}
    assert await ledger.linked(HUB, "right", ["k", "r", "x"]) == {"r": "ann"}
    keys = [f"k{number}" for number in range(1200)]
    await ledger.keep(HUB, run, agreed=[item(f"i{key}", link("left", key)) for key in keys])
    assert await ledger.linked(HUB, "left", keys) == {key: f"i{key}" for key in keys}


async def test_a_uid_leads_to_every_item_that_has_it(ledger: Ledger) -> None:
    run = await begin(ledger)
    ann = item("ann", link("left", "k", uid="u"), link("right", "r", uid="u"))
    await ledger.keep(HUB, run, agreed=[ann, item("bob", link("third", "t", uid="u")), item("cid", link("left", "c"))])
    assert await ledger.by_uid(HUB, ["u", "", "v"]) == {"u": ["ann", "bob"]}


async def test_two_items_may_change_places(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, agreed=[item("ann", link("left", "1")), item("bob", link("left", "2"))])
    await ledger.keep(HUB, run, agreed=[item("ann", link("left", "2")), item("bob", link("left", "1"))])
    assert await ledger.linked(HUB, "left", ["1", "2"]) == {"1": "bob", "2": "ann"}
    assert await ledger.count(HUB, "left") == 2


async def test_what_is_as_it_was_is_not_written(database: Database, ledger: Ledger) -> None:
    run = await begin(ledger)
    ann = item("ann", link("left", "1"), link("right", "2", stood={"subject": b"12345678"}))
    await ledger.keep(HUB, run, agreed=[ann])
    async with database.writing() as connection:
        await connection.execute(text("UPDATE cal_links SET uid = 'somebody was here'"))
        await connection.execute(text("UPDATE cal_links SET uid = '' WHERE spoke = 'left'"))
    await ledger.keep(HUB, run, agreed=[ann])
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT spoke, uid FROM cal_links ORDER BY spoke"))
        assert [tuple(row) for row in rows] == [("left", ""), ("right", "")]
    assert await ledger.agreed(HUB, ["ann"]) == {"ann": ann}


async def test_what_a_copy_wears_is_kept(ledger: Ledger) -> None:
    run = await begin(ledger)
    ann = item("ann", link("left", "1", worn='{"prefix":"[Ä] "}'), link("right", "2"))
    await ledger.keep(HUB, run, agreed=[ann])
    assert await ledger.agreed(HUB, ["ann"]) == {"ann": ann}


async def test_what_a_spoke_refused_is_found_and_is_no_version(ledger: Ledger) -> None:
    run = await begin(ledger)
    copy, change = REFUSED + "too large", PART + "too long"
    refused = item("ann", link("left", "1"), link("right", "", version="", left=copy))
    also = item("bob", link("left", "2", left=change), link("right", "", version="", left="may not be changed here"))
    await ledger.keep(HUB, run, agreed=[also, refused])
    found = [(each.item, each.spoke, each.words) for each in await ledger.refused(HUB)]
    assert found == [("ann", "right", copy), ("bob", "left", change)]
    assert await ledger.versions(HUB, "right") == {}
    assert (await ledger.hubs(), await ledger.refused("other")) == ([HUB], [])
    await ledger.clear(HUB, run)
    assert (await ledger.hubs(), await ledger.refused(HUB)) == ([], [])


async def test_what_waits_for_a_spoke_is_found_and_counted_by_it(ledger: Ledger) -> None:
    run = await begin(ledger)
    ann = item("ann", link("left", "1"), link("right", "", version="", left=NOT_NOW))
    bob = item("bob", link("left", "2", left=NOT_NOW), link("right", "2", left=NOT_NOW))
    await ledger.keep(HUB, run, agreed=[ann, bob, item("eve", link("left", "3", left=REFUSED + "too large"))])
    assert await ledger.held_up(HUB, ["left", "right"]) == ["ann", "bob"]
    assert (
        await ledger.held_up(HUB, ["left"]),
        await ledger.held_up(HUB, []),
        await ledger.held_up("other", ["left"]),
    ) == (
        ["bob"],
        [],
        [],
    )
    assert await ledger.count_held_up(HUB) == {"left": 1, "right": 2}
    assert await ledger.count_held_up(HUB, without=["bob", "nobody"]) == {"right": 1}
    assert [await ledger.count(HUB, spoke) for spoke in ("left", "right")] == [3, 1]
    made = item("ann", link("left", "1"), link("right", "9"))
    await ledger.keep(HUB, run, agreed=[made])
    assert await ledger.count(HUB, "right") == 2


async def test_only_the_first_of_what_was_refused_have_their_titles(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, agreed=[item(name, link("left", name, left=REFUSED + "no")) for name in "ab"])
    assert [bool(each.title) for each in await ledger.refused(HUB, named=1)] == [True, False]
