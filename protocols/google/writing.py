"""What becomes of a write that Google does not do, or of which nobody knows whether it did."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from protocols.errors import PeerError
from protocols.model.freebusy import Reason

T = TypeVar("T")
PAUSE: Final = timedelta(seconds=5)
"""To wait where Google says that it is asked too often, but not how long it wants to be left alone."""
_PASSES: Final = frozenset({Reason.THROTTLED, Reason.PEER_FAILED, Reason.TIMEOUT, Reason.UNREACHABLE, Reason.GARBLED})
_UNDONE: Final = frozenset({Reason.THROTTLED, Reason.UNAUTHORIZED, Reason.NO_ACCESS, Reason.NO_SUCH_MAILBOX})


@dataclass(frozen=True, slots=True)
class Refusal:
    """One write that was not done; with ``doubt``, it may have been. ``stale``: the object is another by now.

    ``words`` say what to do. ``retry_after`` is None where trying again would bring the same.
    """

    reason: Reason
    words: str
    retry_after: timedelta | None = None
    doubt: bool = False
    stale: bool = False


STALE: Final = Refusal(Reason.PEER_FAILED, "somebody changed it meanwhile: it is looked at again", stale=True)
NOT_OURS: Final = Refusal(Reason.FORBIDDEN, "it does not carry this sync's stamp any more: nothing of it is touched")


def refused(error: PeerError, *, doubt: bool, status: int = 0) -> Refusal:
    """What ``error`` means for a write; ``doubt``: it may have come after the write was done. ``status`` is that of the
    answer: what Google refuses with one of 4xx it refuses again."""
    passes = error.reason is Reason.THROTTLED or (error.reason in _PASSES and not 400 <= status < 500)
    return Refusal(
        error.reason,
        str(error),
        retry_after=error.retry_after or (PAUSE if passes else None),
        doubt=doubt and error.reason not in _UNDONE,
    )


async def tried(reading: Awaitable[T]) -> T | Refusal:
    """What ``reading`` gives, or the Refusal that its PeerError stands for: nothing has been written yet."""
    try:
        return await reading
    except PeerError as error:
        return refused(error, doubt=False)
