"""Asks whoever is there before anything is written, and lets them end it without leaving anything in doubt."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import typer

from console.terminal import WRONG_USAGE, EndingError, screen

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)


def able_to_ask(*, asks: bool, yes: bool, as_json: bool, look: str = "the plan") -> None:
    """Raises EndingError where ``yes`` was not said and nobody can be asked: there is no terminal, or only JSON."""
    if not yes and (as_json or not asks):
        raise EndingError(f"nobody can be asked here: look at {look}, then write --yes", WRONG_USAGE)


def agreed_to(question: str) -> None:
    """Asks. Raises EndingError for a no."""
    if not typer.confirm(question):
        raise EndingError("nothing was written")


@contextmanager
def ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGINT and SIGTERM call ``stop``, which ends the work after what is under way."""
    loop = asyncio.get_running_loop()

    def ended() -> None:
        screen(stderr=True).print("ending after what is under way", style="yellow")
        stop()

    for each in _ENDING:
        loop.add_signal_handler(each, ended)
    try:
        yield
    finally:
        for each in _ENDING:
            loop.remove_signal_handler(each)
