"""`busyline hash-password`: turns a caller's password or client secret into what the configuration keeps of it."""

import getpass
import secrets
import sys
from typing import Annotated

import typer

from console.terminal import WRONG_USAGE, EndingError
from proxy.auth.passwords import hash_password

SHORTEST = 12


def command(
    generate: Annotated[
        bool, typer.Option("--generate", help="Make a strong one; it is shown once, on standard error.")
    ] = False,
) -> None:
    """Read a password or client secret and print its hash, which `password` or `secret` of a caller refers to."""
    password = _made() if generate else _read()
    if len(password) < SHORTEST:
        raise EndingError(f"too short: a password that machines keep has {SHORTEST} characters or more", WRONG_USAGE)
    print(hash_password(password))


def _made() -> str:
    password = secrets.token_urlsafe(24)
    print(f"The password, shown this once: {password}", file=sys.stderr)
    return password


def _read() -> str:
    if not sys.stdin.isatty():
        return _piped(sys.stdin.buffer.readline())
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise EndingError("the two are not equal", WRONG_USAGE)
    return password


def _piped(line: bytes) -> str:
    try:
        password = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise EndingError(
            "the password on standard input is not text in UTF-8: send it as UTF-8", WRONG_USAGE
        ) from None
    if not password:
        raise EndingError(
            "standard input is empty: pipe the password in, or let one be made by --generate", WRONG_USAGE
        )
    return password
