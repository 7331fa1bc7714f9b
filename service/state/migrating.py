"""Brings the schema to the version that this program knows, step by step, or refuses one that is newer."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from service.state.errors import StateError

VERSION_TABLE: Final = "busyline_schema"
"""Not Alembic's own name for it: somebody else's tables may lie in the same database."""
_FOLDER: Final = Path(__file__).with_name("migrations")


def migrate(connection: Connection, place: str) -> None:
    """Within the transaction of ``connection``: all steps are taken, or none. Raises StateError at a newer schema."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    for head in MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads():
        try:
            script.get_revision(head)
        except CommandError:
            raise StateError(
                f"the state in {place} was written by a newer version of Busyline; install that one again, "
                "or name another database"
            ) from None
    command.upgrade(config, "head")
