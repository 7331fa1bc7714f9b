"""Tests of galsync/sides/forwarding_by_script.py: what is planned, laid, run and read back, there and back again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from galsync.forwarding.carrying import Carried, carry_out
from galsync.forwarding.forwards import NOWHERE, Forward, Laying
from galsync.forwarding.records import Records
from galsync.forwarding.shifts import Shift, Shifting, Situation, planned
from galsync.people.moved import Mover
from galsync.side import Failed, Handed
from galsync.sides.forwarding_by_script import ForwardingByScript
from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from service.state.database import Database
from tests.galsync.powershell.pretended_forwarders import Mailboxes
from tests.galsync.powershell.reading import settings

ANN, BOB = "ann@a.example", "bob@a.example"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Day:
    """One move at one Exchange organisation; the clock stands still unless it is told otherwise."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.now, self.exchange, self.folder = NOW, Mailboxes(), folder
        self.ann = self.exchange.put(ANN, "a.lee@a.example")
        self.records = Records(database, move="m", directory="x", clock=lambda: self.now)

    @property
    def office(self) -> ForwardingByScript:
        """As each command makes one."""
        return ForwardingByScript(name="x", move="m", folder=self.folder, clock=lambda: self.now)

    def run(self, *, export_only: bool = False) -> list[str]:
        """The administrator runs the script."""
        self.now += timedelta(minutes=1)
        return self.exchange.run(self.office.script, now=self.now, export_only=export_only)

    async def plan(self, *, there: bool = True, who: str = ANN) -> list[Shift]:
        """What `busyline moves plan` finds."""
        mover = Mover(who, who.replace("@a.", "@b."), there)
        posts = await self.office.look([mover.left])
        known = await self.records.everything()

        def shall(each: Mover) -> Forward:
            return self.office.spelled(Mailbox.parse(each.new), copy=True)

        return planned([mover], Situation(posts=posts, records=known, shall=shall))

    async def acts(self, *, there: bool = True) -> list[Shifting]:
        """What it would do."""
        return [shift.act for shift in await self.plan(there=there)]

    async def apply(self, *, there: bool = True, who: str = ANN) -> Carried:
        """What `busyline moves apply|roll-back` does."""
        return await carry_out(await self.plan(there=there, who=who), self.office, self.records)

    @property
    def steps(self) -> int:
        """How many stand in the script."""
        told = settings(self.office.script.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))["Steps"]
        assert isinstance(told, list)
        return len(told)


@pytest.fixture
async def day(tmp_path: Path, database: Database) -> Day:
    """The first script was run: what stands there is known."""
    day = Day(tmp_path / "scripts" / "m", database)
    with pytest.raises(PeerError, match=r"no export yet: run .*x.forwarders.ps1"):
        await day.plan()
    assert day.run() == []
    return day


def test_it_is_one_that_lays_scripts(tmp_path: Path) -> None:
    assert isinstance(ForwardingByScript(name="x", move="m", folder=tmp_path, clock=lambda: NOW), Laying)


@pytest.mark.parametrize("before", ["", "smtp:Ann@home.example"])
async def test_there_and_back(day: Day, before: str) -> None:
    day.exchange.rows[day.ann]["ForwardingSmtpAddress"] = before
    day.run()
    done = await day.apply()
    assert (done.done, done.handed, done.scripts) == ({}, 1, {str(day.office.script)})
    record = (await day.records.everything())[ANN]
    assert (record.before.to, record.done) == (before, False)  # kept before anybody could write
    assert day.run() == ["done"]
    assert day.exchange.forwards == {ANN: ("smtp:ann@b.example", True)}
    assert (await day.apply()).done == {Shifting.REMEMBER: 1}
    assert await day.acts() == []
    assert (await day.apply(there=False)).handed == 1
    assert day.run() == ["done"]
    assert day.exchange.forwards == ({ANN: (before, False)} if before else {})
    assert (await day.apply(there=False)).done == {Shifting.FORGET: 1}
    assert await day.records.everything() == {}
    assert await day.acts(there=False) == []


async def test_nothing_is_done_before_the_script_of_that_day_says_so(day: Day) -> None:
    old = day.office.export.read_bytes()
    await day.apply()
    laid = day.office.script.read_bytes()
    [shift] = await day.plan()
    assert (shift.act, "not seen done yet" in shift.note) == (Shifting.SET, True)
    assert (await day.apply()).handed == 1
    assert day.office.script.read_bytes() == laid  # somebody may be running it just now
    with pytest.raises(PeerError, match="made by an earlier script"):
        await day.office.look([BOB])
    day.run()
    done = day.office.export.read_bytes()
    day.office.export.write_bytes(old)
    assert await day.acts() == [Shifting.SET]
    day.office.export.write_bytes(done[:-9])
    assert await day.acts() == [Shifting.SET]
    day.office.export.write_bytes(done)
    assert await day.acts() == [Shifting.REMEMBER]


@pytest.mark.parametrize("ran", [True, False])
async def test_taken_back_whether_it_was_run_or_not(day: Day, ran: bool) -> None:
    await day.apply()
    if ran:  # and nobody copied the export back
        stale = day.office.export.read_bytes()
        day.run()
        day.office.export.write_bytes(stale)
    assert await day.acts(there=False) == [Shifting.RESTORE]
    await day.apply(there=False)
    assert day.steps == 1
    assert day.run() == (["done"] if ran else ["unchanged"])
    assert day.exchange.forwards == {}
    assert await day.acts(there=False) == [Shifting.FORGET]


