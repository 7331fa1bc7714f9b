"""Where syncs are wired: a directory with the files that the sections of the estate name, and a clock that stands."""

import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from galsync.files.sealed_keys import generate, save
from galsync.settings import GalsyncSettings
from galsync.wiring.parts import Part
from simulation.google import ServiceAccount
from tests.galsync.settings.estate import settings

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECRETS: Final = {"CONTOSO_SECRET": "contoso-secret", "FABRIKAM_PASSWORD": "fabrikam-password"}


async def no_sleep(seconds: float) -> None:
    """Waits for nothing."""


def furnished(directory: Path) -> Path:
    """The directory with keys of every kind in it, and one person in people.csv."""
    save(generate(), directory / "sealing.key")
    (directory / "litware.pub").write_text(generate().public.text + "\n")
    (directory / "key.json").write_text(json.dumps(ServiceAccount().file("https://oauth2.googleapis.com/token")))
    (directory / "people.csv").write_text("address,display_name,phone\nann@fabrikam.example,Ann,1\n")
    return directory


def part(directory: Path, stack: AsyncExitStack, **sync: Any) -> tuple[GalsyncSettings, Part]:
    """The settings with a sync as :func:`settings` makes it, and what its sides are made with."""
    read = settings(**sync)
    made = Part(
        sync=read.directory_syncs[0],
        directories=read.directories,
        directory=directory,
        stack=stack,
        clock=lambda: NOW,
        sleep=no_sleep,
        chance=lambda: 0.0,
    )
    return read, made
