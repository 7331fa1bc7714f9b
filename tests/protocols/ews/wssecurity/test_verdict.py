"""The order of the questions: nothing that a stranger sends reaches a key before it has the right shape and time."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from protocols.ews.wssecurity.keys import DecryptionKey
from protocols.ews.wssecurity.verdict import judge, weigh
from simulation.federation import FederatedCaller
from tests.protocols.ews.wssecurity.world import (
    ANN,
    DEMANDS,
    NOW,
    fabrikam,
    issued,
    issuer,
    judged,
    key,
    reason,
    request,
    stranger,
    trust,
    wish,
)


def test_the_whole_way() -> None:
    verdict = judged(request())
    assert (verdict.token.person, verdict.token.domains) == (ANN, frozenset({"contoso.example"}))


@pytest.mark.parametrize(
    "data",
    [
        lambda: request(at=NOW - timedelta(hours=1)),
        lambda: request().replace(b"hmac-sha1", b"hmac-md5"),
        lambda: request().replace(b'URI="#_2"', b'URI="#_9"'),
        lambda: request(FederatedCaller(lifetime=timedelta(days=1))),
    ],
)
def test_what_needs_no_key_is_weighed_without(data: Callable[[], bytes]) -> None:
    reason(lambda: weigh(data(), DEMANDS, now=NOW))


def test_weighing_is_cheap() -> None:
    data = request()
    weigh(data, DEMANDS, now=NOW)
    started = time.perf_counter()
    for _ in range(20):
        weigh(data, DEMANDS, now=NOW)
    assert (time.perf_counter() - started) / 20 < 0.02


@pytest.mark.parametrize("keys", [[key(fabrikam())], [key(stranger()), key(fabrikam())]])
def test_any_of_our_keys_serves(keys: Sequence[DecryptionKey]) -> None:
    assert judged(request(), keys=keys).token.person == ANN


def test_a_token_for_another_organisation_is_not_deciphered() -> None:
    other = issuer().issue(wish(), stranger().certificate)
    message = weigh(request(token=other), DEMANDS, now=NOW)
    assert reason(lambda: judge(message, trust(), DEMANDS, now=NOW)) == "token-not-deciphered"


def test_a_token_that_expired_proves_no_fresh_message() -> None:
    old = issued(at=NOW - timedelta(minutes=30))
    assert reason(lambda: judged(request(token=old))) == "token-expired"
