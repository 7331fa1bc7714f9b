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
Looked: TypeAlias = tuple[str, Reason | Detail, str]
"""An address, why nothing of it was answered or how much was shown, and the group through which it was, "" for none."""


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
    """One request. ``looked``: each mailbox, and behind a group that was shown the members whose time that shows."""

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
    looked: list[Looked] = []
    for answer in answers:
        if answer.mailbox is None:
            continue
        address = answer.mailbox.address
        if isinstance(answer, Unavailable):
            looked.append((address, answer.reason, ""))
            continue
        looked.append((address, answer.detail, ""))
        if answer.members:
            looked += [(member.address, answer.detail, address) for member in answer.members]
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
        "people": [
            _looked(name(address), outcome, through and name(through)) for address, outcome, through in entry.looked
        ],
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _looked(address: str, outcome: Reason | Detail, through: str) -> dict[str, str]:
    if outcome in NOT_ALLOWED:
        return {"address": address, "verdict": outcome.value, "outcome": REFUSED}
    shown = {"address": address, "verdict": ALLOWED, "outcome": outcome.value}
    return {**shown, "through": through} if through else shown


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
