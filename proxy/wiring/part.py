"""What a proxy is told that is one of several on the same addresses: what others do for it, and what it shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.auth.shared_replays import Seen
from proxy.server import Listener
from service.listeners import Handed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``shared``: others show the same certificate, which one of all has renewed, and the metrics are served elsewhere.

    ``handed``: sockets in place of the addresses, by key of [server]; another process made them and keeps them.
    ``listener`` hears what is answered in place of a capture of this process's own. ``seen``: where all remember the
    signed messages that any of them has answered.
    """

    shared: bool = False
    handed: Mapping[str, Handed] = field(default_factory=dict)
    listener: Listener | None = None
    seen: Seen | None = None


WHOLE = Part()
"""A proxy that is alone."""
