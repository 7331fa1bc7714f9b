"""Who is asked and when, for the tests of this room, and answers as a provider writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from protocols.model.freebusy import Answer, Availability, Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.provider.reading import read

ANN, BOB = Mailbox.parse("Ann@fabrikam.example"), Mailbox.parse("bob@fabrikam.example")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
START = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = TimeWindow(START, START + timedelta(days=7))
BUSY, DETAILS = Question(window=WINDOW), Question(window=WINDOW, detail=Detail.DETAILS)
EVENT = {"start": "2026-11-23T09:00:00Z", "end": "2026-11-23T10:00:00Z"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def entry(*events: Any, mailbox: str = "ann@fabrikam.example", **more: Any) -> dict[str, Any]:
    """One mailbox with its events."""
    return {"mailbox": mailbox, "events": list(events), **more}


def answer(*entries: Any, version: Any = 1) -> bytes:
    """A whole answer."""
    return orjson.dumps({"version": version, "mailboxes": list(entries)})


def told(data: bytes, *mailboxes: Mailbox, question: Question = BUSY) -> list[Answer]:
    """What it means for each mailbox, Ann alone without any."""
    return read(data, mailboxes or (ANN,), question, source="shifts", as_of=NOW)


def available(found: Answer) -> Availability:
    """``found`` itself, which must be an Availability."""
    assert isinstance(found, Availability), found
    return found
