"""The one shape from the veil to the wire, and the leaf: the only place where an error becomes an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol, TypeAlias, TypeVar, runtime_checkable

import structlog

from protocols.errors import PeerError
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, WorkingHours, all_unavailable
from protocols.model.intervals import can_hold
from protocols.model.mailbox import Mailbox
from proxy.answers import addressed, bare, fitted, whole_call_failed
from proxy.complaints import Complaints

Clock: TypeAlias = Callable[[], datetime]
"""The time now, aware and in UTC."""
Ask: TypeAlias = Callable[[Sequence[Mailbox], Question, datetime], Awaitable[list[Answer]]]
"""A protocol's ``ask`` with its Send and settings bound; the last argument is when the request is sent (``as_of``)."""

T = TypeVar("T")
logger = structlog.get_logger("busyline.connector")


class Connector(Protocol):
    """Whoever answers for mailboxes: a peer, or a layer around one."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """One answer per mailbox, in the order asked, always: what failed is an Unavailable, never an exception.

        An Availability has the window asked (what of it is not known is in ``unknown``), echoes the mailbox as asked,
        and carries details only where the question wants them.
        """
        ...


@runtime_checkable
class Ready(Protocol):
    """A connector that can tell at once what it need not wait for."""

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        """Per mailbox, in order, what ``lookup`` would answer without waiting; None where it would have to ask."""
        ...


@runtime_checkable
class Prompt(Connector, Protocol):
    """A connector that can answer a whole question at once, or say that it cannot."""

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        """What ``lookup`` would answer, where nobody has to be waited for; None where anybody has."""
        ...


AtOnce: TypeAlias = Callable[[Sequence[Mailbox], Question], "list[Answer] | None"]
"""See :meth:`Prompt.at_once`."""


def at_once_of(connector: Connector) -> AtOnce:
    """How ``connector`` answers at once: as it says, or where all is ready; one that cannot tell never does."""
    if isinstance(connector, Prompt):
        return connector.at_once
    return partial(_where_all_is_ready, connector) if isinstance(connector, Ready) else _never_at_once


def _where_all_is_ready(connector: Ready, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
    answers = [answer for answer in connector.ready(mailboxes, question) if answer is not None]
    return answers if len(answers) == len(mailboxes) else None


def _never_at_once(_: Sequence[Mailbox], __: Question) -> None:
    return None


class Leaf:
    """A protocol over its Send, as a connector.

    A PeerError becomes one Unavailable per mailbox. Answers in the wrong number or order cannot be told apart: all are
    GARBLED. Any other exception is our bug: logged with its traceback and answered as PEER_FAILED. Why calls fail is
    told to ``complaints``, which accounts of one peer may share. ``hours`` are those of whom the peer tells none.
    """

    def __init__(
        self,
        name: str,
        ask: Ask,
        clock: Clock,
        *,
        complaints: Complaints | None = None,
        hours: WorkingHours | None = None,
    ) -> None:
        self._name, self._ask, self._clock, self._hours = name, ask, clock, hours
        self._complaints = complaints or Complaints(name, clock=clock)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`Connector`."""
        if not mailboxes:
            return []
        if not can_hold(question.window):
            return all_unavailable(mailboxes, Reason.INCOMPLETE, detail="the window reaches outside 1970 to 2106")
        try:
            answers = await self._ask(mailboxes, question, self._clock())
        except PeerError as error:
            self._complaints.about(error.reason, error.detail)
            return self._failed(mailboxes, error.reason, error.detail, error.retry_after)
        except Exception:
            logger.exception("connector_failed", connector=self._name)
            return self._failed(mailboxes, Reason.PEER_FAILED, "a fault of ours, see the log")
        if [answer.mailbox for answer in answers] != list(mailboxes):
            logger.error("answers_do_not_match", connector=self._name, asked=len(mailboxes), answered=len(answers))
            return self._failed(mailboxes, Reason.GARBLED, "answers do not match the mailboxes asked")
        return [
            _as_asked(_with_hours(answer, self._hours), mailbox, question, self._name)
            for answer, mailbox in zip(answers, mailboxes, strict=True)
        ]

    def _failed(
        self, mailboxes: Sequence[Mailbox], reason: Reason, detail: str, retry_after: timedelta | None = None
    ) -> list[Answer]:
        return whole_call_failed(mailboxes, reason, detail, retry_after, source=self._name)


async def guarded(connector: Connector, name: str, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
    """``connector``'s answers; where it breaks its promise, PEER_FAILED for each mailbox and a traceback in the log."""
    try:
        answers = await connector.lookup(mailboxes, question)
    except Exception:
        logger.exception("lookup_failed", connector=name)
        return all_unavailable(mailboxes, Reason.PEER_FAILED, detail="a fault of ours, see the log")
    if len(answers) != len(mailboxes):
        logger.error("answers_do_not_match", connector=name, asked=len(mailboxes), answered=len(answers))
        return all_unavailable(mailboxes, Reason.GARBLED, detail="answers do not match the mailboxes asked")
    return answers


def at_once(ready: Ready, name: str, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
    """What the connector has ready; None for each mailbox that must be looked up, all of them where it fails."""
    try:
        return ready.ready(mailboxes, question)
    except Exception:
        logger.exception("ready_failed", connector=name)
        return [None] * len(mailboxes)


async def heard(conversation: Awaitable[T], name: str) -> T | PeerError:
    """What a conversation that is about nobody's time brought, or how the peer called ``name`` failed.

    Any other exception is our bug: logged with its traceback and told as PEER_FAILED.
    """
    try:
        return await conversation
    except PeerError as error:
        return error
    except Exception:
        logger.exception("conversation_failed", connector=name)
        return PeerError(Reason.PEER_FAILED, "a fault of ours, see the log")


async def cut(lookup: Awaitable[list[Answer]], after: timedelta) -> list[Answer] | None:
    """What ``lookup`` answers; None where it has not by then, and it is cancelled."""
    try:
        async with asyncio.timeout(max(after.total_seconds(), 0)) as scope:
            return await lookup
    except TimeoutError:
        if not scope.expired():
            raise
        return None


def utc_now() -> datetime:
    """The Clock of a real run."""
    return datetime.now(UTC)


def _with_hours(answer: Answer, hours: WorkingHours | None) -> Answer:
    if hours is None or not isinstance(answer, Availability) or answer.working_hours is not None:
        return answer
    return replace(answer, working_hours=hours)


def _as_asked(answer: Answer, mailbox: Mailbox, question: Question, source: str) -> Answer:
    if not isinstance(answer, Availability):
        return addressed(answer if answer.source else replace(answer, source=source), mailbox)
    answer = fitted(answer, mailbox, question.window)
    return bare(answer) if question.detail is Detail.BUSY else answer
