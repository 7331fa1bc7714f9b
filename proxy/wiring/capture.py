"""Builds what captures: nothing at all where the settings name no directory for it."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from protocols.ews.manner import Manner
from proxy.capture.recorder import Limits, Recorder
from proxy.connector import Clock
from proxy.settings import ProxySettings


async def recorder(
    settings: ProxySettings, directory: Path, manners: Mapping[str, Manner], *, clock: Clock, stack: AsyncExitStack
) -> Recorder | None:
    """The recorder, which ``stack`` ends; ``manners`` are those of the callers. Raises OSError."""
    if settings.capture is None:
        return None
    where = directory / settings.capture.directory
    limits = Limits(keep=settings.capture.keep, max_size=settings.capture.max_size)
    recorder = Recorder(where, manners, public_url=settings.server.public_url, limits=limits, clock=clock)
    return await stack.enter_async_context(recorder)
