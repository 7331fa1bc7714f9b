"""One entry of the ledger: which caller asked about whom, what the policy said, and whether it was answered."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import orjson

from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable

VERSION: Final = 1
ALLOWED: Final = "allowed"
REFUSED: Final = "refused"
NOT_ALLOWED: Final = frozenset({Reason.FORBIDDEN, Reason.NO_ROUTE, Reason.LOOP})

Name: TypeAlias = Callable[[str], str]
"""How an address is written down: as it is, or as a pseudonym."""
Looked: TypeAlias = tuple[str, Reason | Detail]


class Visit(Protocol):
    """What is known of a request when its caller has proved itself."""

    @property
    def request_id(self) -> str: ...
    @property
    def front(self) -> str: ...
    @property
    def caller(self) -> str: ...
    @property
    def proof(self) -> str: ...
    @property
    def person(self) -> str: ...


class Entry(NamedTuple):
    """One request. ``looked``: each mailbox, with why nothing was answered or how much was shown."""

    at: datetime
    request: str
    front: str
    caller: str
    proof: str
    person: str
    question: Question
    looked: Sequence[Looked]


def entry_of(at: datetime, visit: Visit, question: Question, answers: Sequence[Answer]) -> Entry:
    """What the ledger keeps of a request: nothing of what the answers hold. What was no address names nobody."""
    looked = [
        (answer.mailbox.address, answer.reason if isinstance(answer, Unavailable) else answer.detail)
        for answer in answers
        if answer.mailbox is not None
    ]
    return Entry(at, visit.request_id, visit.front, visit.caller, visit.proof, visit.person, question, looked)


def render(entry: Entry, name: Name) -> bytes:
    """The entry as one line of JSON, with its line feed."""
    question = entry.question
    line: dict[str, Any] = {
        "v": VERSION,
        "time": _instant(entry.at),
        "request": entry.request,
        "front": entry.front,
        "caller": entry.caller,
        "proof": entry.proof,
    }
    if entry.person:
        line["person"] = name(entry.person)
    line |= {
        "from": _instant(question.window.start),
        "to": _instant(question.window.end),
        "asked": question.detail.value,
        "people": [_looked(name(address), outcome) for address, outcome in entry.looked],
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _looked(address: str, outcome: Reason | Detail) -> dict[str, str]:
    if outcome in NOT_ALLOWED:
        return {"address": address, "verdict": outcome.value, "outcome": REFUSED}
    return {"address": address, "verdict": ALLOWED, "outcome": outcome.value}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
