"""Who guesses waits longer and longer; nobody else does, and nobody for good."""

from ipaddress import ip_address
from itertools import pairwise

import pytest

from proxy.auth import Address
from proxy.auth.throttle import Limit, Throttle
from tests.proxy.auth.hashing import Time

HERE, ELSEWHERE = ip_address("203.0.113.7"), ip_address("198.51.100.9")
NAME = Limit(free=3, longest=8, forgotten=60)
ADDRESS = Limit(free=10, longest=2, forgotten=20)


class Guesser:
    """Shows a new secret each time."""

    def __init__(self, throttle: Throttle, time: Time) -> None:
        self._throttle, self._time, self._shown = throttle, time, 0

    def guess(self, name: str = "ann", address: Address | None = HERE) -> int:
        """The wait that a new guess is told."""
        self._shown += 1
        return self._throttle.turn(name, address, str(self._shown).encode())

    def heard(self, name: str = "ann", address: Address | None = HERE) -> float:
        """When a new guess is heard that keeps coming again; it comes each second."""
        self._shown += 1
        while self._throttle.turn(name, address, str(self._shown).encode()):
            self._time.now += 1
        return self._time.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def throttle(time: Time) -> Throttle:
    return Throttle(clock=time, per_name=NAME, per_address=ADDRESS)


@pytest.fixture
def guesser(throttle: Throttle, time: Time) -> Guesser:
    return Guesser(throttle, time)


def test_some_mistakes_are_free_then_the_wait_doubles_up_to_the_longest(guesser: Guesser) -> None:
    assert [guesser.guess() for _ in range(4)] == [0, 0, 0, 1]
    heard = [guesser.heard() for _ in range(7)]
    assert [later - earlier for earlier, later in pairwise(heard)] == [2, 4, 8, 8, 8, 8]


def test_another_name_another_address_and_no_address_are_others(guesser: Guesser) -> None:
    for _ in range(20):
        guesser.guess()
    assert guesser.guess("bob") == 0
    assert guesser.guess(address=ELSEWHERE) == 0
    assert guesser.guess(address=None) == 0


def test_spraying_names_from_one_address_costs_too(guesser: Guesser) -> None:
    heard = [guesser.guess(f"name{n}") for n in range(100)].count(0)
    assert heard == 10
    assert guesser.guess("name1000", ELSEWHERE) == 0


def test_an_ipv6_address_counts_as_its_network(guesser: Guesser) -> None:
    heard = [guesser.guess(address=ip_address(f"2001:db8:0:1::{n:x}")) for n in range(50)].count(0)
    assert heard == 3
    assert guesser.guess(address=ip_address("2001:db8:0:2::1")) == 0


def test_many_networks_of_one_ipv6_site_or_provider_are_tallied_together(time: Time) -> None:
    guesser = Guesser(Throttle(clock=time), time)
    site = [guesser.guess(address=ip_address(f"2001:db8:0:{n:x}::1")) for n in range(256)]
    assert site.count(0) == 120
    provider = [guesser.guess(address=ip_address(f"2001:db8:0:{n:x}::1")) for n in range(256, 2_000)]
    assert provider.count(0) == 480 - 120
    assert guesser.guess(address=ip_address("2001:db8:1::1")) == 0


def test_what_was_right_does_not_count(throttle: Throttle) -> None:
    for number in range(100):
        assert throttle.turn("ann", HERE, str(number).encode()) == 0
        throttle.right("ann", HERE)


def test_mistakes_are_forgotten(guesser: Guesser, time: Time) -> None:
    assert [guesser.guess() for _ in range(3)] == [0, 0, 0]
    time.now = 3 * 60.0
    assert [guesser.guess() for _ in range(4)] == [0, 0, 0, 1]


def test_past_the_limit_a_secret_is_heard_only_when_it_comes_again(guesser: Guesser, time: Time) -> None:
    for _ in range(3):
        guesser.guess()
    waits = []
    for second in range(120):  # a guesser who never shows a secret twice, once a second, for two minutes
        time.now = float(second)
        waits.append(guesser.guess())
    assert all(waits[:60])  # until a mistake is forgotten


@pytest.mark.parametrize("rate", [1, 100, 1_000])
def test_who_comes_again_gets_a_turn_beside_any_number_of_guesses(
    throttle: Throttle, guesser: Guesser, time: Time, rate: int
) -> None:
    for _ in range(20):
        guesser.guess()
    for second in range(60):
        time.now = float(second)
        for _ in range(rate):
            guesser.guess()
        if throttle.turn("ann", HERE, b"the caller's own") == 0:
            break
    assert 1 <= time.now <= NAME.longest + 1


def test_a_guesser_who_shows_each_guess_twice_gets_no_more_than_a_turn_in_the_longest_wait(
    guesser: Guesser, time: Time
) -> None:
    heard = 0
    while time.now < 3_600:
        guesser.heard()
        heard += 1
    assert heard <= 3_600 / NAME.longest + 10


def test_memory_is_bounded(time: Time) -> None:
    throttle = Throttle(clock=time)
    for number in range(150_000):
        throttle.turn("x" * 1_000 + str(number), ip_address(number % 60_000), str(number).encode())
    assert len(throttle._names) <= 16_384
    assert len(throttle._addresses) <= 16_384
    assert len(throttle._turned_away) <= 65_536
    assert max(len(key) for key in throttle._names) == 16
