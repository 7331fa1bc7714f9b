"""What the fronts of a dialect are built with, and where they are found."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from protocols.model.mailbox import Mailbox
from proxy.connector import Clock
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.server import Front
from proxy.settings import ProxySettings
from service.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a dialect's fronts are built with; whatever they open is closed by ``stack``.

    ``guests``: for somebody who is no caller of the settings, by a name that rules may write, a desk that may ask about
    one mailbox, sees busy and is told of doubt as doubt.
    """

    settings: ProxySettings
    directory: Path
    entrance: Entrance
    desks: Mapping[str, Desk]
    guests: Callable[[str], Callable[[Mailbox], Desk]]
    clock: Clock
    metrics: Metrics
    stack: AsyncExitStack


@dataclass(frozen=True, slots=True)
class Fronts:
    """Fronts by path, and by the beginning of a path."""

    paths: Mapping[str, Front] = field(default_factory=dict)
    prefixes: Mapping[str, Front] = field(default_factory=dict)


Dialect: TypeAlias = Callable[[House], Fronts]
"""Opens a dialect; nothing where the settings do not want it."""
