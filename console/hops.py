"""The hops of a question for an operator: who was asked as whom, how long each took, and what each knew."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.parts import failed_words, reason_words
from protocols.ews.tables import CODES
from protocols.ews.tables import REASONS as PEER_CODES
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import guarded
from proxy.split_brain import suspected
from proxy.wiring import Proxy
from routing.moves import Told
from routing.table import Combine, Route
from routing.ways import Found, Leg, Way, legs_in

_OWN_CACHE = "this process's cache is empty, the running server's may answer sooner"
_COMBINED: Final[Mapping[Combine, str]] = {
    Combine.UNION: "busy in one is busy, and one that cannot be read leaves doubt",
    Combine.FIRST: "the next is asked only where one does not know the mailbox",
    Combine.MOVE: "both are joined, {} counts as the current one",
    Combine.EITHER: "both are joined, at least one must know the mailbox",
}
_OF_A_MOVE: Final = frozenset({Combine.MOVE, Combine.EITHER})  # the line about the move tells why


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, how long the caller waited, and what of that each calendar system took: calls and seconds by name."""

    answer: Answer
    seconds: float
    upstream: Mapping[str, tuple[int, float]]

    @property
    def calls(self) -> int:
        """How many calls went out."""
        return sum(calls for calls, _ in self.upstream.values())


def route_words(mailbox: Mailbox, real: Mailbox, route: Route | None, way: Found, *, moves: bool = False) -> str:
    """Which connectors the question is for, and as whom they know the mailbox, which may be an alias of ``real``.

    Of somebody who ``moves`` the route of the configuration is not what leads there.
    """
    return _alias_words(mailbox, real) + _way_words(mailbox, route, way, moves=moves)


def _alias_words(mailbox: Mailbox, real: Mailbox) -> str:
    if mailbox.address == real.address:
        return ""
    alias, name = mailbox.address, real.address
    if mailbox.local == real.local:
        alias, name = mailbox.domain, real.domain
    return f"[[aliases]]: {alias} is {name}; "


def _way_words(mailbox: Mailbox, route: Route | None, way: Found, *, moves: bool) -> str:
    if isinstance(way, Unavailable):
        if route is None:
            return f"none: no [[routes]] names {mailbox}, {mailbox.domain} or a *. above it"
        return f'[[routes]] match = "{route.match}" leads to {", ".join(route.via)}, but rewrite makes no address of it'
    legs = " and ".join(_leg_words(mailbox, leg) for leg in legs_in(way))
    if isinstance(way, Way):
        combined = _COMBINED[way.combine].format(way.legs[0].via)
        if way.combine in _OF_A_MOVE:
            return f"leads to {legs}; {combined}"
        return f"{way.reason} leads to {legs}: {combined}"
    return f"leads to {legs}" if moves or route is None else f'[[routes]] match = "{route.match}" leads to {legs}'


def _leg_words(mailbox: Mailbox, leg: Leg) -> str:
    return leg.via if leg.mailbox == mailbox else f"{leg.via} (as {leg.mailbox})"


async def timed(proxy: Proxy, caller: str, mailbox: Mailbox, question: Question, legs: Sequence[Leg]) -> Timed:
    """Ask as ``caller``, and see how long each connector on the way took."""
    before = {leg.via: _upstream(proxy, leg.via) for leg in legs}
    started = time.perf_counter()
    (answer,) = await proxy.asker(caller).lookup([mailbox], question)
    took = time.perf_counter() - started
    after = {via: _upstream(proxy, via) for via in before}
    return Timed(answer, took, {via: (int(after[via][0] - n), after[via][1] - s) for via, (n, s) in before.items()})


def _upstream(proxy: Proxy, via: str) -> tuple[float, float]:
    def read(kind: str) -> float:
        found = proxy.metrics.registry.get_sample_value(f"busyline_upstream_seconds_{kind}", {"connector": via})
        return found or 0.0

    return read("count"), read("sum")


