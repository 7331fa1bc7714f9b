"""What a front tells of one request on the way: for the log line, the metrics, and the shape of a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from protocols.ews.soap import Envelope
from protocols.model.freebusy import Answer, Unavailable

KNOWN = "known"


@dataclass(slots=True)
class Record:
    """Filled in as far as the request got; never holds a subject, a secret, or an address but ``person``.

    ``person``, whom a signed token names behind the caller, is told to the ledger alone: in no log and no metric.
    """

    request_id: str
    front: str = ""
    caller: str = ""
    proof: str = ""  # how the caller showed who it is
    person: str = ""
    refused: str = ""  # why nobody came in
    operation: str = ""
    mailboxes: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    per_mailbox: bool = False  # this caller reads a code per mailbox, and no fault
    envelope: Envelope | None = None
    unparsed: bytes = b""  # a body that was read without an envelope; whoever must refuse it parses it
    body: bytes | None = field(default=None, repr=False)  # as it was read, for a capture
    hops: tuple[str, ...] = ()  # the systems like ours that it came through
    client_request_id: str = ""  # a GUID that the caller calls the request by, where its dialect repeats it
    soap: str = ""  # the namespace of the caller's SOAP version, where there is more than one

    def answered(self, answers: Sequence[Answer]) -> None:
        """Count what became of each mailbox."""
        self.mailboxes = len(answers)
        outcomes = self.outcomes
        for answer in answers:
            outcome = answer.reason.value if isinstance(answer, Unavailable) else KNOWN
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
