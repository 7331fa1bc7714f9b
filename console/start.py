"""Starts `busyline`, so that Ctrl-C never shows more than a line, also while the program is still being loaded."""

import os
import signal
from contextlib import suppress
from types import FrameType
from typing import Final

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C: 128 and the number of SIGINT, as shells count."""
WORDS: Final = "interrupted"


def main() -> None:
    """The entry point of `busyline`. A SIGINT that whoever started us wants to be ignored (`nohup`) stays ignored."""
    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeded:
        signal.signal(signal.SIGINT, _ended)
    from console import cli  # noqa: PLC0415  a second, in which nothing has begun and anything may be half loaded

    if heeded:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        cli.main()
    finally:
        if heeded:
            signal.signal(signal.SIGINT, _ended)  # all is written: what is left is to take the interpreter down


def _ended(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):  # whoever read it may be gone
        os.write(2, f"{WORDS}\n".encode())
    os._exit(INTERRUPTED)
