"""One statement for both databases that makes a row, or changes the one that has its keys already."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert: TypeAlias = sqlite.Insert | postgresql.Insert
Where: TypeAlias = Callable[[Table, Any], ColumnElement[bool]]


def upsert(connection: AsyncConnection, table: Table, changed: Sequence[str], *, where: Where | None = None) -> Insert:
    """``INSERT``; where a row has the primary key already, its columns ``changed`` are set to the new values.

    ``where`` says, of the table as it stands and the row that would be, whether that row may be changed at all.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: new[name] for name in changed},
        where=None if where is None else where(table, new),
    )
