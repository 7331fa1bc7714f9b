"""Callers are proved by their messages: once each, by their organisation, and with one answer to all that is wrong."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.model.caller import Caller
from proxy.auth import Refused
from proxy.auth.ws_security import Admitted, Replays, WsSecurity
from tests.protocols.ews.wssecurity.world import (
    ANN,
    DEMANDS,
    NOW,
    fabrikam,
    issued,
    issuer,
    reason,
    request,
    spoiled,
    stranger,
    trust,
    wish,
)

CONTOSO = Caller("contoso", "Contoso", "ws-security")
EU = Caller("eu", "Contoso Europe", "ws-security")
CALLERS = {"contoso.example": CONTOSO, "contoso.test": CONTOSO, "eu.contoso.example": EU}
HOME, AWAY = "203.0.113.1", "203.0.113.2"
MINUTE = timedelta(minutes=1)


@dataclass
class Times:
    """Two clocks that stand until they are moved, and what was slept."""

    now: datetime = NOW
    seconds: float = 100.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Noted, not done."""
        self.slept.append(seconds)


@contextmanager
def _proof(times: Times | None = None, replays: Replays | None = None) -> Iterator[WsSecurity]:
    times = times or Times()
    proof = WsSecurity(
        trust(), CALLERS, clock=lambda: times.now, replays=replays, sleep=times.sleep, seconds=lambda: times.seconds
    )
    try:
        yield proof
    finally:
        proof.close()


async def _why(proof: WsSecurity, data: bytes, address: str = HOME) -> str:
    found = await proof.identify(data, DEMANDS, address)
    assert isinstance(found, Refused)
    return found.reason


async def test_a_message_proves_its_caller_and_names_the_person() -> None:
    with _proof() as proof:
        found = await proof.identify(request(), DEMANDS, HOME)
    assert isinstance(found, Admitted)
    assert found.caller == replace(CONTOSO, person=ANN)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"person": "bob@contoso.test"}, "contoso"),
        ({"person": "bob@eu.contoso.example", "domain": "eu.contoso.example"}, "eu"),
        ({"domain": ""}, "contoso"),
        ({"person": ""}, "contoso"),
    ],
)
async def test_the_organisation_is_found_by_its_domains(changes: dict[str, str], name: str) -> None:
    with _proof() as proof:
        found = await proof.identify(request(token=issued(**changes)), DEMANDS, HOME)
    assert isinstance(found, Admitted)
    assert found.caller.name == name


@pytest.mark.parametrize(
    "changes",
    [
        {"person": "bob@eu.contoso.example"},
        {"domain": "eu.contoso.example"},
        {"domain": "evil.example"},
        {"person": "ann@contoso.example.evil.example"},
        {"person": "ann@evil.example", "domain": "contoso.example"},
    ],
)
async def test_every_domain_of_a_token_must_belong_to_the_same_caller(changes: dict[str, str]) -> None:
    with _proof() as proof:
        why = await _why(proof, request(token=issued(**changes)))
    assert why == "token-of-an-organisation-that-is-no-caller"


async def test_the_same_message_again_is_refused() -> None:
    data = request()
    with _proof() as proof:
        assert isinstance(await proof.identify(data, DEMANDS, HOME), Admitted)
        assert await _why(proof, data) == "message-seen-before"
        white = spoiled(data, lambda root: setattr(root[0][-1][2][1], "text", f" {root[0][-1][2][1].text}\n"))
        assert await _why(proof, white) == "message-seen-before"
        assert isinstance(await proof.identify(request(), DEMANDS, HOME), Admitted)


async def test_the_same_message_at_once_is_answered_once() -> None:
    data = request()
    with _proof() as proof:
        found = await asyncio.gather(*(proof.identify(data, DEMANDS, HOME) for _ in range(8)))
    assert sum(isinstance(each, Admitted) for each in found) == 1


async def test_a_token_is_good_for_several_messages() -> None:
    token, times = issued(), Times()
    with _proof(times) as proof:
        for _ in range(3):
            assert isinstance(await proof.identify(request(token=token, at=times.now), DEMANDS, HOME), Admitted)
            times.now += timedelta(milliseconds=5)


