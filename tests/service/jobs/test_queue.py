"""Tests of service/jobs/queue.py, with a real PostgreSQL: the tables are made once, and what fails is told."""

import asyncio

import pytest

from service.jobs.queue import SCHEMA, opened
from service.secrets import Secret
from service.state.database import Database
from service.state.errors import StateError
from tests.clients.postgresql import PostgreSQL


async def test_the_tables_lie_beside_those_of_the_state_and_are_kept(server: PostgreSQL) -> None:
    url = server.database()
    async with Database.open(url), opened(url) as app:
        assert await app.check_connection_async()
        number = await app.configure_task("of.a.test").defer_async()
    async with opened(url) as app:
        assert [job.id for job in await app.job_manager.list_jobs_async()] == [number]
    tables = server.command(
        "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'", url.rpartition("/")[2]
    )
    assert tables == SCHEMA


async def test_many_nodes_that_begin_at_once_make_them_once(server: PostgreSQL) -> None:
    url = server.database()

    async def one() -> bool:
        async with opened(url) as app:
            return await app.check_connection_async()

    assert await asyncio.gather(*(one() for _ in range(4))) == [True] * 4


async def test_a_wrong_password_is_told_and_not_shown(server: PostgreSQL) -> None:
    with pytest.raises(StateError, match="cannot be used") as told:
        async with opened(server.database(), password=Secret("guessed-wrong")):
            pass
    assert "guessed" not in str(told.value)
    assert server.password not in str(told.value)


async def test_one_process_needs_no_queue() -> None:
    with pytest.raises(ValueError, match="SQLite"):
        async with opened("sqlite:/nowhere/state.db"):
            pass
