"""What the tests of the network share: the estate that the simulated servers serve."""

from datetime import date

import pytest

from simulation.estate import Estate


@pytest.fixture(scope="session")
def estate() -> Estate:
    """The merger, around a Monday in November."""
    return Estate(date(2026, 11, 23))
