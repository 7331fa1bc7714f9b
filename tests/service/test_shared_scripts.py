"""Tests of service/shared_scripts.py, run by a real Redis."""

from collections.abc import Iterator

import pytest

from service.shared_scripts import FORGET, HOLD, LOOK, PUT, STAMP
from tests.clients.redis_server import RedisServer, redis_server


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def server(running: RedisServer) -> RedisServer:
    running.command("FLUSHALL")
    return running


def _now(server: RedisServer) -> int:
    seconds, micro = server.command("TIME").split()
    return int(seconds) * 1000 + int(micro) // 1000


def _put(server: RedisServer, stamp: int, life: int, value: str, token: str = "t") -> None:
    server.command("EVAL", PUT, "2", "v", "l", token, f"{stamp:0{STAMP}}", str(life), value)


def _look(server: RedisServer, younger_than: int = 60_000, token: str = "t") -> list[bytes]:
    return server.command("EVAL", LOOK, "2", "v", "l", token, "1000", str(younger_than)).split(b"\n")


def test_what_is_put_is_found_behind_its_stamp(server: RedisServer) -> None:
    stamp = _now(server) - 10_000
    _put(server, stamp, 60_000, "value")
    now, found = _look(server)
    assert found == b"%dvalue" % stamp
    assert stamp + 10_000 <= int(now) <= stamp + 40_000
    assert int(now) - stamp + int(server.command("PTTL", "v")) <= 60_100
    assert server.command("EXISTS", "l") == b"0"


@pytest.mark.parametrize(("age", "life"), [(60_000, 60_000), (70_000, 60_000), (-10_000, 60_000), (0, 0)])
def test_what_is_over_or_not_yet_asked_for_is_not_put(server: RedisServer, age: int, life: int) -> None:
    _put(server, _now(server) - age, life, "value")
    assert server.command("EXISTS", "v") == b"0"


def test_what_is_older_never_replaces_what_is_younger(server: RedisServer) -> None:
    now = _now(server)
    _put(server, now - 1000, 60_000, "younger")
    _put(server, now - 2000, 600_000, "older")
    assert _look(server)[1].endswith(b"younger")
    _put(server, now - 500, 60_000, "youngest")
    assert _look(server)[1].endswith(b"youngest")


@pytest.mark.parametrize("there", ["rubbish", "", "9999999999999of the future"])
def test_what_cannot_be_right_is_replaced(server: RedisServer, there: str) -> None:
    server.command("SET", "v", there)
    assert _look(server)[1] == b"-t"
    _put(server, _now(server), 60_000, "value")
    assert _look(server)[1].endswith(b"value")


def test_who_looks_first_locks_for_a_while(server: RedisServer) -> None:
    assert _look(server, token="one")[1] == b"-one"
    assert _look(server, token="two")[1] == b"-one"
    assert 0 < int(server.command("PTTL", "l")) <= 1000


def test_what_is_too_old_for_one_is_locked_by_it_and_still_found_by_others(server: RedisServer) -> None:
    _put(server, _now(server) - 5000, 60_000, "value")
    assert _look(server, 4000, token="one")[1] == b"-one"
    assert _look(server, 60_000, token="two")[1].endswith(b"value")


def test_only_the_holder_holds_and_lets_go(server: RedisServer) -> None:
    _look(server, token="one")
    for token, life in (("two", 1000), ("one", 50_000)):
        server.command("EVAL", HOLD, "2", "v", "l", token, "50000")
        assert int(server.command("PTTL", "l")) <= life
    assert int(server.command("PTTL", "l")) > 1000
    _put(server, 0, 0, "", token="two")
    assert server.command("GET", "l") == b"one"
    _put(server, 0, 0, "", token="one")
    assert server.command("EXISTS", "l") == b"0"


def test_forgetting_removes_value_and_lock(server: RedisServer) -> None:
    _look(server)
    _put(server, _now(server), 60_000, "value", token="else")
    server.command("EVAL", FORGET, "2", "v", "l")
    assert server.command("DBSIZE") == b"0"


def test_a_key_of_another_kind_is_an_error(server: RedisServer) -> None:
    server.command("LPUSH", "v", "a list")
    assert _look(server)[0].startswith(b"WRONGTYPE")
