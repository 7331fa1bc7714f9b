"""Asks about a person one calendar system after the other: the next only where one does not know the mailbox."""

from collections.abc import Collection, Mapping, Sequence

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from proxy.combining import combined, looping
from proxy.connector import Connector, Ready, at_once, guarded
from routing.ways import Leg, Way


class Chain:
    """The connectors of ways to the same ones in the same order, of which ``never_via`` may not be asked.

    A connector that fails, or that may not be asked, ends the search: nobody knows then whether it knows the mailbox.
    """

    def __init__(self, connectors: Mapping[str, Connector], never_via: Collection[str]) -> None:
        self._connectors, self._never_via = connectors, never_via

    def ready(self, ways: Sequence[Way], question: Question) -> list[Answer | None]:
        """Per way, in order, the answer that need not be waited for; None where somebody must be asked."""
        return [self._found_at_once(way, question) for way in ways]

    async def lookup(self, ways: Sequence[Way], question: Question) -> list[Answer]:
        """One answer per way, in order; each connector is asked once about all whom those before it do not know."""
        told: list[list[Answer]] = [[] for _ in ways]
        searching = list(range(len(ways)))
        for stage in range(len(ways[0].legs) if ways else 0):
            answers = await self._asked([ways[place].legs[stage] for place in searching], question)
            for place, answer in zip(searching, answers, strict=True):
                told[place].append(answer)
            searching = [place for place in searching if _is_stranger(told[place][-1])]
            if not searching:
                break
        return [combined(way, answers, question.window) for way, answers in zip(ways, told, strict=True)]

    async def _asked(self, legs: Sequence[Leg], question: Question) -> list[Answer]:
        via = legs[0].via
        if via in self._never_via:
            return [looping(leg) for leg in legs]
        return await guarded(self._connectors[via], via, [leg.mailbox for leg in legs], question)

    def _found_at_once(self, way: Way, question: Question) -> Answer | None:
        told: list[Answer] = []
        for leg in way.legs:
            connector = self._connectors[leg.via]
            if leg.via in self._never_via:
                found: Answer | None = looping(leg)
            elif isinstance(connector, Ready):
                [found] = at_once(connector, leg.via, [leg.mailbox], question)
            else:
                found = None
            if found is None:
                return None
            told.append(found)
            if not _is_stranger(found):
                break
        return combined(way, told, question.window)


def _is_stranger(answer: Answer) -> bool:
    return isinstance(answer, Unavailable) and answer.reason is Reason.NO_SUCH_MAILBOX
