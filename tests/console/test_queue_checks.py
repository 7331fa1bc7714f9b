"""`busyline check` says so where a request may wait so long for its turn that nobody waits for its answer."""

from typing import Any

from console.configuration import Configuration
from console.queue_checks import check_queue
from tests.proxy.served import configuration


def found(queue: str | None, **caller: Any) -> list[str]:
    """What there is to say."""
    written = configuration(**caller)
    if queue is None:
        del written["server"]["queue"]
    else:
        written["server"]["queue"] = queue
    return [str(one) for one in check_queue(Configuration.model_validate(written))]


def test_a_queue_within_every_deadline() -> None:
    assert found("2s") == []
    assert found("2s", deadline="3s") == []


def test_a_queue_as_long_as_the_deadline() -> None:
    [told] = found("8s")
    assert told.startswith("warning: server.queue: a request may wait for its turn as long as its caller waits")
    assert len(found("2s", deadline="2s")) == 1


def test_which_value_which_caller_and_what_to_write() -> None:
    [told] = found(None, deadline="2s")
    assert told.endswith(
        "the answer: queue is 2s (the default), caller northwind waits 2s; "
        'write queue = "500ms", a quarter of the shortest deadline'
    )
    [told] = found("3s", deadline="1ms")
    assert 'queue is 3s, caller northwind waits 1ms; write queue = "1ms"' in told
