"""Each caller gets a part of its own, made of what all share; somebody who is no caller gets no more than a glance."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable, all_unavailable
from protocols.model.intervals import EMPTY
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Connector
from proxy.crowded import NoTurnError
from proxy.hops import Circles
from proxy.layers.line import CROWDED
from proxy.routes import ways_of
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from proxy.wiring.cache import fragments_of
from proxy.wiring.desks import Desks, Federations
from proxy.wiring.directories import directories
from proxy.wiring.rules import rules_of
from service.metrics import Metrics
from tests.proxy.served import BLOCK, NOW, Busy, configuration

ANN, BOB = Mailbox.parse("ann@fabrikam.example"), Mailbox.parse("bob@fabrikam.example")
DAY = TimeWindow(NOW, NOW + timedelta(days=7))
SHORT, LONG = timedelta(milliseconds=10), timedelta(seconds=8)
HERE = "0123456789abcdef"


class Doubtful(Busy):
    """Of everybody's one block it does not know whether it is busy."""

    def answers(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        known = super().answers(mailboxes, question)
        return [replace(each, intervals=EMPTY, unknown=(BLOCK,)) for each in known if isinstance(each, Availability)]


class Full:
    """Its turn never comes."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """The same for all."""
        return all_unavailable(mailboxes, Reason.THROTTLED, detail=CROWDED)


class Slow(Busy):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let, self.answered = asyncio.Event(), False

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        await self.let.wait()
        self.answered = True
        return await super().lookup(mailboxes, question)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


def _settings(**keys: Any) -> ProxySettings:
    return ProxySettings.model_validate({**configuration(), **keys})


def _caller(name: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "basic": {"usernames": [name], "password": "file:interop.hash"}, **keys}


async def _desks(
    directory: Path, stack: AsyncExitStack, settings: ProxySettings, connector: Connector, *, refuses: bool = True
) -> Desks:
    ways = ways_of(settings, directory)
    shared = await directories(
        settings, directory, stack, ways=ways, clock=lambda: NOW, metrics=Metrics(), circles=Circles(HERE)
    )
    return Desks(
        settings=settings,
        rules=rules_of(settings.rules, directory),
        federations=Federations(ways, {"fabrikam": connector}, stack),
        directories=shared,
        replies={},
        fragments=fragments_of(settings.cache),
        witness=None,
        refuses=refuses,
    )


def _federations(directory: Path, stack: AsyncExitStack, connector: Connector, **keys: Any) -> Federations:
    return Federations(ways_of(_settings(), directory), {"fabrikam": connector}, stack, **keys)


async def test_who_waits_as_long_and_for_the_same_shares_one_federation(tmp_path: Path, stack: AsyncExitStack) -> None:
    federations = _federations(tmp_path, stack, Busy())
    one = federations.of(LONG)
    assert federations.of(LONG, ()) is one
    hurried, choosy = federations.of(SHORT), federations.of(LONG, ("fabrikam",))
    assert len({id(each) for each in (one, hurried, choosy)}) == 3
    assert (hurried.deadline, choosy.never_via) == (SHORT, frozenset({"fabrikam"}))
    assert federations.of(LONG, ["fabrikam"]) is choosy


async def test_what_is_under_way_ends_before_the_stack_is_closed(tmp_path: Path) -> None:
    peer = Slow()
    async with AsyncExitStack() as stack:
        (answer,) = await _federations(tmp_path, stack, peer).of(SHORT).lookup([BOB], Question(window=DAY))
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.TIMEOUT
        peer.let.set()
    assert peer.answered


async def test_a_caller_sees_what_its_section_and_the_rules_for_it_say(tmp_path: Path, stack: AsyncExitStack) -> None:
    callers = [
        _caller("northwind", may_ask=["fabrikam.example"]),
        _caller("contoso", may_ask=["ann@fabrikam.example"], unknown_as="busy"),
    ]
    rules = [{"about": ["bob@fabrikam.example"], "callers": ["northwind"], "sees": "details"}]
    settings = _settings(callers=callers, rules=rules)
    desks = await _desks(tmp_path, stack, settings, Busy())
    northwind, contoso = (desks.own(caller) for caller in settings.callers)
    assert (northwind.policy.may_ask, northwind.policy.unknown_as) == (("fabrikam.example",), "error")
    assert (contoso.policy.may_ask, contoso.policy.unknown_as) == (("ann@fabrikam.example",), "busy")
    rulings = [
        own.policy.rules.ruling(BOB, Detail.BUSY, room=False) for own in (northwind, contoso) if own.policy.rules
    ]
    assert [each.detail if each else None for each in rulings] == [Detail.DETAILS, None]
    asked = Question(window=DAY)
    assert all(isinstance(each, Availability) for each in await northwind.desk.connector.lookup([ANN, BOB], asked))
    ann, bob = await contoso.desk.connector.lookup([ANN, BOB], asked)
    assert isinstance(ann, Availability)
    assert isinstance(bob, Unavailable)
    assert bob.reason is Reason.FORBIDDEN


async def test_a_caller_may_have_a_deadline_of_its_own_and_connectors_never_asked_for_it(
    tmp_path: Path, stack: AsyncExitStack
) -> None:
    patient, asked = _caller("northwind", may_ask=["*"]), Question(window=DAY)
    callers = [patient, {**patient, "name": "hurried", "deadline": "10ms"}, {**patient, "never_via": ["fabrikam"]}]
    one, two, three = (CallerSettings.model_validate(each) for each in callers)
    peer = Slow()
    desks = await _desks(tmp_path, stack, _settings(), peer)
    (late,) = await desks.own(two).desk.connector.lookup([BOB], asked)
    assert isinstance(late, Unavailable)
    assert late.reason is Reason.TIMEOUT
    peer.let.set()
    assert isinstance((await desks.own(one).desk.connector.lookup([BOB], asked))[0], Availability)
    (never,) = await desks.own(three).desk.connector.lookup([BOB], asked)
    assert isinstance(never, Unavailable)


async def test_desks_keep_one_memory_of_what_was_rendered(tmp_path: Path, stack: AsyncExitStack) -> None:
    settings = _settings()
    desks = await _desks(tmp_path, stack, settings, Busy())
    (caller,) = settings.callers
    own, other, guest = desks.own(caller).desk, desks.own(caller).desk, desks.guests("somebody")(BOB)
    assert own.fragments is other.fragments is guest.fragments is desks.fragments


@pytest.mark.parametrize("mailtips", [False, True])
async def test_automatic_replies_are_for_callers_with_mail_tips(
    tmp_path: Path, stack: AsyncExitStack, *, mailtips: bool
) -> None:
    settings = _settings(callers=[_caller("northwind", may_ask=["*"], mailtips=mailtips)])
    desks = await _desks(tmp_path, stack, settings, Busy())
    assert (desks.own(settings.callers[0]).desk.replies is not None) == mailtips
    assert desks.guests("somebody")(BOB).replies is None


async def test_a_guest_asks_about_one_mailbox_and_is_told_of_doubt(tmp_path: Path, stack: AsyncExitStack) -> None:
    settings = _settings()
    desks = await _desks(tmp_path, stack, settings, Doubtful())
    bob, ann = await desks.guests("somebody")(BOB).connector.lookup([BOB, ANN], Question(window=DAY))
    assert isinstance(bob, Availability)
    assert bob.unknown == (BLOCK,)
    assert isinstance(ann, Unavailable)
    assert ann.reason is Reason.FORBIDDEN
    (usual,) = await desks.own(settings.callers[0]).desk.connector.lookup([BOB], Question(window=DAY))
    assert isinstance(usual, Unavailable)


async def test_rules_may_name_guests(tmp_path: Path, stack: AsyncExitStack) -> None:
    rules = [{"about": ["bob@fabrikam.example"], "callers": ["free-busy-url"], "horizon_ahead": "1d"}]
    urls = {"file": "urls.txt"}
    desks = await _desks(tmp_path, stack, _settings(rules=rules, free_busy_urls=urls), Busy())
    window = Question(window=TimeWindow(BLOCK.end, BLOCK.end + timedelta(days=1)))
    seen = []
    for name in ("free-busy-url", "northwind"):
        (answer,) = await desks.guests(name)(BOB).connector.lookup([BOB], window)
        assert isinstance(answer, Availability)
        seen.append(any(each.window.end > BLOCK.end for each in answer.intervals))
    assert seen == [True, False], "beyond the horizon all is busy"


def _of_caller(desks: Desks) -> Connector:
    return desks.own(desks.settings.callers[0]).desk.connector


def _of_guest(desks: Desks) -> Connector:
    return desks.guests("somebody")(BOB).connector


@pytest.mark.parametrize("whose", [_of_caller, _of_guest])
async def test_nobody_had_a_turn(tmp_path: Path, stack: AsyncExitStack, whose: Callable[[Desks], Connector]) -> None:
    asked = Question(window=DAY)
    with pytest.raises(NoTurnError):
        await whose(await _desks(tmp_path, stack, _settings(), Full())).lookup([BOB], asked)
    (answer,) = await whose(await _desks(tmp_path, stack, _settings(), Full(), refuses=False)).lookup([BOB], asked)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.THROTTLED


@pytest.mark.parametrize("whose", [_of_caller, _of_guest])
async def test_what_has_been_here_goes_no_further(
    tmp_path: Path, stack: AsyncExitStack, whose: Callable[[Desks], Connector]
) -> None:
    peer = Busy()
    desks = await _desks(tmp_path, stack, _settings(), peer)
    (answer,) = await whose(desks).lookup([BOB], Question(window=DAY, hops=(HERE,)))
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.LOOP
    assert (peer.asked, desks.directories.circles.refused) == ([], 1)
