"""An issuer's keys: found by discovery, fetched once by many, renewed in time, kept through failures."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from proxy.auth.oidc_key_set import KeySet
from proxy.auth.oidc_keys import IssuerKeys
from simulation.oidc.issuer import Key, OidcIssuer

ISSUER = "https://login.northwind.example/tenant/"
DISCOVERY, KEYS = f"{ISSUER}.well-known/openid-configuration", f"{ISSUER}keys"
FIRST, SECOND = Key.made("first"), Key.made("second")
MINUTE, HOUR = 60.0, 3_600.0


class Publisher:
    """Answers for both documents, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.issuer = OidcIssuer(ISSUER, key=FIRST)
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
        documents = {DISCOVERY: self.issuer.discovery, KEYS: self.issuer.key_set}
        return answer(documents[request.url]())

    def keys(self, **more: Any) -> IssuerKeys:
        """What is tested."""
        return IssuerKeys(ISSUER, self.send, clock=lambda: self.now, **more)

    def fail(self, url: str = DISCOVERY) -> None:
        """From now on."""
        self.answers = {url: _unreachable}


def answer(document: Any, status: int = 200) -> HttpResponse:
    """In JSON, or as it is."""
    return HttpResponse(status, body=document if isinstance(document, bytes) else json.dumps(document).encode())


def _unreachable() -> HttpResponse:
    raise PeerError(Reason.UNREACHABLE, "nobody there")


def names(keys: KeySet | None) -> set[str | None]:
    """Of all."""
    assert keys is not None
    return {key.kid for key in keys}


@pytest.fixture
def publisher() -> Publisher:
    """A new one."""
    return Publisher()


async def test_keys_are_found_by_discovery_and_kept(publisher: Publisher) -> None:
    keys = publisher.keys()
    for _ in range(3):
        assert names(await keys.get("first", "RS256")) == {"first"}
    assert publisher.asked == [DISCOVERY, KEYS]


async def test_an_address_of_the_settings_needs_no_discovery(publisher: Publisher) -> None:
    assert names(await publisher.keys(jwks_url=KEYS).get("first", "RS256")) == {"first"}
    assert publisher.asked == [KEYS]


async def test_many_who_wait_share_one_fetch(publisher: Publisher) -> None:
    keys, publisher.gate = publisher.keys(jwks_url=KEYS), asyncio.Event()
    waiting = [asyncio.create_task(keys.get("first", "RS256")) for _ in range(20)]
    await asyncio.wait_for(publisher.reached.wait(), 10)
    waiting[0].cancel()  # one who gives up does not end it for the others
    publisher.gate.set()
    found = await asyncio.gather(*waiting[1:])
    assert all(names(each) == {"first"} for each in found)
    assert publisher.asked == [KEYS]


async def test_a_knock_waits_a_moment_and_the_fetch_goes_on(publisher: Publisher) -> None:
    keys, publisher.gate = publisher.keys(jwks_url=KEYS, patience=0.0), asyncio.Event()
    for _ in range(3):
        assert await keys.get("first", "RS256") is None  # which says that nobody knows, not that it is wrong
    publisher.gate.set()
    while await keys.get("first", "RS256") is None:
        assert publisher.asked == [KEYS]
    assert names(await keys.get("first", "RS256")) == {"first"}
    publisher.gate.clear()
    publisher.now += 5 * MINUTE
    assert await keys.get("second", "RS256") is None  # it may be among those that are on the way
    assert names(await keys.get("first", "RS256")) == {"first"}
    await keys.close()


async def test_keys_are_there_before_anybody_knocks(publisher: Publisher) -> None:
    keys = publisher.keys(jwks_url=KEYS)
    keys.begin()
    await asyncio.wait_for(publisher.reached.wait(), 10)
    assert names(await keys.get("first", "RS256")) == {"first"}
    keys.begin()  # another start of the same is none
    assert publisher.asked == [KEYS]


