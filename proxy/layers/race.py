"""Puts together what several calls about the same mailboxes tell."""

from collections.abc import Sequence

from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from proxy.answers import failed_whole

_SETTLED = frozenset({Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS})
_WHOLE, _PARTLY, _REFUSED, _NOTHING = 3, 2, 1, 0


class Race:
    """The best answer so far for each of ``count`` places; of equally good ones the first that came.

    A whole availability settles its place, whoever brings it. What is known in part, or refused, settles it only where
    the main call says so: the account that another call went by may see less.
    """

    def __init__(self, count: int) -> None:
        self._best: list[Answer | None] = [None] * count
        self._open = set(range(count))

    @property
    def decided(self) -> bool:
        """Whether nothing better can come."""
        return not self._open

    @property
    def answers(self) -> list[Answer]:
        """The best for each place, in order. Raises ValueError where a place has none yet."""
        if None in self._best:
            raise ValueError("some have not been answered for")
        return [answer for answer in self._best if answer is not None]

    def take(self, start: int, answers: Sequence[Answer], *, main: bool) -> bool:
        """``answers`` to the places from ``start`` on; returns whether they settled any.

        A main call that took all its time settles everything: the others began later, and the peer may be down.
        """
        open_before = len(self._open)
        for place, answer in enumerate(answers, start):
            known, worth = self._best[place], _worth(answer)
            if known is None or worth > _worth(known):
                self._best[place] = answer
            if worth == _WHOLE or (main and worth):
                self._open.discard(place)
        if main and (failure := failed_whole(answers)) and failure.reason is Reason.TIMEOUT:
            self._open.clear()
        return len(self._open) < open_before


def _worth(answer: Answer) -> int:
    if isinstance(answer, Availability):
        return _PARTLY if answer.unknown else _WHOLE
    return _REFUSED if _is_settled(answer) else _NOTHING


def _is_settled(answer: Unavailable) -> bool:
    return answer.reason in _SETTLED and not answer.whole_call
