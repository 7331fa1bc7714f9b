"""Where the database is: what ``[state]`` may say, and how that is shown without its password."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from service.secrets import Secret
from service.state.errors import StateError

_WRITE: Final = 'write "sqlite:PATH" or "postgresql://USER@HOST/DATABASE"'
SQLITE: Final = "sqlite:"
POSTGRESQL: Final = "postgresql://"


@dataclass(frozen=True, slots=True)
class Address:
    """``url`` is for the library (it prints its password as three stars), ``place`` for people, ``path`` of a file."""

    url: URL
    place: str
    path: Path | None = None


def parsed(text: str, *, password: Secret | None = None) -> Address:
    """``sqlite:PATH`` or ``postgresql://…``; ``password`` takes the place of one in the text.

    Raises StateError in words that repeat nothing of the text: it may hold a password.
    """
    if text.startswith(SQLITE):
        return _file(text.removeprefix(SQLITE))
    if text.startswith(POSTGRESQL):
        return _server(text, password)
    raise StateError(f"[state] names no database of a kind that is known: {_WRITE}")


def _file(name: str) -> Address:
    if not name or name.startswith((":", "//")) or "\0" in name:
        raise StateError(f'[state] names no file: {_WRITE}, such as "sqlite:/var/lib/busyline/state.db"')
    path = Path(name).absolute()
    return Address(URL.create("sqlite+aiosqlite", database=str(path)), str(path), path)


def _server(text: str, password: Secret | None) -> Address:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise StateError(
            f"the address of the database cannot be read: {_WRITE}; in a password, % and @ and / are %25, %40, %2F"
        ) from None
    if password is not None:
        url = url.set(password=password.reveal())
    # neither the password nor the query, which may hold one as well
    shown = URL.create("postgresql", username=url.username, host=url.host, port=url.port, database=url.database)
    return Address(url.set(drivername="postgresql+psycopg"), shown.render_as_string())
