"""`busyline check` says so where workers are more than the processors, or than the calls that they share."""

from typing import Any

import pytest

from console.configuration import Configuration
from console.workers_checks import check_workers, processors
from tests.calsync.settings.merger import hub
from tests.proxy.served import configuration


def found(workers: int, machine: int = 64, **connector: Any) -> list[str]:
    """What there is to say; a connector of ``ews`` may make 10 calls at once."""
    written = configuration()
    written["server"]["workers"] = workers
    written["connectors"]["fabrikam"] |= connector
    return [str(one) for one in check_workers(Configuration.model_validate(written), machine)]


def test_as_many_as_there_are_of_everything() -> None:
    assert found(10, 10, budget=["10/1s"], total_budget=["600/1m", "10/1s"]) == []
    assert found(1, 1, concurrency=1, budget=["1/1m"]) == []
    assert processors() >= 1


@pytest.mark.parametrize(("machine", "here"), [(1, "1 processor"), (2, "2 processors")])
def test_more_than_the_processors(machine: int, here: str) -> None:
    [told] = found(4, machine)
    assert told.startswith(f"warning: server.workers: 4 share {here}: ")
    assert told.endswith(f"; write workers = {machine}")


def test_more_than_may_call_at_once() -> None:
    [told] = found(4, concurrency=3)
    assert told == (
        "warning: server.workers: each makes one call at a time at least, 4 together, and concurrency is smaller: "
        "fabrikam (3); write workers = 3, or a larger concurrency where the other side allows it"
    )


@pytest.mark.parametrize("key", ["budget", "total_budget"])
def test_more_than_the_calls_of_a_budget(key: str) -> None:
    budget: dict[str, Any] = {key: ["600/1m", "3/1s"]}
    [told] = found(4, **budget)
    assert told == (
        f"warning: connectors.fabrikam.{key}: of 3 calls each worker has one at least, and 4 workers pass that limit "
        "together; write workers = 3 in [server], or fewer"
    )


@pytest.mark.parametrize(("workers", "told"), [(1, []), (2, ["`busyline serve --only calsync`"])])
def test_hubs_run_beside_the_workers(workers: int, told: list[str]) -> None:
    written = configuration() | {"hubs": [hub("google", "graph")]}
    written["server"]["workers"] = workers
    notes = [each for each in check_workers(Configuration.model_validate(written), 64) if each.severity == "note"]
    assert [(each.key, each.mend) for each in notes] == [
        ("server.workers", f"keep {command} running beside them") for command in told
    ]
