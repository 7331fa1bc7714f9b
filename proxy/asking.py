"""Who asks, and how long it has waited, for whatever shares something out between callers far below the front."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Asking:
    """A request being answered: since when (seconds of a clock that never goes back), and whose, once that is proved.

    ``waited``: seconds it has spent in lines since; what else took its time is not its own fault. All this decides
    about turns, never about answers: whoever sees it may be slower for one caller, and nothing else.
    """

    since: float = 0.0
    caller: str = ""
    waited: float = 0.0

    def waited_for(self, seconds: float, *, after: float) -> None:
        """So long in one line, which it came to when it had waited ``after``: lines side by side count once."""
        if self.since:
            self.waited = max(self.waited, after + seconds)


ASKING: ContextVar[Asking] = ContextVar("asking", default=Asking())  # noqa: B039  nobody writes into this one
"""As for log lines, the request that everything done now is done for; tasks that it starts carry it on."""


def asked_by(caller: str) -> None:
    """It is ``caller`` who asks."""
    asking = ASKING.get(None)
    if asking is not None and asking.since:
        asking.caller = caller
