"""Asks Google when people are busy, up to 50 at once: calendar/v3 freeBusy.query, where every block is busy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from protocols.errors import PeerError
from protocols.google.errors import calendar_reason, json_object, problem
from protocols.google.times import instant, rfc3339, whole_seconds, window_between
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable, all_unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

API_URL = "https://www.googleapis.com"
API_PATH = "/calendar/v3"
MAX_CALENDARS = 50  # calendarExpansionMax
MAX_MEMBERS = 100  # groupExpansionMax


async def ask(
    send: Send, mailboxes: Sequence[Mailbox], question: Question, *, api_url: str, source: str, as_of: datetime
) -> list[Answer]:
    """One answer per mailbox, in order, in one call; at most 50 mailboxes and 60 days are the caller's to keep.

    Every block is BUSY: freeBusy knows neither tentative nor out of office, and no details. ``api_url`` is the origin
    (:data:`API_URL`). Raises PeerError where the whole call failed.
    """
    if not mailboxes:
        return []
    asked = whole_seconds(question.window)
    response = await send(encode(mailboxes, asked, api_url=api_url))
    failure = problem(response, as_of)
    if failure is not None:
        # a calendar that does not exist is an error inside the answer: here 404 is a wrong URL
        raise PeerError(Reason.PEER_FAILED, failure.detail) if failure.reason is Reason.NO_SUCH_MAILBOX else failure
    return decode(json_object(response.body), mailboxes, question, source=source, as_of=as_of)


def api(api_url: str) -> str:
    """The address under which the Calendar API's methods lie; ``api_url`` may already end in the API's path."""
    return api_url.rstrip("/").removesuffix(API_PATH) + API_PATH


def encode(mailboxes: Sequence[Mailbox], window: TimeWindow, *, api_url: str) -> HttpRequest:
    """The request: each address once, all times in UTC."""
    body = {
        "timeMin": rfc3339(window.start),
        "timeMax": rfc3339(window.end),
        "timeZone": "UTC",
        "groupExpansionMax": MAX_MEMBERS,
        "calendarExpansionMax": MAX_CALENDARS,
        "items": [{"id": address} for address in dict.fromkeys(m.address for m in mailboxes)],
    }
    headers = Headers({"Content-Type": "application/json", "Accept": "application/json"})
    return HttpRequest("POST", f"{api(api_url)}/freeBusy", headers, orjson.dumps(body))


def decode(
    document: dict[str, Any], mailboxes: Sequence[Mailbox], question: Question, *, source: str, as_of: datetime
) -> list[Answer]:
    """One answer per mailbox, in order. Raises PeerError(GARBLED) where the answer as a whole cannot be trusted."""
    unknown = _not_answered(document, question.window)
    if unknown is None:
        return all_unavailable(mailboxes, Reason.INCOMPLETE, detail="the answer is about another window")
    calendars, groups = _by_id(document.get("calendars")), _by_id(document.get("groups", {}))
    answers: list[Answer] = []
    for mailbox in mailboxes:
        found = _blocks(mailbox.address, calendars, groups)
        if isinstance(found, PeerError):
            answers.append(Unavailable(mailbox=mailbox, reason=found.reason, detail=found.detail))
            continue
        intervals = Intervals.pack(BusyInterval(window, BusyStatus.BUSY) for window in found)
        answers.append(
            Availability(
                mailbox=mailbox,
                window=question.window,
                intervals=intervals.overlapping(question.window),
                unknown=unknown,
                source=source,
                as_of=as_of,
            )
        )
    return answers


def _not_answered(document: dict[str, Any], window: TimeWindow) -> tuple[TimeWindow, ...] | None:
    """The parts of ``window`` that the answer does not speak of; None where it speaks of no part of it."""
    try:
        low, high = instant(document.get("timeMin")), instant(document.get("timeMax"))
    except ValueError as error:
        raise PeerError(Reason.GARBLED, f"timeMin or timeMax: {error}") from None
    start, end = max(low, window.start), min(high, window.end)
    if start >= end:
        return None
    gaps = ((window.start, start), (end, window.end))
    return tuple(TimeWindow(*gap) for gap in gaps if gap[0] < gap[1])


def _by_id(entries: Any) -> dict[str, Any]:
    """Entries by lower-case id; one that stands there twice in two spellings is not to be trusted: None."""
    if not isinstance(entries, dict):
        raise PeerError(Reason.GARBLED, "calendars or groups are no object")
    found: dict[str, Any] = {}
    for key, entry in entries.items():
        found[key.lower()] = None if key.lower() in found else entry
    return found


def _blocks(address: str, calendars: dict[str, Any], groups: dict[str, Any]) -> set[TimeWindow] | PeerError:
    """The busy blocks of a calendar, or of all members of a group together; an error value where any is in doubt."""
    if address in calendars:
        return _busy(calendars[address])
    if address not in groups:
        return PeerError(Reason.INCOMPLETE, "the calendar is missing from the answer")
    group = groups[address]
    members = group.get("calendars") if isinstance(group, dict) else None
    if isinstance(group, dict) and group.get("errors"):
        return PeerError(*calendar_reason(group["errors"]))
    if not isinstance(members, list) or not members:
        return PeerError(Reason.GARBLED, "a group without its calendars")
    blocks: set[TimeWindow] = set()
    for member in members:
        found = _busy(calendars.get(member.lower())) if isinstance(member, str) else None
        if not isinstance(found, set):
            return PeerError(Reason.INCOMPLETE, "a member of the group cannot be read")
        blocks |= found
    return blocks


def _busy(entry: Any) -> set[TimeWindow] | PeerError:
    if not isinstance(entry, dict):
        return PeerError(Reason.GARBLED, "a calendar that is no object")
    if entry.get("errors"):
        return PeerError(*calendar_reason(entry["errors"]))
    busy = entry.get("busy")
    if not isinstance(busy, list):
        return PeerError(Reason.GARBLED, "a calendar without its busy list")
    try:
        windows = {window_between(instant(block["start"]), instant(block["end"])) for block in busy}
    except (ValueError, KeyError, TypeError) as error:
        return PeerError(Reason.GARBLED, f"a busy block: {type(error).__name__}")
    return {window for window in windows if window is not None}
