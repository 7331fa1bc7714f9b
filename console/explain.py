"""`busyline explain`: the way of one question, station by station, and how it ended, in words."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Annotated, Any

import typer

from console.asking import caller_named, opened, window_of
from console.configuration import Configuration, find
from console.terminal import (
    FOUND_WRONG,
    WRONG_USAGE,
    CallerOption,
    ConfigOption,
    EndingError,
    FromOption,
    JsonOption,
    configured,
    print_json,
    screen,
)
from console.verdicts import rule_lines, rules_words, verdict_facts, verdict_words
from console.words import REASONS
from console.zone import chosen
from protocols.ews.tables import CODES
from protocols.ews.tables import REASONS as PEER_CODES
from protocols.model.freebusy import Answer, Detail, Question, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import utc_now
from proxy.layers.frames import Frames
from proxy.wiring import Proxy
from proxy.wiring.peers import WINDOW
from routing.policy import judge
from routing.table import Route, rewritten

_OWN_CACHE = "this process's cache is empty, the running server's may answer sooner"


@dataclass(frozen=True, slots=True)
class Station:
    """One stop of the question: what it is called and what happened there."""

    name: str
    words: str
    facts: Mapping[str, Any] | None = None  # the same for programs, where there is more to it

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, how long the caller waited, and how much of that the calendar system took."""

    answer: Answer
    seconds: float
    upstream_calls: int
    upstream_seconds: float


def command(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom the question is about.")],
    caller: CallerOption = None,
    details: Annotated[bool, typer.Option("--details", help="Ask for subjects and places.")] = False,
    first: FromOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show route, policy, connector, cache and time of each hop for one address. Exit code 1 where nothing is known."""
    configuration, directory = configured(config)
    name = caller_named(configuration, caller)
    lines = rule_lines(find(config).read_text("utf-8-sig"), len(configuration.rules))
    try:
        mailbox = Mailbox.parse(address)
    except ValueError:
        raise EndingError(f'"{address}" is no e-mail address', WRONG_USAGE) from None
    detail = Detail.DETAILS if details else Detail.BUSY
    question = Question(window=window_of(1, chosen(None), utc_now(), first and first.date()), detail=detail)

    async def walk() -> tuple[list[Station], Answer]:
        async with opened(configuration, directory, name, [mailbox]) as proxy:
            return await stations(configuration, proxy, name, mailbox, question, lines=lines)

    found, answer = asyncio.run(walk())
    if as_json:
        print_json([station.as_json() for station in found])
    else:
        for station in found:
            screen().print(f"{station.name + ':':<10} {station.words}", soft_wrap=True)
    if isinstance(answer, Unavailable):
        raise typer.Exit(FOUND_WRONG)


async def stations(
    configuration: Configuration,
    proxy: Proxy,
    caller: str,
    mailbox: Mailbox,
    question: Question,
    *,
    lines: Mapping[int, int] = MappingProxyType({}),
) -> tuple[list[Station], Answer]:
    """Every stop on the way, in order; the calendar system is really asked, then the cache. ``lines``: of each rule."""
    route = proxy.table.find(mailbox)
    verdict = judge(proxy.policy(caller), mailbox, route)
    found = [Station("question", f"{mailbox} for {caller}, {question.window.start:%d %b %Y %H:%M} UTC and a day on")]
    found.append(Station("route", _route_words(mailbox, route)))
    found.append(Station("policy", verdict_words(verdict), verdict_facts(verdict, lines, utc_now())))
    found += [Station("rule", words) for words in rules_words(verdict, lines)]
    first = await _timed(proxy, caller, mailbox, question, route)
    if verdict.allowed and route:
        found += _connector(configuration, route, question)
        found.append(Station("first", _first_words(first, route)))
        if not isinstance(first.answer, Unavailable):
            again = await _timed(proxy, caller, mailbox, question, route)
            found.append(Station("again", _again_words(again)))
    found.append(Station("answer", answer_words(first.answer)))
    return found, first.answer


def _route_words(mailbox: Mailbox, route: Route | None) -> str:
    if route is None:
        return f"none: no [[routes]] names {mailbox}, {mailbox.domain} or a *. above it"
    words = f'[[routes]] match = "{route.match}" leads to {route.via}'
    try:
        known = rewritten(mailbox, route)
    except ValueError:
        return f"{words}, but rewrite makes no address of it"
    return words if known == mailbox else f"{words}, which knows it as {known}"


def _connector(configuration: Configuration, route: Route, question: Question) -> Iterator[Station]:
    settings = configuration.connectors[route.via]
    yield Station("connector", f"{route.via}, by {settings.protocol}, at most {settings.deadline.total_seconds():g} s")
    frame = Frames(longest=WINDOW).of(question.window, utc_now())
    ttl = configuration.cache.ttl.total_seconds()
    words = f"{frame.start:%d %b %Y} to {frame.end:%d %b %Y} UTC is fetched at once and kept for {ttl:g} s"
    yield Station("frame", words)


async def _timed(proxy: Proxy, caller: str, mailbox: Mailbox, question: Question, route: Route | None) -> Timed:
    def upstream(kind: str) -> float:
        labels = {"connector": route.via if route else ""}
        return proxy.metrics.registry.get_sample_value(f"busyline_upstream_seconds_{kind}", labels) or 0.0

    calls, seconds, started = upstream("count"), upstream("sum"), time.perf_counter()
    (answer,) = await proxy.asker(caller).lookup([mailbox], question)
    took = time.perf_counter() - started
    return Timed(answer, took, int(upstream("count") - calls), upstream("sum") - seconds)


def _first_words(timed: Timed, route: Route) -> str:
    total, peer = timed.seconds * 1000, timed.upstream_seconds * 1000
    calls = f"{timed.upstream_calls} call{'s' if timed.upstream_calls != 1 else ''}"
    own = max(total - peer, 0.0)
    return f"{_OWN_CACHE}; {calls} to {route.via} took {peer:.1f} ms, everything else {own:.1f} ms"


def _again_words(timed: Timed) -> str:
    where = (
        "from this process's cache" if not timed.upstream_calls else "not kept, so the calendar system was asked again"
    )
    return f"{where}, {timed.seconds * 1000:.2f} ms"


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
