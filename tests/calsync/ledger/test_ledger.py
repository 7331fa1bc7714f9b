"""Tests of calsync/ledger/ledger.py: all of a transaction is kept or nothing, and nobody writes whose run is over."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import Feed, Result, RunKind
from calsync.spoke import Act, Written
from calsync.steps import Clash
from service.runs.states import RunOverError, RunState
from service.state.database import Database
from service.state.errors import StateError
from tests.calsync.ledger.remembered import HUB, aside, begin, item, link, stands, step, told
from tests.service.runs.kept import NOON, Time

FEED = Feed(token="t1", read_at=NOON, whole_at=NOON, rules="abc")
CLASH = Clash(item="ann", what="subject", winner="left", loser="right", kept="a", lost="b")


async def test_what_a_run_keeps_is_there_at_once(ledger: Ledger) -> None:
    run = await begin(ledger)
    ann = item("ann", link("left", "k1"), pending=True)
    await ledger.keep(
        HUB, run, agreed=[ann], asides=[aside("left", "k2")], feeds={"left": FEED, "right": FEED}, clashes=[CLASH]
    )
    assert await ledger.agreed(HUB, ["ann", "bob"]) == {"ann": ann}
    assert await ledger.pending(HUB) == [ann]
    assert await ledger.asides(HUB, "left", ["k1", "k2"]) == {"k2": aside("left", "k2")}
    assert await ledger.feed(HUB, "right") == FEED
    assert [each.clash for each in await ledger.clashes(HUB)] == [CLASH]
    assert await ledger.versions(HUB, "left") == {"k1": "1", "k2": "1"}
    assert (await ledger.agreed("another", ["ann"]), await ledger.count("another", "left")) == ({}, 0)


async def test_a_run_whose_place_was_taken_keeps_nothing(ledger: Ledger) -> None:
    run = await begin(ledger)
    (number,) = await ledger.beginning(run, [step("ann")])
    await begin(ledger)
    with pytest.raises(RunOverError, match=f"the place of run {run}"):
        await ledger.keep(HUB, run, agreed=[item("ann")], feeds={"left": FEED})
    with pytest.raises(RunOverError):
        await ledger.beginning(run, [step("bob")])
    with pytest.raises(RunOverError):
        await ledger.clear(HUB, run)
    with pytest.raises(RunOverError):
        await ledger.done(run, [Result(number, Written(stands("k")))], [item("ann", link("right", "k"))])
    assert (await ledger.agreed(HUB, ["ann"]), await ledger.feed(HUB, "left")) == ({}, None)
    assert await ledger.begun(HUB) == {("ann", "right")}, "the next run looks for it"
    assert [row.key async for row in ledger.steps(run)] == ["k"], "what was seen is told"


async def test_everything_is_told_in_parts(ledger: Ledger) -> None:
    run = await begin(ledger)
    many = [item(f"{number:04}", link("left", f"k{number}")) for number in range(1203)]
    await ledger.keep(HUB, run, agreed=many)
    parts = [part async for part in ledger.everything(HUB)]
    assert [len(part) for part in parts] == [500, 500, 203]
    assert [each for part in parts for each in part] == many
    assert [part async for part in ledger.everything("another")] == []
    assert await ledger.count(HUB, "left") == 1203


async def test_what_is_cleared_leaves_its_history(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.beginning(run, [step("ann")])
    await ledger.keep(HUB, run, agreed=[item("ann", link("left", "k"))], asides=[aside("left", "a")], clashes=[CLASH])
    other = await begin(ledger, "another")
    await ledger.keep("another", other, agreed=[item("ann", link("left", "k"))], feeds={"left": FEED})
    await ledger.clear(HUB, run)
    assert ([each async for each in ledger.everything(HUB)], await ledger.count(HUB, "left")) == ([], 0)
    assert (await ledger.begun(HUB), await ledger.versions(HUB, "left")) == (set(), {})
    story = await ledger.story(HUB, "ann")
    assert (story.agreed, len(story.steps), len(story.clashes)) == (None, 1, 1)
    assert (await ledger.count("another", "left"), await ledger.feed("another", "left")) == (1, FEED)


async def test_a_story_is_told_from_its_end(ledger: Ledger, time: Time) -> None:
    run = await begin(ledger)
    ann = item("ann", link("left", "k1"))
    numbers = await ledger.beginning(run, [step("ann"), step("bob")])
    time.now += timedelta(minutes=1)
    link_now = link("left", "k1", version="2")
    more = await ledger.beginning(run, [step("ann", Act.UPDATE, link=link_now, changes=frozenset({"display_name"}))])
    await ledger.keep(HUB, run, agreed=[ann], clashes=[CLASH])
    story = await ledger.story(HUB, "ann")
    assert story.agreed == ann
    assert [(row.number, row.act) for row in story.steps] == [(more[0], Act.UPDATE), (numbers[0], Act.CREATE)]
    assert [each.clash for each in story.clashes] == [CLASH]


async def test_an_item_is_found_by_whatever_somebody_knows_of_it(ledger: Ledger) -> None:
    run = await begin(ledger)
    ann = item("Ann Größe", link("left", "k1", uid="u1@left"), link("right", "k2"))
    private = aside("left", "k9", title="Straße 100%")
    await ledger.keep(HUB, run, agreed=[ann, item("bob", link("left", "k3"))], asides=[private])
    for words in ("Ann Größe", "k1", "k2", "u1@left", "ANN GRÖSSE", "größe"):
        assert await ledger.search(HUB, words) == ([ann], []), words
    for words in ("k9", "STRASSE", "100%"):
        assert await ledger.search(HUB, words) == ([], [private]), words
    assert await ledger.search(HUB, "10%0") == ([], [])
    assert await ledger.search(HUB, "") == ([ann, item("bob", link("left", "k3"))], [private])
    assert await ledger.search("another", "ann") == ([], [])


async def test_what_was_removed_everywhere_is_found_by_what_was_done_to_it(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, agreed=[item("bob", link("left", "k3"))])
    removed: dict[str, Any] = {"before": told("Ann Größe"), "fields": {}, "link": link("right", "k2")}
    await ledger.beginning(run, [step("bob"), step("ann", Act.DELETE, **removed), step("cid", Act.DELETE, **removed)])
    for words in ("Ann Größe", "GRÖSSE", "k2"):
        assert await ledger.gone(HUB, words) == ["cid", "ann"], words
    assert await ledger.gone(HUB, "ann") == ["cid", "ann"]
    assert await ledger.gone(HUB, "größe", 1) == ["cid"]
    assert await ledger.gone(HUB, "bob") == []  # it is known
    assert await ledger.gone("another", "ann") == []


async def test_a_database_that_fails_is_a_state_error(database: Database, ledger: Ledger) -> None:
    async with database.writing() as connection:
        await connection.execute(text("DROP TABLE cal_feeds"))
    with pytest.raises(Exception, match="cal_feeds") as raised:
        await ledger.feed(HUB, "left")
    assert not isinstance(raised.value, StateError), "a schema that is not ours is a mistake of ours"


async def test_hubs_and_spokes_are_paused_apart(ledger: Ledger) -> None:
    await ledger.pause(HUB, "until Monday")
    await ledger.pause(HUB, "copies our copies", "right")
    assert [await ledger.paused(HUB, spoke) for spoke in ("", "left", "right")] == [
        "until Monday",
        "",
        "copies our copies",
    ]
    await ledger.resume(HUB)
    assert [await ledger.paused(HUB, spoke) for spoke in ("", "right")] == ["", "copies our copies"]
    with pytest.raises(ValueError, match="a pause needs a reason"):
        await ledger.pause(HUB, "")


async def test_one_holds_a_hub(ledger: Ledger) -> None:
    assert await ledger.hold(HUB, "one", NOON + timedelta(hours=1))
    assert not await ledger.hold(HUB, "two", NOON + timedelta(hours=1))
    assert await ledger.holder(HUB) == "one"
    await ledger.release(HUB, "one")
    assert await ledger.hold(HUB, "two", NOON + timedelta(hours=1))


async def test_runs_are_told_and_pruned(ledger: Ledger, time: Time) -> None:
    first = await begin(ledger)
    await ledger.keep(HUB, first, agreed=[item("ann")], clashes=[CLASH])
    await ledger.beginning(first, [step("ann")])
    await ledger.end(first, RunState.DONE, {"written": 1}, "well")
    assert not await ledger.unfinished(HUB)
    purge = await ledger.begin(HUB, RunKind.PURGE, note="of all")
    assert await ledger.unfinished(HUB)
    assert [(run.number, run.kind, run.note) for run in await ledger.runs(HUB)] == [
        (purge, RunKind.PURGE, "of all"),
        (first, RunKind.SYNC, ""),
    ]
    told = await ledger.run(first)
    assert told is not None
    assert (told.counts, told.words, told.hub, told.state) == ({"written": 1}, "well", HUB, RunState.DONE)
    time.now += timedelta(days=100)
    assert await ledger.prune(timedelta(days=90)) == 1, "the one that goes on is kept"
    assert await ledger.run(first) is None
    assert (await ledger.clashes(HUB), [row async for row in ledger.steps(first)]) == ([], [])
    assert list(await ledger.agreed(HUB, ["ann"])) == ["ann"]
