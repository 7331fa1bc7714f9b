"""A tenant's keys: fetched once by many, renewed in time, kept through failures, and not fetched for strangers."""

import asyncio
import json
from collections.abc import Callable

import pytest

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from proxy.auth.microsoft_keys import TenantKeys
from simulation.microsoft.issuer import TENANT, Key, TokenService

FIRST, SECOND = Key.made(), Key.made()
METADATA, KEY_SET = "https://acs.example/metadata", "https://login.example/keys"
MINUTE, HOUR = 60.0, 3_600.0


class Publisher:
    """Answers for both documents, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.service = TokenService(key=FIRST)
        self.asked: list[str] = []
        self.answers: dict[str, Callable[[], HttpResponse]] = {}
        self.gate: asyncio.Event | None = None
        self.reached = asyncio.Event()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """What stands there now."""
        self.asked.append(request.url)
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if request.url in self.answers:
            return self.answers[request.url]()
        document = self.service.metadata() if request.url == METADATA else self.service.key_set()
        return HttpResponse(200, body=json.dumps(document).encode())

    def keys(self, *urls: str) -> TenantKeys:
        """What is tested."""
        return TenantKeys(TENANT, urls or (METADATA, KEY_SET), self.send, clock=lambda: self.now)

    def fail(self, *urls: str) -> None:
        """From now on."""
        self.answers = dict.fromkeys(urls or (METADATA, KEY_SET), _unreachable)


def _unreachable() -> HttpResponse:
    raise PeerError(Reason.UNREACHABLE, "nobody there")


@pytest.fixture
def publisher() -> Publisher:
    """A new one."""
    return Publisher()


async def test_keys_come_from_both_documents_and_are_kept(publisher: Publisher) -> None:
    keys = publisher.keys()
    assert list(await keys.get([FIRST.x5t])) == [FIRST.x5t]
    assert list(await keys.get([FIRST.x5t])) == [FIRST.x5t]
    assert sorted(publisher.asked) == [METADATA, KEY_SET]


async def test_many_who_wait_share_one_fetch(publisher: Publisher) -> None:
    keys, publisher.gate = publisher.keys(KEY_SET), asyncio.Event()
    waiting = [asyncio.create_task(keys.get([FIRST.x5t])) for _ in range(20)]
    await asyncio.wait_for(publisher.reached.wait(), 10)
    waiting[0].cancel()  # one who gives up does not end it for the others
    publisher.gate.set()
    found = await asyncio.gather(*waiting[1:])
    assert all(FIRST.x5t in each for each in found)
    assert publisher.asked == [KEY_SET]


async def test_a_key_rolled_over_is_found_by_one_look(publisher: Publisher) -> None:
    keys = publisher.keys(KEY_SET)
    await keys.get([FIRST.x5t])
    publisher.service.keys.append(SECOND)
    publisher.now += 5 * MINUTE
    assert set(await keys.get([SECOND.x5t])) == {FIRST.x5t, SECOND.x5t}
    assert len(publisher.asked) == 2


async def test_a_key_no_longer_published_is_no_longer_believed(publisher: Publisher) -> None:
    keys = publisher.keys(KEY_SET)
    await keys.get([FIRST.x5t])
    publisher.service.keys = [SECOND]
    publisher.now += 5 * MINUTE
    await keys.get(["unknown"])
    assert list(await keys.get([FIRST.x5t])) == [SECOND.x5t]


async def test_names_that_strangers_make_up_lead_to_one_fetch_in_five_minutes(publisher: Publisher) -> None:
    keys = publisher.keys(KEY_SET)
    for number in range(1_000):
        await keys.get([f"made-up-{number}"])
        publisher.now += 0.2
    assert len(publisher.asked) == 1
    publisher.now += 5 * MINUTE
    await keys.get(["made-up"])
    assert len(publisher.asked) == 2


async def test_keys_are_renewed_before_they_age_and_nobody_waits_for_it(publisher: Publisher) -> None:
    keys = publisher.keys(KEY_SET)
    await keys.get([FIRST.x5t])
    publisher.now += 6 * HOUR
    publisher.gate = asyncio.Event()
    publisher.reached.clear()
    assert FIRST.x5t in await keys.get([FIRST.x5t])  # although nothing is answered
    await asyncio.wait_for(publisher.reached.wait(), 10)
    publisher.service.keys.append(SECOND)
    publisher.gate.set()
    assert set(await keys.get([SECOND.x5t])) == {FIRST.x5t, SECOND.x5t}
    assert len(publisher.asked) == 2


async def test_a_renewal_that_fails_is_not_tried_at_every_token(publisher: Publisher) -> None:
    keys = publisher.keys(KEY_SET)
    await keys.get([FIRST.x5t])
    publisher.fail()
    publisher.now += 6 * HOUR
    for _ in range(100):
        assert FIRST.x5t in await keys.get([FIRST.x5t])
        await asyncio.sleep(0)  # lets a fetch go on, if there is one
        publisher.now += 1
    assert len(publisher.asked) == 2


async def test_old_keys_live_through_failures_up_to_a_limit(publisher: Publisher) -> None:
    keys = publisher.keys()
    await keys.get([FIRST.x5t])
    publisher.fail()
    publisher.now += 48 * HOUR - 1
    assert FIRST.x5t in await keys.get([FIRST.x5t])
    publisher.now += 1
    assert dict(await keys.get([FIRST.x5t])) == {}


async def test_one_document_that_fails_does_not_spoil_the_other(publisher: Publisher) -> None:
    publisher.fail(METADATA)
    assert FIRST.x5t in await publisher.keys().get([FIRST.x5t])


async def test_a_document_that_stays_away_is_not_asked_for_at_every_token(publisher: Publisher) -> None:
    publisher.fail(METADATA)
    keys = publisher.keys()
    for _ in range(100):
        assert FIRST.x5t in await keys.get([FIRST.x5t])
        await asyncio.sleep(0)  # lets a fetch go on, if there is one
        publisher.now += 1
    assert len(publisher.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(503),
        HttpResponse(404, body=json.dumps({"keys": [SECOND.published]}).encode()),
        HttpResponse(200, body=b'{"keys": []}'),
        HttpResponse(200, body=b"<html>"),
        HttpResponse(200),
    ],
)
async def test_what_holds_no_keys_leaves_the_old_ones(publisher: Publisher, answer: HttpResponse) -> None:
    keys = publisher.keys(KEY_SET)
    await keys.get([FIRST.x5t])
    publisher.answers[KEY_SET] = lambda: answer
    publisher.now += 6 * HOUR
    await keys.get(["unknown"])
    assert list(await keys.get([FIRST.x5t])) == [FIRST.x5t]


async def test_without_any_key_the_next_attempt_comes_soon(publisher: Publisher) -> None:
    publisher.fail()
    keys = publisher.keys()
    assert dict(await keys.get([FIRST.x5t])) == {}
    publisher.answers = {}
    publisher.now += 29
    assert dict(await keys.get([FIRST.x5t])) == {}
    publisher.now += 1
    assert FIRST.x5t in await keys.get([FIRST.x5t])


async def test_closing_calls_a_fetch_off(publisher: Publisher) -> None:
    keys, publisher.gate = publisher.keys(KEY_SET), asyncio.Event()
    waiting = asyncio.create_task(keys.get([FIRST.x5t]))
    await asyncio.wait_for(publisher.reached.wait(), 10)
    await keys.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