async def test_what_is_held_is_another_thing_after_a_renewal(publisher: Publisher) -> None:
    keys = publisher.keys(jwks_url=KEYS)
    assert not keys.held
    assert await keys.get("first", "RS256") is keys.held
    before = keys.held
    publisher.now += 5 * MINUTE
    await keys.get("second", "RS256")
    assert keys.held == before
    publisher.issuer.keys = [SECOND]
    publisher.now += 5 * MINUTE
    await keys.get("second", "RS256")
    assert keys.held != before
    publisher.now += 48 * HOUR
    assert not keys.held
    await keys.close()


async def test_a_key_rolled_over_is_found_by_one_look(publisher: Publisher) -> None:
    keys = publisher.keys()
    await keys.get("first", "RS256")
    publisher.issuer.keys = [SECOND]
    publisher.now += 5 * MINUTE
    assert names(await keys.get("second", "RS256")) == {"second"}  # and the old one is believed no more
    assert len(publisher.asked) == 4


async def test_names_that_strangers_make_up_lead_to_one_fetch_in_five_minutes(publisher: Publisher) -> None:
    keys = publisher.keys(jwks_url=KEYS)
    await keys.get("first", "RS256")
    for number in range(1_000):
        await keys.get(f"made-up-{number}", "RS256")
        publisher.now += 0.2
    assert len(publisher.asked) == 1
    publisher.now += 5 * MINUTE
    await keys.get("made-up", "RS256")
    assert len(publisher.asked) == 2


async def test_while_there_is_no_key_it_is_tried_again_after_half_a_minute(publisher: Publisher) -> None:
    keys = publisher.keys(jwks_url=KEYS)
    publisher.fail(KEYS)
    for seconds in (0, 29, 1):
        publisher.now += seconds
        assert not await keys.get("first", "RS256")
    assert len(publisher.asked) == 2
    publisher.answers = {}
    publisher.now += 30
    assert names(await keys.get("first", "RS256")) == {"first"}


async def test_keys_are_renewed_before_they_age_and_nobody_waits_for_it(publisher: Publisher) -> None:
    keys = publisher.keys()
    await keys.get("first", "RS256")
    publisher.now += 6 * HOUR
    publisher.gate = asyncio.Event()
    publisher.reached.clear()
    assert names(await keys.get("first", "RS256")) == {"first"}  # although nothing is answered
    await asyncio.wait_for(publisher.reached.wait(), 10)
    publisher.issuer.keys.append(SECOND)
    publisher.gate.set()
    assert names(await keys.get("second", "RS256")) == {"first", "second"}


async def test_a_renewal_that_fails_is_not_tried_at_every_token(publisher: Publisher) -> None:
    keys = publisher.keys()
    await keys.get("first", "RS256")
    publisher.fail()
    publisher.now += 6 * HOUR
    for _ in range(100):
        assert names(await keys.get("first", "RS256")) == {"first"}
        await asyncio.sleep(0)  # lets a fetch go on, if there is one
        publisher.now += 1
    assert len(publisher.asked) == 3


async def test_old_keys_live_through_failures_up_to_a_limit(publisher: Publisher) -> None:
    keys = publisher.keys()
    await keys.get("first", "RS256")
    publisher.fail()
    publisher.now += 48 * HOUR - 1
    assert names(await keys.get("first", "RS256")) == {"first"}
    publisher.now += 1
    assert not await keys.get("first", "RS256")
    await keys.close()


@pytest.mark.parametrize(
    ("url", "document"),
    [
        (DISCOVERY, answer({"issuer": ISSUER, "jwks_uri": KEYS}, 404)),
        (DISCOVERY, answer(b"<html>")),
        (DISCOVERY, answer([])),
        (DISCOVERY, answer({"issuer": ISSUER.rstrip("/"), "jwks_uri": KEYS})),  # OpenID Connect Discovery 4.3
        (DISCOVERY, answer({"jwks_uri": KEYS})),
        (DISCOVERY, answer({"issuer": ISSUER})),
        (DISCOVERY, answer({"issuer": ISSUER, "jwks_uri": 5})),
        (DISCOVERY, answer({"issuer": ISSUER, "jwks_uri": "http://login.northwind.example/keys"})),
        (DISCOVERY, answer({"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"})),
        (DISCOVERY, answer({"issuer": ISSUER, "jwks_uri": "https://["})),
        (KEYS, answer({"keys": [FIRST.published]}, 500)),
        (KEYS, answer(b"[" * 100_000)),
        (KEYS, answer({"keys": []})),
    ],
    ids=range(13),
)
async def test_documents_that_are_wrong_bring_no_key(publisher: Publisher, url: str, document: HttpResponse) -> None:
    publisher.answers = {url: lambda: document}
    assert not await publisher.keys().get("first", "RS256")
    assert publisher.asked == [DISCOVERY, KEYS][: 1 + (url == KEYS)]


