"""A peer's answer, read with suspicion: quickly where it is of a familiar shape, by the parser in every other case."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.familiar_answers import Cut, Read, cut, is_apart, read_familiar
from protocols.ews.parsed_answers import answer_of, responses
from protocols.model.freebusy import Answer, Availability, Question, Reason
from protocols.model.mailbox import Mailbox


def read(
    data: bytes,
    mailboxes: Sequence[Mailbox],
    question: Question,
    *,
    zone: tzinfo,
    source: str,
    as_of: datetime,
) -> list[Answer]:
    """One answer per mailbox, in order. Naive times are read in ``zone``, others by their offset.

    ``question.interval`` is the length of a cell that was asked for. Raises PeerError where the whole answer cannot be
    trusted: no XML, no answer to this operation, a fault, or not as many responses as mailboxes.
    """
    whole = cut(data) if zone is UTC else None
    if whole is None or len(whole.responses) != len(mailboxes):
        return read_parsed(data, mailboxes, question, zone=zone, source=source, as_of=as_of)
    found = [read_familiar(whole, response, question) for response in whole.responses]
    others = _parsed_alone(whole, [each for each, read in zip(whole.responses, found, strict=True) if read is None])
    if others is None:
        return read_parsed(data, mailboxes, question, zone=zone, source=source, as_of=as_of)
    rest = iter(others)
    return [
        answer_of(next(rest), mailbox, question, zone=zone, source=source, as_of=as_of)
        if one is None
        else _availability(one, mailbox, question, source, as_of)
        for one, mailbox in zip(found, mailboxes, strict=True)
    ]


def read_parsed(
    data: bytes,
    mailboxes: Sequence[Mailbox],
    question: Question,
    *,
    zone: tzinfo,
    source: str,
    as_of: datetime,
) -> list[Answer]:
    """As :func:`read`, all of it by the parser."""
    found = responses(data)
    if len(found) != len(mailboxes):
        raise PeerError(Reason.GARBLED, f"{len(found)} responses for {len(mailboxes)} mailboxes")
    return [
        answer_of(response, mailbox, question, zone=zone, source=source, as_of=as_of)
        for response, mailbox in zip(found, mailboxes, strict=True)
    ]


def _parsed_alone(whole: Cut, unfamiliar: list[str]) -> list[etree._Element] | None:
    """The elements of the ``unfamiliar`` responses of an answer; None where only the whole can be told from."""
    if not unfamiliar:
        return []
    if len(unfamiliar) == len(whole.responses) or not all(map(is_apart, unfamiliar)):
        return None
    try:
        found = responses(whole.with_only(unfamiliar))
    except PeerError:  # which must speak of the whole
        return None
    return found if len(found) == len(unfamiliar) else None


def _availability(read: Read, mailbox: Mailbox, question: Question, source: str, as_of: datetime) -> Availability:
    return Availability(
        mailbox=mailbox,
        window=question.window,
        intervals=read.intervals,
        detail=read.detail,
        working_hours=read.working_hours,
        source=source,
        as_of=as_of,
    )
