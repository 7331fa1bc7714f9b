"""Tests of galsync/engine/reading.py: who is asked for what, and what is kept of the answer."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from galsync.engine.reading import read, since
from galsync.ledger.runs import Token
from galsync.side import Reading
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from tests.galsync.machine import Machine, feed, machine
from tests.galsync.scripted import ScriptedSource
from tests.galsync.stock import person

ANN, BOB = person("ann"), person("bob")


async def after(it: Machine, **others: object) -> str | None:
    sync = replace(it.sync, **others)  # type: ignore[arg-type]
    return await since(sync, it.ledger, ("",), now=it.time.now)


async def test_changes_suffice_after_a_good_run_and_not_before(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        assert await after(it) is None
        await it.engine().apply()
        assert await after(it) == "0"


async def test_a_token_from_tomorrow_is_not_trusted(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        await it.engine().apply()
        it.time.now -= timedelta(seconds=1)
        assert await after(it) is None


async def test_where_two_sources_are_merged_both_are_read_whole(tmp_path: Path) -> None:
    other = ScriptedSource([BOB], name="sales")
    async with machine(tmp_path, ANN, others=[other]) as it:
        await it.engine().apply()
        await it.engine().apply()
        assert (it.source.asked, other.asked) == ([None, None], [None, None])


async def test_after_a_run_that_was_killed_everything_is_read(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        await it.engine().apply()
        run = await it.ledger.begin("staff", (await it.ledger.runs("staff"))[0].kind)
        assert run == 2
        assert await after(it) is None


async def test_a_place_that_is_new_is_filled_with_everybody(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        await it.engine().apply()
        assert await since(it.sync, it.ledger, ("", "new@b.example"), now=it.time.now) is None


async def test_a_source_that_tells_no_changes_is_read_whole(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN) as it:
        it.source.tells_changes = False
        await it.engine().apply()
        assert await after(it) is None
        kept = await it.ledger.token("staff", "hr")
        assert kept == Token(text="", read_at=it.time.now, people=1)


async def test_one_source_that_fails_does_not_hide_what_the_other_says(tmp_path: Path) -> None:
    other = ScriptedSource([BOB], name="sales")
    async with machine(tmp_path, ANN, others=[other]) as it:
        it.source.errors = [PeerError(Reason.INCOMPLETE, "page 3 did not come")]
        said = await read(it.sync, it.ledger, after=None, now=it.time.now, tell=it.news.append)
        assert [(each.where, each.words) for each in said.unread] == [("hr", "page 3 did not come")]
        assert [each.name for each in said.sources] == ["sales"]


async def test_with_changes_the_last_whole_reading_gets_no_younger_and_nobody_is_shrunk(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        begun = it.time.now
        await it.engine().apply()
        it.source.remove("bob")
        it.time.now += timedelta(hours=1)
        said = await read(it.sync, it.ledger, after="0", now=it.time.now, tell=it.news.append)
        assert (said.whole, said.shrunk) == (False, {})
        assert said.sources[0].token == Token(text="\n1", read_at=begun, people=1)


async def test_how_many_there_were_is_remembered_for_the_guard(tmp_path: Path) -> None:
    async with machine(tmp_path, ANN, BOB) as it:
        await it.engine().apply()
        it.source.remove("bob")
        said = await read(it.sync, it.ledger, after=None, now=it.time.now, tell=it.news.append)
        assert said.shrunk == {"hr": (1, 2)}


def test_a_feed_bears_its_sources_name() -> None:
    assert feed(ScriptedSource(name="hr")).mapping.source == "hr"


async def test_who_never_counted_is_not_taken_off_when_they_go(tmp_path: Path) -> None:
    """Guests change and go by the hundred; taken off, the guards would wear out."""

    class Guests(ScriptedSource):
        async def read(self, since: str | None = None) -> Reading:
            told = await super().read(since)
            return told if told.whole else replace(told, gone=(*told.gone, *(f"guest{n}" for n in range(50))))

    source = Guests([ANN, BOB])
    async with machine(tmp_path, others=[]) as it:
        it.source.people, it.sync = source.people, replace(it.sync, feeds=(feed(source),))
        await it.engine().apply()
        for _ in range(2):
            await it.engine().apply()
        kept = await it.ledger.token("staff", "hr")
        assert kept is not None
        assert kept.people == 2
        source.remove("bob")
        for _ in range(2):
            source.changes.append("bob")  # told again
            await it.engine().apply()
        kept = await it.ledger.token("staff", "hr")
        assert kept is not None
        assert kept.people == 1


async def test_before_the_first_reading_nothing_was_told_and_not_nobody(tmp_path: Path) -> None:
    async with machine(tmp_path) as it:
        said = await read(it.sync, it.ledger, after=None, now=it.time.now, tell=it.news.append)
        assert said.shrunk == {"hr": (0, None)}
        await it.engine().apply()
        said = await read(it.sync, it.ledger, after=None, now=it.time.now, tell=it.news.append)
        assert said.shrunk == {"hr": (0, 0)}