@pytest.mark.parametrize(
    ("issuer", "url", "private", "fetched"),
    [
        (ISSUER, "https://keys.elsewhere.example/x", False, True),
        (ISSUER, "https://8.8.8.8/keys", False, True),
        (ISSUER, "https://10.0.0.1/keys", False, False),
        (ISSUER, "https://169.254.169.254/latest", False, False),
        (ISSUER, "https://[::1]/keys", False, False),
        (ISSUER, "https://[::ffff:10.0.0.1]/keys", False, False),
        (ISSUER, "https://localhost/keys", False, False),
        (ISSUER, "https://LOCALHOST./keys", False, False),
        (ISSUER, "https://10.0.0.1/keys", True, True),
        (ISSUER, "http://localhost:9200/keys", False, False),
        (ISSUER, "http://localhost:9200/keys", True, False),
        (ISSUER, "http://127.0.0.1/keys", False, False),
        (ISSUER, "https://user:password@keys.elsewhere.example/x", False, False),
        (ISSUER, "https://user@keys.elsewhere.example/x", False, False),
        (ISSUER, "https://keys.elsewhere.example:99999999/x", False, False),
        (ISSUER, "https://keys.elsewhere\n.example/x", False, False),
        ("http://localhost:8080/realm", "http://localhost:8080/keys", False, True),
        ("http://localhost:8080/realm", "http://localhost:9200/keys", False, True),
        ("http://localhost:8080/realm", "http://127.0.0.1:8080/keys", False, False),
        ("http://localhost:8080/realm", "http://keys.elsewhere.example/x", False, False),
        ("https://10.0.0.1/realm", "https://10.0.0.1/keys", False, True),
        ("https://10.0.0.1/realm", "https://10.0.0.2/keys", False, False),
        ("https://10.0.0.1/realm", "http://10.0.0.1/keys", False, False),
    ],
    ids=range(23),
)
async def test_a_discovery_document_does_not_lead_into_our_own_network(
    issuer: str, url: str, *, private: bool, fetched: bool
) -> None:
    publisher = Publisher()
    discovery = issuer.rstrip("/") + "/.well-known/openid-configuration"
    publisher.answers = {discovery: lambda: answer({"issuer": issuer, "jwks_uri": url})}
    publisher.answers[url] = lambda: answer({"keys": [FIRST.published]})
    keys = IssuerKeys(issuer, publisher.send, private_network=private, clock=lambda: publisher.now)
    assert bool(await keys.get("first", "RS256")) is fetched
    assert publisher.asked == [discovery, url][: 1 + fetched]


async def test_a_fetch_under_way_is_called_off(publisher: Publisher) -> None:
    keys, publisher.gate = publisher.keys(), asyncio.Event()
    waiting = asyncio.create_task(keys.get("first", "RS256"))
    await asyncio.wait_for(publisher.reached.wait(), 10)
    await keys.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_breaks_in_a_fetch_is_no_key_and_ends_nothing(publisher: Publisher) -> None:
    def broken() -> HttpResponse:
        raise RuntimeError("the secret is hunter2")

    keys = publisher.keys()
    publisher.answers = {DISCOVERY: broken}
    with pytest.raises(RuntimeError):
        await keys.get("first", "RS256")
    publisher.answers = {}
    publisher.now += 30
    assert names(await keys.get("first", "RS256")) == {"first"}
