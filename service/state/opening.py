"""Opens the state that [state] of the configuration names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from service.secrets import Reference, resolve
from service.state.database import Database
from service.state.settings import SQLITE, StateSettings


def database_url(state: StateSettings, directory: Path) -> str:
    """Where the state is; a path is relative to ``directory``, that of the configuration. Raises SecretError."""
    written = state.database
    text = resolve(written, directory).reveal() if isinstance(written, Reference) else written
    return f"{SQLITE}{directory / text.removeprefix(SQLITE)}" if text.startswith(SQLITE) else text


@asynccontextmanager
async def opened(state: StateSettings, directory: Path) -> AsyncIterator[Database]:
    """The database, open for the block. Raises StateError, SecretError."""
    password = resolve(state.password, directory) if state.password else None
    async with Database.open(database_url(state, directory), password=password) as database:
        yield database
