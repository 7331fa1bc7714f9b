"""Lets a caller ask only what it may ask, and see only what it may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from protocols.model.freebusy import Answer, Detail, Question, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.answers import bare, incomplete, within
from proxy.connector import Clock, Connector, at_once_of, utc_now
from proxy.layers.concurrency import side_by_side
from proxy.masks import Masks, day_of
from routing.names import Names
from routing.policy import Policy, Verdict, judge
from routing.rules import Mask
from routing.table import RouteTable

_KEPT: Final = 65_536


@dataclass(slots=True)
class _Granted:
    """A question as far as it is granted: who is asked about at which level, what is hidden, and who is answered."""

    answers: list[Answer | None]
    levels: dict[Detail, tuple[list[int], list[Mailbox]]] = field(default_factory=dict)
    masks: dict[int, Mask] = field(default_factory=dict)


class Veil:
    """One caller's view. What is forbidden, loops or has no route is answered without asking anybody.

    Each mailbox is asked at the level granted for it, and whatever comes back is stripped to that level, and of what
    the policy hides. Doubt inside the window, where it is not hidden, makes the mailbox Unavailable (INCOMPLETE), or
    Busy there for a caller with ``unknown_as = "busy"``, and stays doubt with "unknown", for a front that can write it.
    ``clock`` tells the day from which horizons are counted.
    """

    def __init__(self, inner: Connector, *, policy: Policy, table: RouteTable, clock: Clock = utc_now) -> None:
        self._inner, self._at_once = inner, at_once_of(inner)
        self._unknown_as, self._clock = policy.unknown_as, clock
        self._masks = Masks()
        self._policy, self._table, self._names = policy, table, Names(table)
        # neither policy nor table changes while the veil hangs, and most mailboxes are asked about again
        self._verdicts: dict[str, Verdict] = {}  # by address: a string knows its hash, a mailbox reckons it each time

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        granted = self._granted(mailboxes, question)
        lookups = [self._inner.lookup(asked, _at(level, question)) for level, (_, asked) in granted.levels.items()]
        return self._shown(granted, await side_by_side(lookups), question)

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        """See :class:`proxy.connector.Prompt`."""
        level = self._level_of_all(mailboxes, question)
        if level is not None:
            answers = self._at_once(mailboxes, _at(level, question))
            if answers is None:
                return None
            return [_veiled(answer, level, question.window, self._unknown_as) for answer in answers]
        granted = self._granted(mailboxes, question)
        found = []
        for level, (_, asked) in granted.levels.items():
            answers = self._at_once(asked, _at(level, question))
            if answers is None:
                return None
            found.append(answers)
        return self._shown(granted, found, question)

    def _level_of_all(self, mailboxes: Sequence[Mailbox], question: Question) -> Detail | None:
        """The level at which everybody may be asked about, with nothing hidden: nearly always there is one."""
        known, busy, common = self._verdicts, question.detail is Detail.BUSY, None
        for mailbox in mailboxes:
            verdict = known.get(mailbox.address) or self._judged(mailbox)
            if verdict.reason is not None or verdict.mask is not None:
                return None
            level = Detail.BUSY if busy else verdict.detail
            if common is not None and level is not common:
                return None
            common = level
        return common

    def _granted(self, mailboxes: Sequence[Mailbox], question: Question) -> _Granted:
        granted = _Granted([None] * len(mailboxes))
        known, levels, busy = self._verdicts, granted.levels, question.detail is Detail.BUSY
        for index, mailbox in enumerate(mailboxes):
            verdict = known.get(mailbox.address) or self._judged(mailbox)
            if verdict.reason is not None:
                granted.answers[index] = Unavailable(mailbox=mailbox, reason=verdict.reason, detail=verdict.rule)
                continue
            level = Detail.BUSY if busy else verdict.detail
            if (asked := levels.get(level)) is None:
                asked = levels[level] = ([], [])
            asked[0].append(index)
            asked[1].append(mailbox)
            if verdict.mask is not None:
                granted.masks[index] = verdict.mask
        return granted

    def _judged(self, mailbox: Mailbox) -> Verdict:
        if len(self._verdicts) >= _KEPT:
            self._verdicts.clear()
        verdict = judge(self._policy, mailbox, self._table.find(mailbox), self._names)
        self._verdicts[mailbox.address] = verdict
        return verdict

    def _shown(self, granted: _Granted, found: Sequence[Sequence[Answer]], question: Question) -> list[Answer]:
        answers, masks = granted.answers, granted.masks
        today = day_of(self._clock()) if masks else 0
        for (level, (indices, _)), told in zip(granted.levels.items(), found, strict=True):
            for index, answer in zip(indices, told, strict=True):
                if masks and (mask := masks.get(index)) is not None:
                    answer = self._masks.masked(answer, mask, question.window, today)  # noqa: PLW2901
                answers[index] = _veiled(answer, level, question.window, self._unknown_as)
        return [answer for answer in answers if answer is not None]


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
