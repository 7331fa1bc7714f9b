"""Tests of service/shared_scripts.py, run by a real Redis."""

from collections.abc import Iterator

import pytest

from service.shared_scripts import BEGIN, FORGET, HOLD, LOOK, MARK, PUT, STAMP
from tests.clients.redis_server import RedisServer, redis_server

PLACES = ("4", "v", "l", "n", "e")
ERA, OTHER = "era-one-+0", "era-two-+0"
assert len("era-one-") == MARK


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def server(running: RedisServer) -> RedisServer:
    running.command("FLUSHALL")
    running.command("SET", "e", ERA)
    return running


def _now(server: RedisServer) -> int:
    seconds, micro = server.command("TIME").split()
    return int(seconds) * 1000 + int(micro) // 1000


def _put(
    server: RedisServer, stamp: int, life: int, value: str, token: str = "t", *, note: str = "", era: str = ERA
) -> None:
    server.command("EVAL", PUT, *PLACES, token, era, "10000", f"{stamp:0{STAMP}}", str(life), value, note)


def _look(
    server: RedisServer, younger_than: int = 60_000, token: str = "t", *, since: int = 0, waiting: int = 0
) -> list[bytes]:
    """Now, and what is found; the era is between them."""
    ages = [token, "1000", str(since), str(waiting), str(younger_than)]
    now, *era, found = server.command("EVAL", LOOK, *PLACES, *ages).split(b"\n")
    assert len(era) <= 1
    return [now, found]


def test_what_is_put_is_found_behind_its_stamp(server: RedisServer) -> None:
    stamp = _now(server) - 10_000
    _put(server, stamp, 60_000, "value")
    now, found = _look(server)
    assert found == b"%dvalue" % stamp
    assert server.command("GET", "v") == b"%dera-one-value" % stamp
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


@pytest.mark.parametrize("there", ["rubbish", "", "9999999999999era-one-of the future"])
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
        server.command("EVAL", HOLD, *PLACES, token, "50000")
        assert int(server.command("PTTL", "l")) <= life
    assert int(server.command("PTTL", "l")) > 1000
    _put(server, 0, 0, "", token="two")
    assert server.command("GET", "l") == b"one"
    _put(server, 0, 0, "", token="one")
    assert server.command("EXISTS", "l") == b"0"


def test_forgetting_removes_value_and_lock(server: RedisServer) -> None:
    _look(server)
    _put(server, _now(server), 60_000, "value", token="else")
    server.command("EVAL", FORGET, *PLACES)
    assert server.command("KEYS", "*") == b"e"


def test_a_key_of_another_kind_is_an_error(server: RedisServer) -> None:
    server.command("LPUSH", "v", "a list")
    assert server.command("EVAL", LOOK, *PLACES, "t", "1000", "0", "0", "60000").startswith(b"WRONGTYPE")


def test_another_era_begins_once(server: RedisServer) -> None:
    assert server.command("EVAL", BEGIN, "1", "e", ERA, OTHER) == OTHER.encode()
    assert server.command("EVAL", BEGIN, "1", "e", ERA, "era-3---+0") == OTHER.encode()
    server.command("DEL", "e")
    assert server.command("EVAL", BEGIN, "1", "e", "", ERA) == ERA.encode()


@pytest.mark.parametrize("era", [OTHER, ""])
def test_what_was_put_in_another_era_is_not_there(server: RedisServer, era: str) -> None:
    _put(server, _now(server), 60_000, "value")
    server.command("SET", "e", era) if era else server.command("DEL", "e")
    assert _look(server)[1] == b"-t"
    _put(server, _now(server), 60_000, "late", token="x")  # it was asked for before
    assert b"late" not in server.command("GET", "v")


def test_what_was_asked_for_too_early_is_not_there(server: RedisServer) -> None:
    stamp = _now(server)
    _put(server, stamp, 60_000, "value")
    assert _look(server, since=stamp)[1].endswith(b"value")
    assert _look(server, since=stamp + 1)[1] == b"-t"


def test_a_second_failure_is_told_to_those_who_wait(server: RedisServer) -> None:
    began = _now(server)
    for times in (1, 2):
        _look(server, token="one")
        _put(server, began, 0, "", token="one", note=f"note {times}")
        assert 0 < int(server.command("PTTL", "n")) <= 10_000
        found = _look(server, token="two", waiting=began)[1]
        assert found == (b"-two" if times == 1 else b"!%dnote 2" % began)
        server.command("DEL", "l")
    later = _now(server) + 1
    assert _look(server, token="two", waiting=later)[1] == b"-two"
    assert _look(server, token="two")[1] == b"-two"


def test_what_is_put_ends_the_row_of_failures(server: RedisServer) -> None:
    began = _now(server)
    _put(server, began, 0, "", note="note")
    _put(server, began, 60_000, "value")
    assert server.command("EXISTS", "n") == b"0"
    _put(server, began, 0, "", note="note")
    assert _look(server, 0, waiting=began)[1] == b"-t"


def test_who_fetched_in_another_era_tells_nothing(server: RedisServer) -> None:
    _put(server, _now(server), 0, "", note="note", era=OTHER)
    assert server.command("EXISTS", "n") == b"0"
