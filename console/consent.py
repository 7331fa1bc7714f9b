"""Asks whoever is there before anything is written, and lets them end it without leaving anything in doubt."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import Final

import typer

from console.start import INTERRUPTED
from console.terminal import FOUND_WRONG, WRONG_USAGE, EndingError, screen

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
_NOTHING: Final = "nothing was written"


def able_to_ask(*, asks: bool, yes: bool, as_json: bool, look: str = "the plan") -> None:
    """Raises EndingError where ``yes`` was not said and nobody can be asked: there is no terminal, or only JSON."""
    if not yes and (as_json or not asks):
        raise EndingError(f"nobody can be asked here: look at {look}, then write --yes", WRONG_USAGE)


def agreed_to(question: str) -> None:
    """Asks. Raises EndingError for a no, and where nobody answers."""
    with _answering():
        said = typer.confirm(question)
    if not said:
        raise EndingError(_NOTHING)


def typed(question: str) -> str:
    """What somebody types, without spaces around it. Raises EndingError where nobody answers."""
    with _answering():
        return str(typer.prompt(question)).strip()


@contextmanager
def ended_by_signals(stop: Callable[[], None]) -> Iterator[list[signal.Signals]]:
    """SIGINT and SIGTERM call ``stop``, which ends the work after what is under way; gives those that came. A SIGINT
    that is ignored (`nohup`) stays so."""
    loop, before, came = asyncio.get_running_loop(), signal.getsignal(signal.SIGINT), list[signal.Signals]()

    def ended(number: signal.Signals) -> None:
        came.append(number)
        screen(stderr=True).print("ending after what is under way", style="yellow")
        stop()

    heeded = [each for each in _ENDING if signal.getsignal(each) is not signal.SIG_IGN]
    for each in heeded:
        loop.add_signal_handler(each, ended, each)
    try:
        yield came
    finally:
        for each in heeded:
            loop.remove_signal_handler(each)
        if signal.SIGINT in heeded:
            signal.signal(signal.SIGINT, before)  # of whoever runs the loop: it ends it without a trace


def interrupted(came: list[signal.Signals]) -> None:
    """Ends the command as one that Ctrl-C ended, where it did. Raises typer.Exit."""
    if signal.SIGINT in came:
        raise typer.Exit(INTERRUPTED)


@contextmanager
def _answering() -> Iterator[None]:
    """Ctrl-C ends a question at once: a loop would wait for its task, and that for the answer. Where it is ignored
    (`nohup`), it stays so."""
    before = signal.getsignal(signal.SIGINT)
    here = current_thread() is main_thread() and before is not signal.SIG_IGN
    if here:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except typer.Abort as error:
        by_hand = isinstance(error.__context__, KeyboardInterrupt)
        raise EndingError(f"\n{_NOTHING}", INTERRUPTED if by_hand else FOUND_WRONG) from None
    finally:
        if here:
            signal.signal(signal.SIGINT, before)
