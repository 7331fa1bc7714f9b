"""What a test needs of the machine: without it the test skips with the reason, or fails where all is demanded."""

import os
import shutil
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test because ``what`` is not on this machine; with BUSYLINE_REQUIRE_ALL=1, fail it."""
    if os.environ.get("BUSYLINE_REQUIRE_ALL") == "1":
        pytest.fail(f"needed and not available here: {what}")
    pytest.skip(f"not available here: {what}")


def program(name: str) -> str:
    """The path of the program ``name``, or :func:`missing`."""
    return shutil.which(name) or missing(name)
