"""The kinds of columns that both databases keep alike: instants, text as it comes from outside, and numbers of rows."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Text
from sqlalchemy.types import TypeDecorator

from service.state.instants import from_number, to_number

METADATA: Final = MetaData(
    naming_convention={  # a constraint has one name on both, which a migration can speak of
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of every sync."""
ROW_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up an INTEGER PRIMARY KEY alone


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole microseconds; UTC when it is read."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_number(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_number(value)


class Plain(TypeDecorator[str]):
    """Text from outside: U+0000, which PostgreSQL refuses, and halves of surrogate pairs are kept as U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
