"""Lets a caller ask only what it may ask, and see only what it may see."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Literal

from protocols.model.freebusy import Answer, Detail, Question, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.answers import bare, incomplete, within
from proxy.connector import Clock, Connector, utc_now
from proxy.layers.concurrency import side_by_side
from proxy.masks import Masks, day_of
from routing.names import Names
from routing.policy import Policy, Verdict, judge
from routing.rules import Mask
from routing.table import RouteTable


class Veil:
    """One caller's view. What is forbidden, loops or has no route is answered without asking anybody.

    Each mailbox is asked at the level granted for it, and whatever comes back is stripped to that level, and of what
    the policy hides. Doubt inside the window, where it is not hidden, makes the mailbox Unavailable (INCOMPLETE), or
    Busy there for a caller with ``unknown_as = "busy"``, and stays doubt with "unknown", for a front that can write it.
    ``clock`` tells the day from which horizons are counted.
    """

    def __init__(self, inner: Connector, *, policy: Policy, table: RouteTable, clock: Clock = utc_now) -> None:
        self._inner, self._unknown_as, self._clock = inner, policy.unknown_as, clock
        self._masks = Masks()
        # neither policy nor table changes while the veil hangs, and most mailboxes are asked about again
        self._verdict = lru_cache(maxsize=65_536)(partial(_verdict, policy, table, Names(table)))

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        answers: list[Answer | None] = [None] * len(mailboxes)
        granted: dict[Detail, list[int]] = {}
        masks: dict[int, Mask] = {}
        for index, mailbox in enumerate(mailboxes):
            verdict = self._verdict(mailbox)
            if verdict.reason is not None:
                answers[index] = Unavailable(mailbox=mailbox, reason=verdict.reason, detail=verdict.rule)
            else:
                level = Detail.BUSY if question.detail is Detail.BUSY else verdict.detail
                granted.setdefault(level, []).append(index)
                if verdict.mask is not None:
                    masks[index] = verdict.mask
        lookups = [
            self._inner.lookup([mailboxes[index] for index in indices], _at(level, question))
            for level, indices in granted.items()
        ]
        everything = await side_by_side(lookups)
        today = day_of(self._clock()) if masks else 0
        for (level, indices), found in zip(granted.items(), everything, strict=True):
            for index, answer in zip(indices, found, strict=True):
                if masks and (mask := masks.get(index)) is not None:
                    answer = self._masks.masked(answer, mask, question.window, today)  # noqa: PLW2901
                answers[index] = _veiled(answer, level, question.window, self._unknown_as)
        return [answer for answer in answers if answer is not None]


def _verdict(policy: Policy, table: RouteTable, names: Names, mailbox: Mailbox) -> Verdict:
    return judge(policy, mailbox, table.find(mailbox), names)


def _at(level: Detail, question: Question) -> Question:
    return question if question.detail is level else replace(question, detail=level)


def _veiled(
    answer: Answer, level: Detail, window: TimeWindow, unknown_as: Literal["error", "busy", "unknown"]
) -> Answer:
    if isinstance(answer, Unavailable):
        return answer
    if level is Detail.BUSY:
        answer = bare(answer)
    if not answer.unknown or unknown_as == "unknown":
        return answer
    doubtful = within(window, answer.unknown)
    if doubtful and unknown_as == "error":
        return incomplete(answer, _known_until(doubtful[0].start, window))
    blocks = Intervals.pack(BusyInterval(part, BusyStatus.BUSY) for part in doubtful)
    return replace(answer, intervals=answer.intervals.joined(blocks), unknown=())


def _known_until(doubt: datetime, window: TimeWindow) -> str:
    return f"known until {doubt:%d %b %H:%M} UTC" if doubt > window.start else "a part of the window is unknown"
