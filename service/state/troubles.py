"""Why a database cannot be used, in words, and what mends it; nothing that it says itself is repeated."""

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.state.errors import StateError

_SQLITE: Final = {  # by the name of the result code, or by what it begins with: https://sqlite.org/rescode.html
    "SQLITE_FULL": ("the disk is full", "make room there; nothing that was kept is lost"),
    "SQLITE_BUSY": ("another process keeps it locked", "end whatever else has it open, such as a backup"),
    "SQLITE_LOCKED": ("another process keeps it locked", "end whatever else has it open, such as a backup"),
    "SQLITE_READONLY": ("it may not be written", "let the user that Busyline runs as write the file and its folder"),
    "SQLITE_PERM": ("it may not be opened", "let the user that Busyline runs as read and write the file"),
    "SQLITE_CANTOPEN": ("it cannot be opened", "let the user that Busyline runs as write the file and its folder"),
    "SQLITE_IOERR": ("the disk fails", "look into the log of the machine, then restore the file from a backup"),
    "SQLITE_CORRUPT": ("it is damaged", "restore the file from a backup"),
    "SQLITE_NOTADB": ("it is no database of SQLite", "name another file; this one was not touched"),
    "SQLITE_NOLFS": ("the file system cannot hold a file of its size", "move it to another"),
}
_SERVER: Final = {  # by SQLSTATE, or by its class: https://www.postgresql.org/docs/current/errcodes-appendix.html
    "28": ("it refuses this user or password", "see the user, the password, and the server's pg_hba.conf"),
    "3D000": ("it has no such database", "create it: createdb -O USER DATABASE"),
    "42501": ("this user may do too little there", "let it create and change tables: make it the database's owner"),
    "25006": ("it is a replica, which cannot be written", "name the primary"),
    "53100": ("its disk is full", "make room there; nothing that was kept is lost"),
    "53200": ("it is out of memory", "look at its load"),
    "53300": ("it has too many connections", "raise its max_connections"),
    "57": ("it is going down or coming up", "wait; it is tried again by itself"),
    "40": ("it gave way to another transaction", "try again"),
    "55P03": ("another process keeps it locked", "end whatever keeps a transaction open there"),
    "08": ("the connection broke", "see that it runs and can be reached"),
    "58": ("its machine fails", "look into its log"),
    "XX": ("it is damaged", "look into its log"),
}
_REFUSED: Final = {  # a server that lets nobody in sends a code, which libpq keeps to itself: by what it says then
    "password authentication failed": _SERVER["28"],
    "no password supplied": _SERVER["28"],
    "no pg_hba.conf entry": _SERVER["28"],
    "does not exist": _SERVER["3D000"],
    "remaining connection slots": _SERVER["53300"],
    "too many clients": _SERVER["53300"],
    "starting up": _SERVER["57"],
    "shutting down": _SERVER["57"],
    "resolve host": ("its name leads nowhere", "see that [state] names its host"),
    "Connection refused": ("nothing listens there", "start it, or name its port in [state]"),
    "certificate": ("its certificate does not fit", "see sslmode and sslrootcert in the address"),
    "SSL": ("TLS with it fails", "see sslmode in the address"),
    "invalid connection option": ("its address has an option that is not known", "see what stands behind the ?"),
}
_AWAY: Final = ("it cannot be reached", "see that it runs, that [state] names its host and port, and that TLS fits")
_SLOW: Final = ("it does not answer in time", "look at its load and at what keeps transactions open")


def trouble(error: BaseException, place: str) -> StateError | None:
    """What to raise in place of ``error``; None where it is no trouble of the database but a mistake of ours."""
    words = _words(error)
    return None if words is None else StateError(f"the state in {place} cannot be used: {words[0]}; {words[1]}")


def _words(error: BaseException) -> tuple[str, str] | None:
    if isinstance(error, PoolTimeoutError):
        return _SLOW
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _longest(_SQLITE, getattr(cause, "sqlite_errorname", ""))
    return _of_server(cause, connecting=isinstance(error, DBAPIError) and error.statement is None)


def _of_server(cause: object, *, connecting: bool) -> tuple[str, str] | None:
    state = getattr(cause, "sqlstate", "")  # psycopg: None where the server was not reached at all
    if state:
        return _longest(_SERVER, state)
    if connecting and (said := next((words for part, words in _REFUSED.items() if part in str(cause)), None)):
        return said
    return _AWAY if type(cause).__name__ in {"OperationalError", "ConnectionTimeout", "InterfaceError"} else None


def _longest(table: dict[str, tuple[str, str]], code: str) -> tuple[str, str] | None:
    """By the longest name that ``code`` begins with."""
    found = max((name for name in table if code.startswith(name)), key=len, default=None)
    return None if found is None else table[found]
