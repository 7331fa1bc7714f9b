"""What the tests of the whole proxy share: certificates made once, and a world of their own for each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients.estate_proxy import LOOKER, EstateProxy, estate_proxy
from tests.proxy.crowds import ESTATE, MORE_CALLERS, World


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for them."""
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
def world(tmp_path: Path, certificates: Path) -> World:
    """Everything anew, but for the certificates."""

    @asynccontextmanager
    async def run(**knobs: Any) -> AsyncIterator[EstateProxy]:
        usual: dict[str, Any] = {"certificates": certificates, "subject": LOOKER, "extra": MORE_CALLERS}
        async with estate_proxy(tmp_path, ESTATE, **usual | knobs) as here:
            yield here

    return run
