"""What a proxy is told that is one of several on the same addresses: what others do for it, and what it shares."""

from dataclasses import dataclass

from proxy.auth.shared_replays import Seen
from proxy.server import Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``shared``: others listen on the same addresses (SO_REUSEPORT), and the metrics are served elsewhere.

    ``listener`` hears what is answered in place of a capture of this process's own. ``seen``: where all remember the
    signed messages that any of them has answered.
    """

    shared: bool = False
    listener: Listener | None = None
    seen: Seen | None = None


WHOLE = Part()
"""A proxy that is alone."""
