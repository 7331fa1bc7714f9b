"""GetUserAvailability where meeting times are asked for too: one look-up, or two at once if the windows differ."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from protocols.ews import response, suggestions
from protocols.ews.query import AvailabilityRequest, SuggestionsAsked
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.fronts.desk import Desk
from proxy.fronts.record import Record


async def answered_with_suggestions(
    asked: AvailabilityRequest, wanted: SuggestionsAsked, desk: Desk, record: Record
) -> bytes:
    """The whole answer to ``asked``, which wants the suggestions ``wanted``. Raises RequestError."""
    mailboxes = [target.mailbox for target in asked.targets]
    answers, about = await _looked_up(mailboxes, asked.question, Question(window=wanted.window), desk, record)
    # up to 0.1 s of reckoning for a hundred people and two months: nobody else waits for it
    suggested = await asyncio.to_thread(suggestions.encode, asked, about, desk.manner)
    return response.encode(asked, answers, desk.manner, fragments=desk.fragments, suggested=suggested)


async def _looked_up(
    mailboxes: Sequence[Mailbox | None], question: Question | None, other: Question, desk: Desk, record: Record
) -> tuple[Sequence[Answer], Sequence[Answer]]:
    """The answers to ``question``, none where it is None, and those about the window of ``other``."""
    if question is None:
        return (), await desk.look_up(mailboxes, other, record)
    if question.window.covers(other.window):
        answers = await desk.look_up(mailboxes, question, record)
        return answers, answers
    aside = replace(record, outcomes={})  # each mailbox is counted once, and the ledger sees both look-ups
    first, second = await asyncio.gather(
        desk.look_up(mailboxes, question, record), desk.look_up(mailboxes, other, aside)
    )
    return first, second
