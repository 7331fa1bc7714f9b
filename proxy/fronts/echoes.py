"""Whole answers by the very words of the question, for callers that ask the same again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import is_
from typing import Final, TypeAlias

from protocols.ews.query import AvailabilityRequest
from protocols.model.freebusy import Answer, Availability
from proxy.recent import Recent

_SEEN: Final = 4_096
_ENTRY: Final = 600  # bytes besides texts and blocks, and the same for each mailbox
_BLOCK: Final = 60  # of each block, whose texts are in the parts as well
_Key: TypeAlias = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Echo:
    """What a question means, and what was answered: ``parts`` are ``answers`` written down for this caller."""

    asked: AvailabilityRequest
    answers: Sequence[Answer]
    parts: Sequence[bytes]

    def tells(self, answers: Sequence[Answer]) -> bool:
        """Whether ``answers`` are the very ones that were written down: then so are the parts."""
        return len(answers) == len(self.answers) and all(map(is_, answers, self.answers))


class Echoes:
    """At most ``memory`` bytes; a question is remembered from the second time on that it is asked in the same words.

    What is kept is never an answer by itself: whoever finds an echo looks everybody up as always, and saves reading
    and writing where nothing is new.
    """

    def __init__(self, memory: int) -> None:
        self._echoes: Recent[_Key, Echo] = Recent(weight=memory, weigh=_weight)
        self._seen: tuple[set[int], set[int]] = set(), set()  # lately, and before that

    def find(self, caller: str, body: bytes) -> Echo | None:
        """What was last answered to the same words of the same caller."""
        return self._echoes.find((caller, body))

    def keep(self, caller: str, body: bytes, echo: Echo) -> None:
        """Remember ``echo``, unless nobody asked so before."""
        key = caller, body
        known, (lately, before) = hash(key), self._seen
        if known in lately or known in before:
            self._echoes[key] = Echo(echo.asked, echo.answers, [b"".join(echo.parts)])
            return
        lately.add(known)
        if len(lately) == _SEEN:
            self._seen = set(), lately


def _weight(key: _Key, echo: Echo) -> int:
    blocks = sum(len(each.intervals) for each in echo.answers if isinstance(each, Availability))
    return _ENTRY * (1 + len(echo.answers)) + _BLOCK * blocks + len(key[1]) + sum(map(len, echo.parts))