def first_words(timed: Timed) -> str:
    """What the calendar systems took of the time, each for itself: they are asked side by side."""
    hops = [
        f"{calls} call{'s' if calls != 1 else ''} to {via} took {seconds * 1000:.1f} ms"
        for via, (calls, seconds) in timed.upstream.items()
    ]
    slowest = max((seconds for _, seconds in timed.upstream.values()), default=0.0)
    own = max(timed.seconds - slowest, 0.0) * 1000
    return f"{_OWN_CACHE}; {', '.join(hops)}, everything else {own:.1f} ms"


def again_words(timed: Timed) -> str:
    """Where the second answer came from."""
    where = "from this process's cache" if not timed.calls else "not kept, so the calendar system was asked again"
    return f"{where}, {timed.seconds * 1000:.2f} ms"


async def doubts(
    proxy: Proxy, way: Found, moving: Told | None, question: Question, *, never_via: Collection[str] = ()
) -> list[str]:
    """What an operator should look at: a person whom several sides know, or whose both calendars are in use.

    Those that the caller is ``never_via`` answered by are not asked.
    """
    if moving is not None:
        current, old = [await _asked(proxy, leg, question) for leg in (moving.current, moving.old)]
        return [_SPLIT.format(moving.old.via, moving.current.via)] if suspected(current, old, moving.moved_at) else []
    if not isinstance(way, Way) or way.combine not in (Combine.FIRST, Combine.EITHER):
        return []
    told = [(leg.via, await _asked(proxy, leg, question)) for leg in way.legs if leg.via not in never_via]
    if way.combine is Combine.FIRST:
        return list(_of_the_first(told))
    active = any(suspected(told[0][1], other) for _, other in told[1:])
    return [_SPLIT.format(way.legs[0].via, way.legs[-1].via)] if active else []


def _of_the_first(told: Sequence[tuple[str, Answer]]) -> Iterator[str]:
    """What may be wrong where only the first that knows somebody is asked."""
    knowing = [via for via, answer in told if isinstance(answer, Availability)]
    silent = [
        via for via, answer in told if isinstance(answer, Unavailable) and answer.reason is not Reason.NO_SUCH_MAILBOX
    ]
    if len(knowing) > 1:
        yield _STALE.format(" and ".join(knowing), knowing[0])
    if knowing and silent:
        number = "both" if len(told) == 2 else "several"
        yield f"{' and '.join(silent)} could not be asked, so whether {number} know the mailbox is not known"


_SPLIT = (
    "active on both sides, perhaps: {0} shows busy time that {1} does not, and the other way round; "
    "see which calendar the person uses, and move the events of the other"
)
_STALE = (
    "{0} both know this mailbox and only {1} is asked: if its calendar is a stale one, busy time looks free; "
    'remove the other calendar, or write combine = "union"'
)


async def _asked(proxy: Proxy, leg: Leg, question: Question) -> Answer:
    [answer] = await guarded(proxy.connectors[leg.via], leg.via, [leg.mailbox], question)
    return answer


def answer_words(answer: Answer) -> str:
    """How the question ended, for an operator."""
    failed = failed_words(answer)
    if isinstance(answer, Unavailable):
        code = CODES[answer.reason]  # what travels, whatever code of its own the calendar system gave
        told = "" if answer.detail in CODES.values() or answer.detail in PEER_CODES else answer.detail
        detail = f" ({told})" if told and not (failed and answer.reason is Reason.INCOMPLETE) else ""
        wait = f"; it asks for {answer.retry_after.total_seconds():g} s of patience" if answer.retry_after else ""
        return f"no data: {reason_words(answer)}{detail}{wait}; callers get {code} [{answer.reason.value}]"
    count = len(answer.intervals)
    doubt = f"; doubt is left, because {failed}" if failed else ""
    return f"known: {count} busy interval{'s' if count != 1 else ''}, seen with {answer.detail.value}{doubt}"


def answer_facts(answer: Answer, now: datetime) -> dict[str, Any]:
    """Where the answer comes from and how old it is, for programs."""
    if isinstance(answer, Unavailable):
        reason: Reason = answer.reason
        return {"source": answer.source or None, "reason": reason.value}
    age = max((now - answer.as_of).total_seconds(), 0.0)
    return {"source": answer.source, "as_of": answer.as_of.isoformat(), "age": round(age, 3), "reason": None}
