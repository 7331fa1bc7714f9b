"""The hops of a question for an operator: who was asked as whom, how long each took, and what each knew."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.words import REASONS
from protocols.ews.tables import CODES
from protocols.ews.tables import REASONS as PEER_CODES
from protocols.model.freebusy import Answer, Availability, Part, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import guarded
from proxy.split_brain import suspected
from proxy.wiring import Proxy
from routing.moves import Told
from routing.table import Combine, Route
from routing.ways import Found, Leg, Way, legs_in

_OWN_CACHE = "this process's cache is empty, the running server's may answer sooner"
_COMBINED = {
    Combine.UNION: "busy in one is busy, and one that cannot be read leaves doubt",
    Combine.FIRST: "the next is asked only where one does not know the mailbox",
    Combine.MOVE: "both are joined, the first is where the person is now",
    Combine.EITHER: "both are joined, at least one must know the mailbox",
}


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


def route_words(mailbox: Mailbox, route: Route | None, way: Found) -> str:
    """Which connectors the question is for, and as whom they know the mailbox."""
    if isinstance(way, Unavailable):
        if route is None:
            return f"none: no [[routes]] names {mailbox}, {mailbox.domain} or a *. above it"
        return f'[[routes]] match = "{route.match}" leads to {", ".join(route.via)}, but rewrite makes no address of it'
    legs = " and ".join(_leg_words(mailbox, leg) for leg in legs_in(way))
    if isinstance(way, Way):
        return f"{way.reason} leads to {legs}: {_COMBINED[way.combine]}"
    return f'[[routes]] match = "{route.match}" leads to {legs}' if route else f"a move leads to {legs}"


def _leg_words(mailbox: Mailbox, leg: Leg) -> str:
    return leg.via if leg.mailbox == mailbox else f"{leg.via}, which knows it as {leg.mailbox}"


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


def parts_words(answer: Answer, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each of several calendars said."""
    for part in answer.parts:
        if part.reason is None:
            words = f"{part.source} knows the mailbox, asked {_age(part, now)}"
        else:
            words = f"{part.source or 'nobody'}: {REASONS[part.reason]} [{part.reason.value}]"
        yield words, part_facts(part)


def part_facts(part: Part) -> dict[str, Any]:
    """The same for programs."""
    return {
        "source": part.source or None,
        "as_of": part.as_of.isoformat() if part.as_of else None,
        "reason": part.reason.value if part.reason else None,
    }


def _age(part: Part, now: datetime) -> str:
    return f"{max((now - part.as_of).total_seconds(), 0):.0f} s ago" if part.as_of else "at a time unknown"


async def doubts(proxy: Proxy, way: Found, moving: Told | None, question: Question) -> list[str]:
    """What an operator should look at: a person whom several sides know, or whose both calendars are in use."""
    if moving is not None:
        current, old = [await _asked(proxy, leg, question) for leg in (moving.current, moving.old)]
        return [_SPLIT.format(moving.old.via, moving.current.via)] if suspected(current, old, moving.moved_at) else []
    if not isinstance(way, Way) or way.combine not in (Combine.FIRST, Combine.EITHER):
        return []
    answers = [await _asked(proxy, leg, question) for leg in way.legs]
    if way.combine is Combine.EITHER:
        first, *others = answers
        return [_SPLIT.format(way.legs[0].via, way.legs[1].via)] if any(suspected(first, o) for o in others) else []
    knowing = [leg.via for leg, answer in zip(way.legs, answers, strict=True) if isinstance(answer, Availability)]
    return [_STALE.format(" and ".join(knowing), knowing[0])] if len(knowing) > 1 else []


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
    if isinstance(answer, Unavailable):
        code = CODES[answer.reason]  # what travels, whatever code of its own the calendar system gave
        told = "" if answer.detail in CODES.values() or answer.detail in PEER_CODES else answer.detail
        detail = f" ({told})" if told else ""
        wait = f"; it asks for {answer.retry_after.total_seconds():g} s of patience" if answer.retry_after else ""
        return f"no data: {REASONS[answer.reason]}{detail}{wait}; callers get {code} [{answer.reason.value}]"
    count = len(answer.intervals)
    return f"known: {count} busy interval{'s' if count != 1 else ''}, seen with {answer.detail.value}"


def answer_facts(answer: Answer, now: datetime) -> dict[str, Any]:
    """Where the answer comes from and how old it is, for programs."""
    if isinstance(answer, Unavailable):
        reason: Reason = answer.reason
        return {"source": answer.source or None, "reason": reason.value}
    age = max((now - answer.as_of).total_seconds(), 0.0)
    return {"source": answer.source, "as_of": answer.as_of.isoformat(), "age": round(age, 3), "reason": None}
