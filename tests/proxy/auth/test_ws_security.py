"""Callers are proved by their messages: once each, by their organisation, and with one answer to all that is wrong."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from protocols.ews.wssecurity.message import Demands
from protocols.model.caller import Caller
from proxy.auth import Refused
from proxy.auth.replays import OwnMemories
from proxy.auth.shared_replays import Seen, SharedMemories
from proxy.auth.ws_security import Admitted, WsSecurity
from tests.protocols.ews.wssecurity.world import (
    ANN,
    DEMANDS,
    NOW,
    fabrikam,
    issued,
    issuer,
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


class Remembering(WsSecurity):
    """Lets everybody in who is proved, as a front without a fence."""

    async def identify(self, data: bytes, demands: Demands, address: str) -> Admitted | Refused:
        """And remembers it at once."""
        found = await WsSecurity.identify(self, data, demands, address)
        if isinstance(found, Admitted):
            return self.remember(found) or found
        return found


@contextmanager
def _proof(times: Times | None = None, began: datetime = NOW - 6 * MINUTE, **more: Any) -> Iterator[WsSecurity]:
    times = times or Times()
    now, times.now = times.now, began
    more = {"callers": CALLERS, "trust": trust(), **more}
    proof = Remembering(clock=lambda: times.now, sleep=times.sleep, seconds=lambda: times.seconds, **more)
    times.now = now
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


@pytest.mark.parametrize("ahead", [-1, 0, 29, 30])
async def test_a_message_that_may_have_been_answered_before_the_start_is_refused(ahead: int) -> None:
    """What an earlier process answered is not remembered, and the sender's clock may be half a minute ahead."""
    times = Times()
    with _proof(times, began=NOW) as proof:
        data = request(at=NOW + timedelta(seconds=ahead))
        found = await proof.identify(data, DEMANDS, HOME)
        assert isinstance(found, Refused)
        assert (found.reason, found.status, found.retry_after) == ("message-older-than-this-process", 503, 30)
        times.now = NOW + 6 * MINUTE
        found = await proof.identify(data, DEMANDS, HOME)
        assert isinstance(found, Refused)
        assert (found.reason, found.status, found.retry_after) == ("message-older-than-this-process", 401, None)
    assert times.slept == []


async def test_a_message_that_was_made_after_the_start_is_answered() -> None:
    with _proof(began=NOW - 5 * MINUTE) as proof:
        data = request(at=NOW + timedelta(milliseconds=1))
        assert isinstance(await proof.identify(data, DEMANDS, HOME), Admitted)


async def test_a_caller_whose_memory_is_full_waits_and_disables_nobody_else() -> None:
    token, times = issued(), Times()
    with _proof(times, memories=OwnMemories(since=NOW - 6 * MINUTE, skew=5 * MINUTE, size=2)) as proof:
        for second in range(2):
            data = request(token=token, at=NOW + timedelta(seconds=second))
            assert isinstance(await proof.identify(data, DEMANDS, HOME), Admitted)
        found = await proof.identify(request(token=token, at=NOW + timedelta(seconds=3)), DEMANDS, HOME)
        assert isinstance(found, Refused)
        assert (found.reason, found.status, found.retry_after) == ("too-many-messages-to-remember", 503, 600)
        other = issued(person="bob@eu.contoso.example", domain="eu.contoso.example")
        assert isinstance(await proof.identify(request(token=other), DEMANDS, AWAY), Admitted)


async def test_who_is_not_let_in_fills_no_memory() -> None:
    """Proved and turned away for its rate or its network: the same message may come again."""
    data = request()
    with _proof() as proof:
        for _ in range(2):
            assert isinstance(await WsSecurity.identify(proof, data, DEMANDS, HOME), Admitted)


def _shared(folder: Path, since: datetime = NOW - 6 * MINUTE) -> SharedMemories:
    return SharedMemories(seen=Seen(directory=folder, since=since, key=b"k" * 32), clock=lambda: NOW)


async def test_what_one_process_of_a_service_answered_no_other_answers(tmp_path: Path) -> None:
    """Nor where both had looked before either answered."""
    data, late = request(), request(at=NOW + timedelta(milliseconds=1))
    with _proof(memories=_shared(tmp_path)) as one, _proof(memories=_shared(tmp_path)) as other:
        assert isinstance(await one.identify(data, DEMANDS, HOME), Admitted)
        assert await _why(other, data) == "message-seen-before"
        both = [await WsSecurity.identify(each, late, DEMANDS, HOME) for each in (one, other)]
        found = [each.remember(admitted) for each, admitted in zip((one, other), both, strict=True)
                 if isinstance(admitted, Admitted)]  # fmt: skip
    assert found == [None, Refused("message-seen-before")]


async def test_a_process_that_comes_later_knows_what_was_seen_and_refuses_nothing_older(tmp_path: Path) -> None:
    token = issued()
    seen, unseen = request(token=token), request(token=token, at=NOW + timedelta(milliseconds=1))
    with _proof(memories=_shared(tmp_path)) as first:
        assert isinstance(await first.identify(seen, DEMANDS, HOME), Admitted)
    with _proof(memories=_shared(tmp_path), began=NOW + MINUTE) as later:
        assert await _why(later, seen) == "message-seen-before"
        assert isinstance(await later.identify(unseen, DEMANDS, HOME), Admitted)


