"""The configurations of deploy/ are taken as they are, but for their places; the rest is shown in test_rolling."""

from pathlib import Path

import pytest

from bench.balanced import ENDS, PASSES, ConfigurationError, eventually, lasting_port, placed
from bench.machine import NotStartedError


def test_places_are_replaced_and_must_be_there() -> None:
    assert placed("bind :443 crt a", {":443": ":1"}, {"a": "b", "other": "x"}) == "bind :1 crt b"
    with pytest.raises(ConfigurationError, match="':80'"):
        placed("bind :443", {":80": ":1"}, {})


@pytest.mark.parametrize("text", [ENDS, PASSES], ids=["ends", "passes"])
def test_both_ask_readyz_and_try_another_node(text: str) -> None:
    for line in (
        "option httpchk GET /readyz",
        "http-check expect status 200",
        "option redispatch 1",
        "verify required",
    ):
        assert line in text


async def test_what_never_comes_true_is_an_error_in_words() -> None:
    answers = iter([False, False, True])

    async def third() -> bool:
        return next(answers)

    await eventually(third, "never")
    assert list(answers) == []

    async def never() -> bool:
        return False

    with pytest.raises(NotStartedError, match="node1 is not UP"):
        await eventually(never, "node1 is not UP", times=2)


def test_ports_are_none_that_the_system_gives_away() -> None:
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    assert 1024 < lasting_port() < low
