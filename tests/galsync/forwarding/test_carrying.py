"""Tests of galsync/forwarding/carrying.py: done, killed in between, and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from galsync.forwarding.carrying import carry_out
from galsync.forwarding.forwards import NOWHERE, ByScript, Forward, Post
from galsync.forwarding.records import Records
from galsync.forwarding.shifts import Record, Shift, Shifting, Situation, planned
from galsync.people.moved import Mover
from galsync.side import Failed, Handed, Outcome
from protocols.model.freebusy import Reason
from service.state.database import Database
from tests.galsync.forwarding.post_office import ELSEWHERE, GONE, HERE, OLD, TO_NEW, Office, post
from tests.galsync.remembered import Clock


class KilledError(Exception):
    """The process ends here."""


@dataclass(slots=True)
class Killed(Office):
    """The process ends while a write is under way: before it, or after."""

    after: bool = False

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """Never comes back."""
        if self.after:
            await Office.write(self, post, forward)
        raise KilledError


async def plan(mover: Mover, office: Office, records: Records) -> list[Shift]:
    known: Mapping[str, Record] = await records.everything()
    posts = await office.look([mover.left])
    return planned([mover], Situation(posts=posts, records=known, shall=lambda each: Forward(f"SMTP:{each.new}")))


@pytest.fixture
def records(database: Database, clock: Clock) -> Records:
    """Of one move at one directory."""
    return Records(database, move="m", directory="a", clock=clock)


@pytest.mark.parametrize("before", [NOWHERE, ELSEWHERE])
async def test_there_and_back(records: Records, before: Forward) -> None:
    office = Office({OLD: post(OLD, before)})
    done = await carry_out(await plan(GONE, office, records), office, records)
    assert (done.done, done.failed) == ({Shifting.SET: 1}, [])
    assert office.posts[OLD].forward == TO_NEW
    assert await plan(GONE, office, records) == []
    await carry_out(await plan(HERE, office, records), office, records)
    assert office.posts[OLD].forward == before
    assert await records.everything() == {}


@pytest.mark.parametrize("after", [False, True])
async def test_killed_in_between_it_is_gone_on_with(records: Records, after: bool) -> None:
    office = Killed({OLD: post(OLD, ELSEWHERE)}, after=after)
    with pytest.raises(KilledError):
        await carry_out(await plan(GONE, office, records), office, records)
    alive = Office(office.posts)
    shifts = await plan(GONE, alive, records)
    assert [shift.act for shift in shifts] == [Shifting.REMEMBER if after else Shifting.SET]
    await carry_out(shifts, alive, records)
    assert (alive.posts[OLD].forward, await plan(GONE, alive, records)) == (TO_NEW, [])
    await carry_out(await plan(HERE, alive, records), alive, records)
    assert alive.posts[OLD].forward == ELSEWHERE


async def test_killed_while_it_is_taken_back(records: Records) -> None:
    office = Office({OLD: post()})
    await carry_out(await plan(GONE, office, records), office, records)
    dying = Killed(office.posts, after=True)
    with pytest.raises(KilledError):
        await carry_out(await plan(HERE, dying, records), dying, records)
    shifts = await plan(HERE, office, records)
    assert [shift.act for shift in shifts] == [Shifting.FORGET]
    assert (await carry_out(shifts, office, records)).done == {Shifting.FORGET: 1}
    assert await records.everything() == {}


async def test_one_that_fails_leaves_the_others_alone(records: Records) -> None:
    other = Mover("bob@a.example", "bob@b.example", True)
    office = Office({OLD: post(), other.left: post(other.left)}, failing={OLD})
    shifts = [*await plan(GONE, office, records), *await plan(other, office, records)]
    done = await carry_out(shifts, office, records)
    assert (done.failed, done.done) == ([(OLD, "not allowed")], {Shifting.SET: 1})
    assert [shift.act for shift in await plan(GONE, office, records)] == [Shifting.SET]


@dataclass(slots=True)
class Laid(Office):
    """Hands over; ``full`` is why it cannot lay the script."""

    given: list[str] = field(default_factory=list)
    laid: int = 0
    full: Failed | None = None

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """Later."""
        self.given.append(post.key)
        return Handed()

    async def lay(self) -> Failed | None:
        """All at once."""
        self.laid += 1
        return self.full


@pytest.mark.parametrize("full", [None, Failed(Reason.UNREACHABLE, "no space")])
async def test_what_is_handed_is_laid_once_and_not_done(records: Records, full: Failed | None) -> None:
    other = Mover("bob@a.example", "bob@b.example", True)
    posts = {each: replace(post(each), script=ByScript(path="x.ps1")) for each in (OLD, other.left)}
    office = Laid(posts, full=full)
    shifts = [*await plan(GONE, office, records), *await plan(other, office, records)]
    done = await carry_out(shifts, office, records)
    assert (len(office.given), office.laid, done.done) == (2, 1, {})
    assert (done.handed, done.scripts) == (0 if full else 2, {"x.ps1"})
    assert done.failed == ([("x.ps1", "no space")] if full else [])
    assert {record.done for record in (await records.everything()).values()} == {False}
    assert (await carry_out([], office, records)).handed == 0
    assert office.laid == 1
