"""How one caller wants its answers written: what Exchange and Google read differently from the same operation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """The differences between callers; the default is what Exchange expects.

    ``always_events``: events even where only the merged view was asked, because Google reads events.
    ``per_mailbox_faults``: an error of the whole request becomes one code per mailbox with HTTP 200.
    ``offsets``: times with their UTC offset (Exchange 2007) instead of naive ones in the zone of the request.
    """

    always_events: bool = False
    per_mailbox_faults: bool = False
    offsets: bool = False


EXCHANGE = Manner()