async def test_a_message_from_before_the_start_is_refused() -> None:
    """What an earlier process answered is not remembered."""
    with _proof() as proof:
        why = await _why(proof, request(at=NOW - timedelta(seconds=1)))
    assert why == "message-older-than-this-process"


def test_messages_are_remembered_as_long_as_they_would_be_accepted() -> None:
    replays = Replays()
    replays.note(b"a", NOW + MINUTE, now=NOW)
    replays.note(b"b", NOW + 3 * MINUTE, now=NOW)
    with pytest.raises(SecurityRefused, match="message-seen-before"):
        replays.note(b"a", NOW + MINUTE, now=NOW + MINUTE - timedelta(microseconds=1))
    replays.note(b"a", NOW + 2 * MINUTE, now=NOW + MINUTE)
    with pytest.raises(SecurityRefused, match="message-seen-before"):
        replays.note(b"b", NOW + 3 * MINUTE, now=NOW + MINUTE)


def test_a_full_memory_refuses_rather_than_forgets() -> None:
    replays = Replays(2)
    replays.note(b"a", NOW + MINUTE, now=NOW)
    replays.note(b"b", NOW + MINUTE, now=NOW)
    assert reason(lambda: replays.note(b"c", NOW + MINUTE, now=NOW)) == "too-many-messages-to-remember"
    assert reason(lambda: replays.note(b"a", NOW + MINUTE, now=NOW)) == "message-seen-before"
    replays.note(b"c", NOW + 2 * MINUTE, now=NOW + MINUTE)


async def test_the_memory_lasts_over_the_granted_skew() -> None:
    """The clock moves past Expires; within the skew the message would still be accepted, and is remembered."""
    data, times = request(), Times()
    with _proof(times) as proof:
        assert isinstance(await proof.identify(data, DEMANDS, HOME), Admitted)
        times.now = NOW + 9 * MINUTE
        assert await _why(proof, data) == "message-seen-before"


@pytest.mark.parametrize(
    "data",
    [
        lambda: request(token=issuer().issue(wish(), stranger().certificate)),
        lambda: request(token=issuer(by=stranger()).issue(wish(), fabrikam().certificate)),
        lambda: request(token=replace(issued(), secret=b"x" * 32)),
        lambda: request(token=issued(domain="evil.example")),
    ],
)
async def test_no_refusal_comes_sooner_than_another_once_a_key_was_used(data: object) -> None:
    assert callable(data)
    times = Times()
    with _proof(times) as proof:
        await _why(proof, data())
    assert times.slept == [pytest.approx(0.05)]


async def test_what_needs_no_key_waits_for_nothing() -> None:
    times = Times()
    with _proof(times) as proof:
        assert await _why(proof, b"<a/>") == "no-envelope"
        assert await _why(proof, request(at=NOW - timedelta(hours=1))) == "message-expired"
    assert times.slept == []


async def test_strangers_wait_in_a_short_line_and_known_addresses_do_not() -> None:
    with _proof() as proof:
        assert isinstance(await proof.identify(request(), DEMANDS, HOME), Admitted)
        flood = [request(token=replace(issued(), secret=b"x" * 32)) for _ in range(40)]
        strangers = [asyncio.create_task(_why(proof, data, AWAY)) for data in flood]
        assert isinstance(await proof.identify(request(), DEMANDS, HOME), Admitted)
        assert not all(task.done() for task in strangers)
        reasons = await asyncio.gather(*strangers)
    assert reasons.count("message-signature-wrong") == 32
    assert reasons.count("too-many-messages-at-once") == 8


async def test_a_known_address_is_forgotten() -> None:
    times = Times()
    with _proof(times) as proof:
        assert isinstance(await proof.identify(request(), DEMANDS, HOME), Admitted)
        times.seconds += 601
        flood = [asyncio.create_task(_why(proof, request(token=issued(domain="evil.example")))) for _ in range(33)]
        reasons = await asyncio.gather(*flood)
    assert reasons.count("too-many-messages-at-once") == 1
