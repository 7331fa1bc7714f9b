"""`busyline check` looks at how a node leaves the others."""

from typing import Any

import pytest

from console.configuration import Configuration
from console.nodes_checks import check_nodes
from tests.proxy.served import configuration

CLUSTER = {"cluster": {"redis": "redis://10.0.0.5:6379", "key": "file:cluster.key"}}
SEVERAL = "this is one node of several"


def found(server: dict[str, Any], deadline: str | None, more: dict[str, Any]) -> list[str]:
    """What there is to say."""
    settings = configuration()
    settings["server"] |= server
    if deadline is not None:
        settings["callers"][0]["deadline"] = deadline
    told = list(check_nodes(Configuration.model_validate({**settings, **more})))
    assert {(each.severity, each.key) for each in told} <= {("warning", "server.drain")}
    return [f"{each.what}; {each.mend}" for each in told]


def test_a_node_alone_and_one_that_drains_are_in_order() -> None:
    assert found({}, None, {}) == []
    assert found({"drain": "5s"}, None, CLUSTER) == []
    assert found({"drain": "77s"}, None, {}) == []


def test_one_of_several_gives_the_balancer_time() -> None:
    (told,) = found({}, None, CLUSTER)
    assert told.startswith(SEVERAL)
    assert 'drain = "5s"' in told


@pytest.mark.parametrize(
    ("server", "deadline", "takes", "seconds"),
    [
        ({"drain": "78s"}, None, "91s", 91),
        ({"drain": "60s", "deadline": "30s"}, None, "95s", 95),
        ({"drain": "60s"}, "1m", "125s", 125),
    ],
)
def test_the_system_must_have_the_patience(
    server: dict[str, Any], deadline: str | None, takes: str, seconds: int
) -> None:
    (told,) = found(server, deadline, {})
    assert told.startswith(f"stopping may take {takes}, and systemd kills after 90s")
    assert f"TimeoutStopSec={seconds}" in told


@pytest.mark.parametrize("host", ["127.0.0.1:6379", "localhost", "[::1]"])
def test_who_shares_with_workers_of_this_machine_is_no_node_of_several(host: str) -> None:
    alone = {"cluster": {**CLUSTER["cluster"], "redis": f"redis://{host}"}}
    assert found({"workers": 2}, None, alone) == []
