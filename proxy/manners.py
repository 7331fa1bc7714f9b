"""How the settings of a caller say that it wants its answers written."""

from protocols.ews.manner import Manner
from proxy.settings.callers import CallerSettings


def manner_of(caller: CallerSettings) -> Manner:
    """The manner that the caller's ``faults``, ``always_events`` and ``times`` describe."""
    return Manner(
        always_events=caller.always_events,
        per_mailbox_faults=caller.faults == "per-mailbox",
        offsets=caller.times == "offset",
    )
