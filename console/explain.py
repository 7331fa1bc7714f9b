"""`busyline explain`: the way of one question, station by station, and how it ended, in words."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Annotated, Any

import typer

from console.asking import caller_named, opened, window_of
from console.configuration import Configuration, find
from console.hops import (
    again_words,
    answer_facts,
    answer_words,
    doubts,
    first_words,
    route_words,
    timed,
)
from console.parts import parts_words
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
from console.zone import chosen
from protocols.model.freebusy import Answer, Detail, Question, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import utc_now
from proxy.layers.frames import Frames
from proxy.wiring import Proxy
from proxy.wiring.peers import WINDOW
from routing.names import Names
from routing.policy import judge
from routing.table import Combine
from routing.ways import Found, Leg, Way, legs_in


@dataclass(frozen=True, slots=True)
class Station:
    """One stop of the question: what it is called and what happened there."""

    name: str
    words: str
    facts: Mapping[str, Any] | None = None  # the same for programs, where there is more to it

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {key: value for key, value in asdict(self).items() if value is not None}


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
    real, route = proxy.table.resolve(mailbox)
    verdict = judge(proxy.policy(caller), mailbox, route, Names(proxy.table))
    way = proxy.ways.find(mailbox)
    found = [Station("question", f"{mailbox} for {caller}, {question.window.start:%d %b %Y %H:%M} UTC and a day on")]
    moving = proxy.moves.told(mailbox) or proxy.moves.told(proxy.table.aliases.real(mailbox))
    found.append(Station("route", route_words(mailbox, real, route, way, moves=moving is not None)))
    if moving is not None:
        found.append(Station("move", moving.words, {"move": moving.move, "batch": moving.batch or None}))
    elif isinstance(way, Way) and way.combine is Combine.EITHER:
        found.append(Station("move", way.reason))
    found += [Station("warning", words) for words in _unread(proxy, way)]
    found.append(Station("policy", verdict_words(verdict), verdict_facts(verdict, lines, utc_now())))
    found += [Station("rule", words) for words in rules_words(verdict, lines)]
    never = _never_via(configuration, caller)
    first = await timed(proxy, caller, mailbox, question, legs_in(way))
    if verdict.allowed and legs_in(way):
        found += _connectors(configuration, legs_in(way), question, caller)
        found.append(Station("first", first_words(first)))
        found += [Station("part", words, facts) for words, facts in parts_words(first.answer, utc_now())]
        if not isinstance(first.answer, Unavailable):
            again = await timed(proxy, caller, mailbox, question, legs_in(way))
            found.append(Station("again", again_words(again)))
        found += [Station("warning", words) for words in await doubts(proxy, way, moving, question, never_via=never)]
    found.append(Station("answer", answer_words(first.answer), answer_facts(first.answer, utc_now())))
    return found, first.answer


def _unread(proxy: Proxy, way: Found) -> Iterator[str]:
    """Lists of moves that could not be read, and people whom a directory names and who cannot be found from here."""
    for words in proxy.moves.doubts.values():
        yield f"{words}; both sides are asked"
    for name, left_out in proxy.moves.left_out.items():
        for words in {left_out[leg.mailbox.address] for leg in legs_in(way) if leg.mailbox.address in left_out}:
            yield f'the directory of [[moves]] "{name}" names this person, who was left out: {words}'


def _connectors(
    configuration: Configuration, legs: Sequence[Leg], question: Question, caller: str
) -> Iterator[Station]:
    never = _never_via(configuration, caller)
    for leg in legs:
        if leg.via in never:
            yield Station("connector", f"{leg.via} is not asked for {caller}: never_via names it")
            continue
        settings = configuration.connectors[leg.via]
        deadline = settings.deadline.total_seconds()
        yield Station("connector", f"{leg.via}, by {settings.protocol}, at most {deadline:g} s")
    if all(leg.via in never for leg in legs):
        return
    frame = Frames(longest=WINDOW).of(question.window, utc_now())
    ttl = configuration.cache.ttl.total_seconds()
    words = f"{frame.start:%d %b %Y} to {frame.end:%d %b %Y} UTC is fetched at once and kept for {ttl:g} s"
    yield Station("frame", words)


def _never_via(configuration: Configuration, caller: str) -> tuple[str, ...]:
    return next((each.never_via for each in configuration.callers if each.name == caller), ())
