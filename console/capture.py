"""`busyline capture`: has the running server keep one caller's requests for a while, and shows how many there are."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from console.configuration import Configuration
from console.mistakes import did_you_mean
from console.terminal import (
    FOUND_WRONG,
    WRONG_USAGE,
    ConfigOption,
    EndingError,
    JsonOption,
    configured,
    print_json,
    screen,
)
from proxy.capture import folder
from proxy.capture import order as orders
from proxy.capture.order import LONGEST, MOST_REQUESTS, Order, State
from proxy.capture.printable import printable
from proxy.connector import utc_now
from service import durations

_LOOK: Final = 0.2  # seconds between two looks at what the server tells
_PATIENCE: Final = 10.0  # seconds until a server that looks every second must have seen the order


def command(
    caller: Annotated[str, typer.Argument(metavar="CALLER", help="Whose requests: a caller of the configuration.")],
    *,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="How long at most: 15m, 2h.")] = "15m",
    requests: Annotated[int, typer.Option(min=1, max=MOST_REQUESTS, help="How many requests at most.")] = 200,
    strangers: Annotated[
        bool, typer.Option("--strangers", help="Also requests of anybody who proves nothing, from anywhere.")
    ] = False,
    times: Annotated[bool, typer.Option(help="Keep busy times; without them answers cannot be compared.")] = True,
    stop: Annotated[bool, typer.Option("--stop", help="End the capture of this caller that is running.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Keep a caller's requests and our answers for a while, names and secrets replaced. Ctrl-C ends it."""
    configuration, base = configured(config)
    known(configuration, caller)
    directory = captures(configuration, base)
    try:
        if stop:
            state = _stopped(directory, caller)
        else:
            until = utc_now() + _length(length)
            order = Order(
                id=orders.new_id(), caller=caller, until=until, requests=requests, strangers=strangers, times=times
            )
            state = _followed(directory, order, quiet=as_json)
    except PermissionError as error:
        raise _unusable(directory, error) from None
    _tell(directory, state, as_json=as_json)
    if not state.kept:
        raise typer.Exit(FOUND_WRONG)


def known(configuration: Configuration, caller: str) -> None:
    """Raises EndingError where the configuration has no such caller."""
    names = [each.name for each in configuration.callers]
    if caller not in names:
        raise EndingError(f'there is no caller "{caller}": {did_you_mean(caller, names)}', WRONG_USAGE)


def captures(configuration: Configuration, base: Path) -> Path:
    """The directory of the captures. Raises EndingError where nothing may be captured, or no server has run."""
    if configuration.capture is None:
        raise EndingError(
            'nothing is captured unless the configuration says where: write\n\n[capture]\ndirectory = "captures"\n\n'
            "and start the server again",
            WRONG_USAGE,
        )
    directory = base / configuration.capture.directory
    try:
        with folder.opened_orders(directory):
            return directory
    except FileNotFoundError:
        words = "no server has made it: start one with this configuration: busyline serve"
        raise EndingError(f"{directory}: {words}") from None
    except OSError as error:
        raise _unusable(directory, error) from None


def _length(text: str) -> timedelta:
    try:
        length = durations.parse(text)
    except ValueError as error:
        raise EndingError(f'--for "{text}": {error}', WRONG_USAGE) from None
    if length > LONGEST:
        raise EndingError(f'--for "{text}": a capture lasts a day at most', WRONG_USAGE)
    return length


def _followed(directory: Path, order: Order, *, quiet: bool) -> State:
    """Order, and wait for the end; Ctrl-C brings it about."""
    _placed(directory, order)
    try:
        _await_beginning(directory, order)
        return _watched(directory, order, quiet=quiet)
    except KeyboardInterrupt:
        orders.withdraw(directory, order.caller)
        return _ended(directory, order.caller, order.id)


def _placed(directory: Path, order: Order) -> None:
    try:
        orders.place(directory, order)
    except OSError as error:
        raise _unusable(directory, error) from None


def _unusable(directory: Path, error: OSError) -> EndingError:
    if isinstance(error, folder.UnsafeFolderError):
        return EndingError(f"{error.filename}: {error.strerror}")
    return EndingError(
        f"{directory}: the order cannot be written: {error.strerror}; "
        "run this as root or as the user that the server runs as"
    )


def _await_beginning(directory: Path, order: Order) -> None:
    if _waited(lambda: _state(directory, order), _PATIENCE) is None:
        orders.withdraw(directory, order.caller)
        raise EndingError(
            "no server has taken up the order: is one running with this configuration, and was it started after "
            "[capture] was written?"
        )


def _watched(directory: Path, order: Order, *, quiet: bool) -> State:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=screen(stderr=True), disable=quiet, transient=True) as progress:
        task = progress.add_task(f"capturing {order.caller}, Ctrl-C ends it", total=order.requests, left="")
        while True:
            state = _state(directory, order)
            if state is None:
                raise EndingError("the capture was ended by another order, or by a new start of the server")
            progress.update(task, completed=state.kept, left=_left(order.until, utc_now()))
            if state.ended:
                return state
            if utc_now() > order.until + timedelta(seconds=_PATIENCE):
                raise EndingError("the server has not ended the capture: it does not run any more")
            time.sleep(_LOOK)


def _left(until: datetime, now: datetime) -> str:
    seconds = max(round((until - now).total_seconds()), 0)
    return f"{seconds // 60}:{seconds % 60:02} left"


def _stopped(directory: Path, caller: str) -> State:
    state = orders.told(directory, caller)
    if state is None or state.ended:
        raise EndingError(f'no capture of "{caller}" is running')
    orders.withdraw(directory, caller)
    return _ended(directory, caller, state.id)


def _ended(directory: Path, caller: str, order_id: str) -> State:
    def over() -> State | None:
        state = orders.told(directory, caller)
        return state if state is not None and (state.ended or state.id != order_id) else None

    state = _waited(over, _PATIENCE)
    if state is None:
        raise EndingError("the server has not said that the capture ended; without an order it ends by itself")
    return state


def _state(directory: Path, order: Order) -> State | None:
    state = orders.told(directory, order.caller)
    return state if state is not None and state.id == order.id else None


def _waited(look: Callable[[], State | None], patience: float) -> State | None:
    end = time.monotonic() + patience
    while (found := look()) is None and time.monotonic() < end:
        time.sleep(_LOOK)
    return found


def _tell(directory: Path, state: State, *, as_json: bool) -> None:
    path = directory / state.file if state.file else ""
    if as_json:
        print_json({"file": str(path), "kept": state.kept, "missed": state.missed, "ended": state.ended})
        return
    counts = f"{state.kept} requests kept" + (f", {state.missed} missed" if state.missed else "")
    console = screen()
    console.print(f"{counts}: {printable(state.ended)}", soft_wrap=True)
    if path:
        console.print(f"{path}\nLook at it before you send it to anybody: busyline replay {path}", soft_wrap=True)
