"""Random hubs of contacts in bad weather become equal as those of calendars do (tests/calsync/engine/test_machine.py).

``python -m bench.calsync.machine --kind contacts --runs 10000`` tries the same harder.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from calsync.rules import Kind
from tests.calsync.world.machine import Ground, Weather


@pytest.fixture
def ground() -> Iterator[Ground]:
    made = Ground()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def contacts(ground: Ground) -> type[Weather]:
    class Here(Weather):
        kind = Kind.CONTACTS

    Here.ground = ground
    return Here


def test_all_becomes_equal_whatever_happens(ground: Ground, contacts: type[Weather]) -> None:
    few = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(contacts, settings=few)
    assert ground.figures["machines"] >= 25
