"""A run that nobody watches, tried: why it did not take place is told in one word, and never raised."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from service.jobs.job import Ran
from service.runs.lease import BusyError, LeaseLostError
from service.runs.states import RunOverError
from service.secrets import SecretError
from service.state.errors import StateError

T = TypeVar("T")

BUSY: Final = "busy"
UNOPENED: Final = "unopened"
SKIPPED: Final = (BUSY, "paused", "state", UNOPENED, "mistake")
"""Why a run did not take place."""
_BUSY: Final = "another run of it goes on, here or on another node"
_MISTAKE: Final = "a mistake of Busyline: please report it"


class PausedError(Exception):
    """It is paused, and nobody said that it shall go on: nothing was done. It tells why."""


class UnopenedError(Exception):
    """It could not even begin: why, and where to look. It names no person and no secret."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A run that did not take place: ``why`` is one of SKIPPED, ``note`` for the log, ``ran`` for whoever started it;
    ``error`` where it is a mistake of ours."""

    why: str
    ran: Ran
    note: str
    error: Exception | None = None

    def tell(self, log: Any, event: str, **whose: str) -> None:
        """A line in ``log``; with where it broke, if that is a mistake of ours."""
        if self.error is None:
            log.warning(event, why=self.why, note=self.note, **whose)
        else:
            log.error(event, why=self.why, note=self.note, exc_info=self.error, **whose)


async def tried(run: Callable[[], Awaitable[T]], *, paused: str) -> T | Skipped:
    """What ``run`` gives, or why there was none. Never raises, but when it is cancelled. ``paused`` says what to do
    about a pause, whose own words are for nobody's log."""
    try:
        return await run()
    except BusyError:
        return Skipped(BUSY, Ran.BUSY, _BUSY)
    except PausedError:
        return Skipped("paused", Ran.ENDED, paused)
    except (StateError, LeaseLostError, RunOverError) as error:
        return Skipped("state", Ran.AGAIN, str(error))
    except UnopenedError as error:
        return Skipped(UNOPENED, Ran.ENDED, str(error))
    except Exception as error:  # noqa: BLE001  a mistake of ours in one of them leaves the others alone
        return Skipped("mistake", Ran.ENDED, _MISTAKE, error)


@contextmanager
def beginning() -> Iterator[None]:
    """What is opened in the block: a secret or a file that is not there raises UnopenedError."""
    try:
        yield
    except SecretError as error:
        raise UnopenedError(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise UnopenedError(f"{where}{error.strerror or type(error).__name__}") from None
