"""A real HAProxy before two real nodes: who is sent where, who is believed, and that nobody is lost."""

import signal
import ssl
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.balanced import ENDS, HOST, PASSES, Balanced, Manner, placed
from bench.questions import bodies_of_one_repeated
from bench.rolling import asked
from bench.steady import Steady
from tests.clients.haproxy import behind_haproxy

ALONE = 'drain = "2s"\ntrusted_proxies = ["127.0.0.1"]'
ONCE = placed(
    ENDS,
    {
        "    retries 3\n": "    retries 0\n",
        "    option redispatch 1 ": "    no option redispatch # ",
        "    retry-on conn-failure empty-response ": "    retry-on none # ",
    },
    {},
)
"""The same balancer, if it asks nobody twice."""


def trusting(house: Balanced) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(house.ca))


async def test_a_restart_loses_nothing_even_where_the_balancer_tries_nothing_twice(tmp_path: Path) -> None:
    async with behind_haproxy(tmp_path, Manner(balancer=ONCE, server=ALONE)) as house:
        async with asked(house, trusting(house)) as steady:
            await house.restart(house.nodes[0])
        assert steady.failed == Counter()
        assert steady.moved_on == 0  # whoever is in front keeps its own callers
        assert house.nodes[0].ended == [0]


async def test_where_tls_passes_through_callers_move_over_of_themselves(tmp_path: Path) -> None:
    async with behind_haproxy(tmp_path, Manner(balancer=PASSES, server='drain = "2s"')) as house:
        async with asked(house, trusting(house)) as steady:
            await house.restart(house.nodes[0])
        assert steady.failed == Counter()
        assert steady.moved_on > 0
        assert house.nodes[0].ended == [0]


async def test_a_node_that_is_killed_is_left_out(tmp_path: Path) -> None:
    async with behind_haproxy(tmp_path, Manner(server=ALONE)) as house:
        node = house.nodes[1]
        node.signal(signal.SIGKILL)
        await house.until(node, "DOWN")
        async with asked(house, trusting(house)) as steady:
            pass
        assert steady.failed == Counter()
        await node.stop()
        assert node.ended == [-signal.SIGKILL]


async def test_addresses_are_those_that_the_balancer_saw(tmp_path: Path) -> None:
    manner = Manner(server=ALONE, caller='networks = ["127.0.0.2/32"]')
    async with behind_haproxy(tmp_path, manner) as house:
        assert await _once(house, "127.0.0.2") == Counter()
        assert list(await _once(house, "127.0.0.3", claims="127.0.0.2")) == ["HTTP 403, 0 answers with 0 events"]


async def _once(house: Balanced, source: str, *, claims: str = "") -> Counter[str]:
    """What fails of one question from ``source``, which may lie about it."""
    headers = {"X-Forwarded-For": claims} if claims else {}
    bodies = bodies_of_one_repeated(datetime.now(UTC).date())
    asking = Steady(HOST, house.port, bodies, tls=trusting(house), headers=headers, source=source)
    await asking.once()
    return asking.failed
