"""Tests of service/state/database.py: what is kept is kept whole, by both databases, and troubles are told in words."""

import asyncio
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from galsync.ledger.tables import PAUSES
from service.secrets import Secret
from service.state.database import Database
from service.state.errors import StateError
from service.state.instants import from_number
from tests.clients.postgresql import PostgreSQL

SINCE = from_number(0)


async def put(database: Database, *names: str) -> None:
    """A row of each name, in one transaction."""
    async with database.writing() as connection:
        for name in names:
            await connection.execute(insert(PAUSES).values(sync=name, why="x", since=SINCE))


async def count(database: Database) -> int:
    async with database.reading() as connection:
        return (await connection.scalar(select(func.count()).select_from(PAUSES))) or 0


async def fill(database: Database) -> None:
    """From now on its file does not grow, as if the disk were full."""
    async with database.writing() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count={pages}"))


def damage(path: Path, beyond: int) -> None:
    """All but the first bytes, which hold the schema."""
    whole = path.read_bytes()
    path.write_bytes(whole[:beyond] + b"\xff" * (len(whole) - beyond))


def modes(folder: Path) -> dict[str, int]:
    """Who may do what with each file."""
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def test_what_was_kept_is_there_when_it_is_opened_again(url: str) -> None:
    async with Database.open(url) as database:
        await put(database, "a", "b")
    async with Database.open(url) as database:
        assert await count(database) == 2


async def test_a_transaction_that_fails_keeps_nothing(url: str) -> None:
    async with Database.open(url) as database:
        await put(database, "a")
        with pytest.raises(IntegrityError) as caught:
            await put(database, "b", "a")
        assert await count(database) == 1
        assert "hide_parameters" in str(caught.value)  # nobody's name in a traceback


async def test_a_transaction_that_is_cancelled_keeps_nothing_and_stands_in_nobodys_way(url: str) -> None:
    async with Database.open(url) as database:
        within = asyncio.Event()

        async def never_ending() -> None:
            async with database.writing() as connection:
                await connection.execute(insert(PAUSES).values(sync="a", why="x", since=SINCE))
                within.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(never_ending())
        await within.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await put(database, "b")
        assert await count(database) == 1


async def test_cancelled_anywhere_it_keeps_all_or_nothing(url: str) -> None:
    async with Database.open(url) as database:
        for turns in range(0, 40, 3):
            task = asyncio.create_task(put(database, f"{turns}-a", f"{turns}-b"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await count(database) % 2 == 0
        await put(database, "c")


async def test_many_write_at_once_and_nothing_is_lost(url: str) -> None:
    async with Database.open(url) as one, Database.open(url) as other:
        databases: tuple[Database, ...] = (one, other)
        await asyncio.gather(*(put(databases[n % 2], f"{n}-a", f"{n}-b") for n in range(40)))
        assert await count(one) == 80


async def test_a_reader_sees_one_state_while_others_write(url: str) -> None:
    async with Database.open(url) as database:
        await put(database, "a")
        async with database.reading() as connection:
            before = await connection.scalar(select(func.count()).select_from(PAUSES))
            await put(database, "b")
            after = await connection.scalar(select(func.count()).select_from(PAUSES))
        assert (before, after, await count(database)) == (1, 1, 2)


async def test_what_refers_to_a_row_keeps_it_there(url: str) -> None:
    async with Database.open(url) as database:
        with pytest.raises(IntegrityError):
            async with database.writing() as connection:
                await connection.execute(
                    text("INSERT INTO gal_steps VALUES (1, 99, '', 'a', 'CREATE', 'NEW', 'begun', '', '', :content)"),
                    {"content": b""},
                )


async def test_no_file_of_it_is_anybody_elses(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
            await put(database, "a")
            found = modes(tmp_path)
    finally:
        os.umask(before)
    assert found == dict.fromkeys(("state.db", "state.db-wal", "state.db-shm"), 0o600)


async def test_a_full_disk_is_told_and_nothing_that_was_kept_is_lost(tmp_path: Path) -> None:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        await put(database, "a")
        await fill(database)
        with pytest.raises(StateError, match="the disk is full; make room there; nothing that was kept is lost"):
            await put(database, *("x" * 5000 + str(number) for number in range(100)))
        assert await count(database) == 1


async def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="make it: mkdir -p"):
        async with Database.open(f"sqlite:{tmp_path}/nowhere/state.db"):
            pass


WRONG: dict[str, tuple[Callable[[PostgreSQL], str], str]] = {
    "password": (lambda server: server.url("postgres", password="geheim"), "it refuses this user or password"),
    "database": (lambda server: server.url("nowhere"), "it has no such database; create it"),
    "option": (lambda server: server.url("postgres") + "?nonsense=geheim", "option that is not known"),
    "tls": (lambda server: server.url("postgres") + "?sslmode=require", "TLS with it fails"),
    "port": (lambda _: "postgresql://ann:geheim@127.0.0.1:1/x", "nothing listens there"),
    "host": (lambda _: "postgresql://ann:geheim@nowhere.invalid/x", "its name leads nowhere"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_server_that_lets_nobody_in_is_told_without_a_password(server: PostgreSQL, what: str) -> None:
    make, words = WRONG[what]
    with pytest.raises(StateError, match=words) as caught:
        async with Database.open(make(server)):
            pass
    assert "geheim" not in str(caught.value)
    assert server.password not in str(caught.value)


async def test_a_user_that_may_not_make_tables_is_told(server: PostgreSQL) -> None:
    name = server.database().rpartition("/")[2]
    server.command("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    with pytest.raises(StateError, match="this user may do too little there; let it create and change tables"):
        async with Database.open(server.url(name).replace("//busyline:", "//guest:"), password=Secret("guest")):
            pass


async def test_a_database_that_cannot_hold_every_letter_is_refused(server: PostgreSQL) -> None:
    server.command("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(StateError, match="it is not in UTF8"):
        async with Database.open(server.url("latin")):
            pass


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'state.db'}"
    async with Database.open(url):
        pass
    schema = (tmp_path / "state.db").stat().st_size
    async with Database.open(url) as database:
        await put(database, *("x" * 500 + str(number) for number in range(200)))
    damage(tmp_path / "state.db", schema)
    async with Database.open(url) as database:
        with pytest.raises(StateError, match="it is damaged; restore the file from a backup"):
            await count(database)


async def test_a_password_may_come_from_elsewhere(server: PostgreSQL) -> None:
    written = server.database().replace(quote(server.password, safe=""), "wrong")
    async with Database.open(written, password=Secret(server.password)) as database:
        await put(database, "a")
        assert "wrong" not in repr(database)


async def test_a_server_that_goes_away_is_told_and_one_that_comes_back_is_used(server: PostgreSQL) -> None:
    async with Database.open(server.database()) as database:
        await put(database, "a")
        server.stop()
        try:
            with pytest.raises(StateError, match="cannot be used"):
                await put(database, "b")
        finally:
            server.start()
        await put(database, "c")
        assert await count(database) == 2


async def test_several_processes_make_the_schema_at_once(url: str) -> None:
    code = (
        "import asyncio, sys\n"
        "from service.state.database import Database\n"
        "async def main():\n"
        "    async with Database.open(sys.argv[1]):\n"
        "        pass\n"
        "asyncio.run(main())\n"
    )
    command = (sys.executable, "-W", "error", "-c", code, url)
    started = [await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE) for _ in range(4)]
    said = [(await each.communicate())[1].decode() for each in started]
    assert said == [""] * 4
    async with Database.open(url) as database:
        assert await count(database) == 0
