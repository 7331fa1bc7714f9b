"""Hubs as the settings tell them, being opened: a folder with their files, and a clock that stands."""

import json
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any, Final

from calsync.settings import HubSettings
from calsync.wiring.parts import Part
from simulation.google import ServiceAccount
from tests.calsync.settings.merger import read
from tests.contracts.spoke_world import NOW

SECRETS: Final = {
    "GOOGLE_SECRET": "s",
    "GRAPH_SECRET": "s",
    "EWS_PASSWORD": "s",
    "DAV_PASSWORD": "s",
}


async def no_sleep(seconds: float) -> None:
    """Waits for nothing."""


def furnished(directory: Path) -> Path:
    """The directory with the file of the service account in it."""
    key = ServiceAccount().file("https://oauth2.googleapis.com/token")
    (directory / "northwind.json").write_text(json.dumps(key))
    return directory


def of(hub: dict[str, Any]) -> HubSettings:
    """The hub, as the settings read it."""
    return read(hub).hubs[0]


def part(hub: dict[str, Any], directory: Path, stack: AsyncExitStack) -> Part:
    """What its spokes are made with."""
    numbers = count(1)
    return Part(
        hub=of(hub),
        directory=directory,
        stack=stack,
        clock=lambda: NOW,
        sleep=no_sleep,
        chance=lambda: 0.0,
        number=lambda: f"number-{next(numbers)}",
    )