@pytest.mark.parametrize("ran", [(True, True), (True, False), (False, False), (False, True)])
async def test_there_back_and_there_again_whatever_was_run(day: Day, ran: tuple[bool, bool]) -> None:
    for there, run in zip((True, False), ran, strict=True):
        await day.apply(there=there)
        stale = day.office.export.read_bytes()
        if run:
            day.run()
            day.office.export.write_bytes(stale)
    await day.apply()
    day.run()
    assert day.exchange.forwards == {ANN: ("smtp:ann@b.example", True)}
    assert (await day.apply()).done == {Shifting.REMEMBER: 1}
    await day.apply(there=False)
    day.run()
    assert day.exchange.forwards == {}


async def test_only_told_it_still_waits_and_is_not_forgotten(day: Day) -> None:
    await day.apply()
    day.run(export_only=True)
    assert await day.acts() == [Shifting.SET]
    assert await day.acts(there=False) == [Shifting.RESTORE]  # the script may still be run
    assert (await day.apply(there=False)).handed == 1
    assert day.run() == ["unchanged"]
    assert await day.acts(there=False) == [Shifting.FORGET]


async def test_what_somebody_changed_meanwhile_is_left(day: Day) -> None:
    await day.apply()
    day.exchange.rows[day.ann]["ForwardingSmtpAddress"] = "smtp:ann@home.example"
    assert day.run() == ["skipped"]
    assert day.exchange.written == 0
    [shift] = await day.plan()
    assert (shift.act, "somebody changed it" in shift.note) == (Shifting.LEFT, True)
    assert day.steps == 0


async def test_what_was_seen_done_is_not_done_again(day: Day) -> None:
    await day.apply()
    day.run()
    await day.apply()
    assert day.steps == 0
    day.exchange.rows[day.ann]["ForwardingSmtpAddress"] = ""
    assert day.run() == []
    [shift] = await day.plan()
    assert shift.act is Shifting.LEFT


async def test_a_write_that_fails_there_is_told(day: Day) -> None:
    day.exchange.refused = {day.ann}
    await day.apply()
    assert day.run() == ["failed"]
    [shift] = await day.plan()
    assert (shift.act, "outbound spam policy" in shift.note) == (Shifting.SET, True)
    day.exchange.refused.clear()
    assert day.run() == ["done"]
    assert await day.acts() == [Shifting.REMEMBER]


async def test_two_waves_wait_in_one_script(day: Day) -> None:
    bob = day.exchange.put(BOB)
    day.run()
    plan = await day.plan(who=BOB)
    await day.apply()
    await carry_out(plan, day.office, day.records)
    assert day.steps == 2
    assert day.run() == ["done", "done"]
    assert set(day.exchange.forwards) == {ANN, BOB}
    assert (await day.office.look([BOB]))[BOB].key == bob


async def test_where_mail_goes_inside_nothing_is_written(day: Day) -> None:
    day.exchange.rows[day.ann]["ForwardingAddress"] = "a.example/Users/Boss"
    day.run()
    [shift] = await day.plan()
    assert (shift.act, "ForwardingAddress" in shift.note) == (Shifting.REFUSED, True)


async def test_whoever_answers_to_another_address_is_found(day: Day) -> None:
    found = await day.office.look(["a.lee@a.example", "nobody@a.example"])
    assert {address: post.key for address, post in found.items()} == {"a.lee@a.example": day.ann}
    assert await day.office.look([]) == {}


async def test_another_address_than_the_script_that_waits_is_refused(day: Day) -> None:
    await day.apply()
    [post] = (await day.office.look([ANN])).values()
    outcome = await day.office.write(post, Forward("smtp:ann@c.example"))
    assert isinstance(outcome, Failed)
    assert "nobody has seen it done" in outcome.words


async def test_half_a_character_is_not_handed(day: Day) -> None:
    [post] = (await day.office.look([ANN])).values()
    assert isinstance(await day.office.write(post, Forward("\ud800")), Failed)
    assert await day.office.write(post, NOWHERE) == Handed()


async def test_an_old_export_is_not_believed(day: Day) -> None:
    day.now += timedelta(days=3)
    with pytest.raises(PeerError, match=r"3.0 days old: run .*x.forwarders.ps1 \(-ExportOnly"):
        await day.plan()


async def test_killed_before_the_script_was_laid_it_is_laid_later(day: Day) -> None:
    laid = day.office.script.read_bytes()
    await day.apply()
    whole = day.office.script.read_bytes()
    day.office.script.write_bytes(laid)
    assert await day.acts() == [Shifting.SET]
    assert day.office.script.read_bytes() == whole


async def test_a_script_that_cannot_be_laid_is_told_and_nothing_is_handed(day: Day, tmp_path: Path) -> None:
    plan = await day.plan()
    pending = tmp_path / "scripts" / "m" / "x.forwarders.pending.json"
    pending.write_text("{}")
    done = await carry_out(plan, day.office, day.records)
    assert done.handed == 0
    [(where, words)] = done.failed
    assert (where, "is broken" in words) == (str(day.office.script), True)
    pending.write_text('{"serial": "7", "orders": []}')
    with pytest.raises(PeerError, match="is broken: remove it"):
        await day.plan()
