"""Tests of galsync/forwarding/records.py, in a database of each kind."""

from galsync.forwarding.forwards import NOWHERE, Forward
from galsync.forwarding.records import Records
from galsync.forwarding.shifts import Record
from service.state.database import Database
from tests.galsync.forwarding.post_office import ELSEWHERE, OLD, TO_NEW
from tests.galsync.remembered import Clock


async def test_what_stood_there_is_kept_until_it_is_forgotten(database: Database, clock: Clock) -> None:
    records = Records(database, move="m", directory="a", clock=clock)
    begun = Record("CN=ann", Forward("ann@home.example", True, "archive"), TO_NEW, done=False)
    await records.keep(OLD, begun)
    assert await records.everything() == {OLD: begun}
    done = Record("CN=ann", NOWHERE, ELSEWHERE, done=True)
    await records.keep(OLD, done)
    assert await records.everything() == {OLD: done}
    await records.forget(OLD)
    assert await records.everything() == {}


async def test_another_move_and_another_directory_have_their_own(database: Database, clock: Clock) -> None:
    record = Record("k", NOWHERE, TO_NEW, done=True)
    for move, directory in (("m", "a"), ("m", "b"), ("n", "a")):
        await Records(database, move=move, directory=directory, clock=clock).keep(OLD, record)
    one = Records(database, move="m", directory="a", clock=clock)
    await one.forget(OLD)
    assert await one.everything() == {}
    assert await Records(database, move="m", directory="b", clock=clock).everything() == {OLD: record}
    assert await Records(database, move="n", directory="a", clock=clock).everything() == {OLD: record}
