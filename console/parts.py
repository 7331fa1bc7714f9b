"""What each of several calendar systems said of a person, in words and for programs, and which of them failed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from console.words import REASONS
from protocols.model.freebusy import Answer, Part, Reason, Unavailable

_SOMEBODY: Final = "the calendar system"


def reason_words(answer: Unavailable) -> str:
    """Why nothing is known, with the names of the systems that are to blame where the answer tells of several."""
    failed = failed_words(answer)
    if not failed:
        return REASONS[answer.reason]
    return f"{REASONS[answer.reason]}: {failed}" if answer.reason is Reason.INCOMPLETE else failed


def failed_words(answer: Answer) -> str:
    """Which of several systems leave doubt, and why each does; "" where none does, or only one was asked."""
    return " and ".join(_blamed(part.source, part.reason) for part in answer.parts if part.reason and part.counts)


def _blamed(source: str, reason: Reason) -> str:
    words = REASONS[reason]
    if not source:
        return words
    return words.replace(_SOMEBODY, source, 1) if words.startswith(_SOMEBODY) else f"{source}: {words}"


def parts_words(answer: Answer, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each of several calendars said, and the same for programs."""
    for part in answer.parts:
        asked = f", asked {max((now - part.as_of).total_seconds(), 0):.0f} s ago" if part.as_of else ""
        if part.reason is None:
            words = f"{part.source} knows the mailbox{asked}"
        else:
            why = REASONS[part.reason].removeprefix(f"{_SOMEBODY} ")
            aside = "" if part.counts else ", which leaves no doubt here"
            words = f"{part.source or 'nobody'}: {why}{asked} [{part.reason.value}]{aside}"
        yield words, part_facts(part)


def part_facts(part: Part) -> dict[str, Any]:
    """One system's share for programs."""
    return {
        "source": part.source or None,
        "as_of": part.as_of.isoformat() if part.as_of else None,
        "reason": part.reason.value if part.reason else None,
    }
