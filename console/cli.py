"""The command line: every command by name, and the one place that turns an error into a sentence and an exit code."""

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from certs.pem import CertificateError
from console import (
    capture,
    certs,
    check,
    config_example,
    connect,
    explain,
    hash_password,
    ledger,
    lookup,
    moves,
    publish,
    replay,
    serve,
)
from console.configuration import ConfigurationError
from console.demo import command as demo
from console.gal import command as gal
from console.hubs import command as hubs
from console.pair import command as pair
from console.setup import command as setup
from console.setup.sides import SetupError
from console.start import INTERRUPTED, WORDS
from console.terminal import DONE, FOUND_WRONG, WRONG_USAGE, EndingError
from proxy.list_files import ListFileError
from service import logs
from service.secrets import SecretError

SHOW_TRACEBACKS = "BUSYLINE_TRACEBACK"
_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}
_ENDINGS: dict[object, int] = {None: DONE, DONE: DONE, WRONG_USAGE: WRONG_USAGE}

app = typer.Typer(
    name="busyline",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Free/busy between Exchange, Microsoft 365 and Google. "
    "Exit codes: 0 done, 1 found something wrong (the configuration, too), 2 wrong usage of the command, "
    "130 interrupted.",
)
config = typer.Typer(no_args_is_help=True, help="The configuration file.")
app.command("demo")(demo.command)
app.command("serve")(serve.command)
app.command("check")(check.command)
app.command("lookup")(lookup.command)
app.command("explain")(explain.command)
app.command("setup")(setup.command)
app.command("ledger")(ledger.command)
app.command("publish")(publish.command)
app.command("capture")(capture.command)
app.command("replay")(replay.command)
app.command("certs")(certs.command)
app.command("connect")(connect.command)
app.command("hash-password")(hash_password.command)
app.add_typer(config, name="config")
app.add_typer(moves.app, name="moves")
app.add_typer(gal.app, name="gal")
app.add_typer(hubs.app, name="calendar")
app.add_typer(pair.app, name="pair")
config.command("example")(config_example.command)


@config.callback()
def _config() -> None:
    """The configuration file."""


def main() -> None:
    """Runs what was typed, and ends. What is logged never stands in what a command prints; `serve` logs as it wants."""
    logs.configure("console", level=logging.WARNING)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; nobody ever sees a traceback unless $BUSYLINE_TRACEBACK is set."""
    code = DONE
    try:
        _finished(arguments)
    except SystemExit as ending:
        code = _interrupted() if ending.code == INTERRUPTED else _ENDINGS.get(ending.code, FOUND_WRONG)
    except SetupError as error:
        code = _told(str(error), WRONG_USAGE)
    except (ConfigurationError, SecretError, CertificateError, ListFileError) as error:
        code = _told(str(error), FOUND_WRONG)
    except EndingError as error:
        code = _told(str(error), error.code)
    except KeyboardInterrupt:
        code = _interrupted()
    except BrokenPipeError:
        _print_no_more()  # what reads us has seen enough
    except OSError as error:
        code = _unwritten(error) if error.errno in _UNWRITABLE and error.filename is None else _our_fault(error)
    except Exception as error:  # noqa: BLE001  the last resort, so that an operator reads a sentence
        code = _interrupted() if _by_interrupt(error) else _our_fault(error)
    return code


def _finished(arguments: Sequence[str]) -> None:
    """Run the command until all it printed is written: what cannot be written is noticed here, not after the end."""
    try:
        app(list(arguments))
    finally:
        sys.stdout.flush()


def _interrupted() -> int:
    return _told(WORDS, INTERRUPTED)


def _by_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind it: what is loaded at that moment may put an error of its own in its place."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _print_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritten(error: OSError) -> int:
    _print_no_more()
    return _told(f"the output cannot be written: {error.strerror}; make room, or send it elsewhere", FOUND_WRONG)


def _our_fault(error: Exception) -> int:
    if os.environ.get(SHOW_TRACEBACKS):
        traceback.print_exc()
    return _told(
        f"Busyline failed: {type(error).__name__}: {error}\n"
        f"This is a fault of Busyline. {SHOW_TRACEBACKS}=1 shows where; please report it with that text.",
        FOUND_WRONG,
    )


def _told(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
