"""Spreads the calls to one peer over several accounts of it, each with limits of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import failed_whole
from proxy.layers.lane import Lane

_OF_THE_ACCOUNT = frozenset({Reason.THROTTLED, Reason.UNAUTHORIZED, Reason.NO_ACCESS, Reason.NO_SUCH_MAILBOX})
_PENALTY = 8

_Load: TypeAlias = tuple[Question, frozenset[str]]


class _Account:
    __slots__ = ("lane", "loads", "penalty", "turn")

    def __init__(self, lane: Lane) -> None:
        self.lane, self.penalty, self.turn = lane, 0, 0
        self.loads: list[_Load] = []

    def carries_any_of(self, load: _Load) -> bool:
        """Whether it is being asked the same question about some of the same mailboxes."""
        return any(question == load[0] and not load[1].isdisjoint(asked) for question, asked in self.loads)


class Spread:
    """Each call goes to the least busy account, ties in turn; one that is held back is passed over.

    Where all are, the call goes to whose time comes first. A question that an account is being asked already goes to
    another: it is asked again because that one is slow. An account that fails for reasons of its own (throttled, not
    let in) fails fast and would look idle, and one whose call was called off is slow: either counts as busier for a
    while. A call that failed so is given to the others in turn, as long as one is free.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        if not lanes:
            raise ValueError("nobody to spread over")
        self._accounts = [_Account(lane) for lane in lanes]
        self._turn = 0

    def held(self) -> timedelta:
        """See :class:`proxy.layers.lane.Lane`: of the account that is free first."""
        return min(account.lane.held() for account in self._accounts)

    def idle(self) -> bool:
        """See :class:`proxy.layers.lane.Lane`: whether any account is."""
        return any(account.lane.idle() for account in self._accounts)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        load = question, frozenset(mailbox.address for mailbox in mailboxes)
        left = list(self._accounts)
        answers: list[Answer] = []
        while left:
            account = self._best(left, load)
            answers = await self._ask(account, mailboxes, load)
            left.remove(account)
            if not account.penalty:
                return answers
            left = _worth_asking(left, first=len(left) == len(self._accounts) - 1)
        return self._with_the_time_until(answers)

    def _best(self, accounts: list[_Account], load: _Load) -> _Account:
        def worse(account: _Account) -> tuple[timedelta, bool, int, int]:
            busy = len(account.loads) + account.penalty
            return account.lane.held(), account.carries_any_of(load), busy, account.turn

        chosen = min(accounts, key=worse)
        self._turn += 1
        chosen.turn = self._turn
        for account in self._accounts:
            account.penalty = max(account.penalty - 1, 0)
        return chosen

    async def _ask(self, account: _Account, mailboxes: Sequence[Mailbox], load: _Load) -> list[Answer]:
        account.loads.append(load)
        try:
            answers = await account.lane.lookup(mailboxes, load[0])
        except asyncio.CancelledError:
            account.penalty = _PENALTY
            raise
        finally:
            account.loads.remove(load)
        failure = failed_whole(answers)
        account.penalty = _PENALTY if failure and failure.reason in _OF_THE_ACCOUNT else 0
        return answers

    def _with_the_time_until(self, answers: list[Answer]) -> list[Answer]:
        """Whoever was throttled is told when the first account is free again, not when the last that was asked is."""
        until = self.held()
        return [_sooner(answer, until) for answer in answers] if until else answers


def _worth_asking(accounts: list[_Account], *, first: bool) -> list[_Account]:
    """Those that are free and did not fail lately; failed ones only where the ``first`` failure is to be mended."""
    free = [account for account in accounts if not account.lane.held()]
    well = [account for account in free if not account.penalty]
    return well or (free if first else [])


def _sooner(answer: Answer, until: timedelta) -> Answer:
    if not isinstance(answer, Unavailable) or answer.reason is not Reason.THROTTLED:
        return answer
    return answer if answer.retry_after and answer.retry_after <= until else replace(answer, retry_after=until)
