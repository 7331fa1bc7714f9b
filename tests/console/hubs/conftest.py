"""The hub that the tests of the command line stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.hubs.merger import Merger, merger


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Merger]:
    """Two calendars, with Kick-off in the north, and nothing written yet."""
    with merger(tmp_path) as made:
        yield made