async def test_a_message_of_before_the_service_began_is_refused_by_each_process(tmp_path: Path) -> None:
    with _proof(memories=_shared(tmp_path, since=NOW)) as proof:
        assert await _why(proof, request(at=NOW + timedelta(seconds=29))) == "message-older-than-this-process"


async def test_what_cannot_be_remembered_is_busy_never_answered(tmp_path: Path) -> None:
    folder, times = tmp_path / "seen", Times()
    folder.mkdir()
    data = request()
    with _proof(times, memories=_shared(folder)) as proof, capture_logs() as logs:
        assert proof.doubts() == []
        admitted = await WsSecurity.identify(proof, data, DEMANDS, HOME)
        shutil.rmtree(folder)
        assert isinstance(admitted, Admitted)
        busy = Refused("messages-cannot-be-remembered", 503, 10)
        assert proof.remember(admitted) == busy
        assert await proof.identify(data, DEMANDS, HOME) == busy
        (doubt,) = proof.doubts()
    assert f"{folder} is gone" in doubt
    assert [each["event"] for each in logs] == ["messages_not_remembered"]  # once a minute
    assert times.slept == []


@pytest.mark.parametrize(
    ("vouching", "why"),
    [
        ({}, ""),
        ({issuer().uri: frozenset({"contoso.example", "else.example"})}, ""),
        ({"urn:else": frozenset({"else.example"})}, ""),
        ({issuer().uri: frozenset({"contoso.test"})}, "token-of-an-issuer-that-may-not-vouch-for-it"),
        ({issuer().uri: frozenset({"example"})}, "token-of-an-issuer-that-may-not-vouch-for-it"),
    ],
)
async def test_an_issuer_vouches_for_its_own_domains_alone(vouching: dict[str, frozenset[str]], why: str) -> None:
    with _proof(vouching=vouching) as proof:
        found = await proof.identify(request(), DEMANDS, HOME)
    assert (found.reason if isinstance(found, Refused) else "") == why


async def test_every_domain_of_a_token_must_be_its_issuers() -> None:
    token = issued(person="ann@contoso.example", domain="contoso.test")
    with _proof(vouching={issuer().uri: frozenset({"contoso.example"})}) as proof:
        assert await _why(proof, request(token=token)) == "token-of-an-issuer-that-may-not-vouch-for-it"


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


async def test_the_floor_begins_with_the_turn() -> None:
    """Whoever waited in the line waits no less for that."""
    times = Times()
    with _proof(times) as proof:
        data = [request(token=replace(issued(), secret=b"x" * 32)) for _ in range(2)]
        first, second = (asyncio.create_task(_why(proof, each)) for each in data)
        await asyncio.sleep(0)
        times.seconds += 10
        await asyncio.gather(first, second)
    assert times.slept[1] == pytest.approx(0.05)


async def test_one_address_does_not_fill_the_line_and_a_full_line_is_busy() -> None:
    with _proof() as proof:
        flood = [request(token=replace(issued(), secret=b"x" * 32)) for _ in range(40)]
        strangers = [asyncio.create_task(proof.identify(data, DEMANDS, AWAY)) for data in flood]
        assert isinstance(await proof.identify(request(), DEMANDS, HOME), Admitted)
        found = await asyncio.gather(*strangers)
    told = [(each.reason, each.status, each.retry_after) for each in found if isinstance(each, Refused)]
    assert told.count(("message-signature-wrong", 401, None)) == 2
    assert told.count(("too-many-messages-at-once", 503, 1)) == 38


async def _at_once(proof: WsSecurity, address: str) -> int:
    """How many of four messages at once are heard from there."""
    data = [request(token=issued(domain="evil.example")) for _ in range(4)]
    reasons = await asyncio.gather(*(_why(proof, each, address) for each in data))
    return 4 - reasons.count("too-many-messages-at-once")


async def test_an_address_that_proved_somebody_has_another_line_for_a_while() -> None:
    times = Times()
    with _proof(times) as proof:
        assert isinstance(await proof.identify(request(), DEMANDS, HOME), Admitted)
        assert (await _at_once(proof, HOME), await _at_once(proof, AWAY)) == (4, 2)
        times.seconds += 601
        assert await _at_once(proof, HOME) == 2


async def test_who_comes_from_nobody_knows_where_never_gets_known() -> None:
    with _proof() as proof:
        assert isinstance(await proof.identify(request(), DEMANDS, ""), Admitted)
        assert await _at_once(proof, "") == 2


async def test_nothing_of_a_strangers_message_is_read_by_the_loop() -> None:
    """Weighed in a thread, behind the line: parsing takes longer than all that the loop does for a request."""
    names: set[str] = set()

    class Seen(bytes):
        def count(self, *args: Any) -> int:  # the parser's first question
            names.add(threading.current_thread().name)
            return bytes.count(self, *args)

    with _proof() as proof:
        assert await _why(proof, Seen(b"<a/>")) == "no-envelope"
    assert names
    assert all(name.startswith("ws-security") for name in names)
