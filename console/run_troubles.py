"""Turns what can end a run of any sync into a sentence and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager

from console.terminal import EndingError
from service.runs.lease import LeaseLostError
from service.runs.states import RunOverError
from service.state.errors import StateError


@contextmanager
def in_words() -> Iterator[None]:
    """Raises EndingError where the state, the lease or a file does not let the block go on."""
    try:
        yield
    except (LeaseLostError, RunOverError, StateError) as error:
        raise EndingError(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise EndingError(f"{where}{error.strerror or error}; mend the path or its permissions") from None
