"""Spreads the calls to one peer over several accounts of it, each with limits of its own."""

from collections.abc import Sequence

from protocols.model.freebusy import Answer, Question, Reason
from protocols.model.mailbox import Mailbox
from proxy.answers import failed_whole
from proxy.connector import Connector

_OF_THE_ACCOUNT = frozenset({Reason.THROTTLED, Reason.UNAUTHORIZED, Reason.NO_ACCESS, Reason.NO_SUCH_MAILBOX})
_PENALTY = 8


class _Account:
    __slots__ = ("busy", "connector", "penalty", "turn")

    def __init__(self, connector: Connector) -> None:
        self.connector, self.busy, self.penalty, self.turn = connector, 0, 0, 0


class Spread:
    """Each call goes to the least busy account, ties in turn.

    An account that fails for reasons of its own (throttled, not let in) fails fast and would look idle: it counts as
    busier for a while, and the call is given once to another.
    """

    def __init__(self, inners: Sequence[Connector]) -> None:
        if not inners:
            raise ValueError("nobody to spread over")
        self._accounts = [_Account(inner) for inner in inners]
        self._turn = 0

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        first = self._least_busy(self._accounts)
        answers = await self._ask(first, mailboxes, question)
        others = [account for account in self._accounts if account is not first]
        if first.penalty and others:
            return await self._ask(self._least_busy(others), mailboxes, question)
        return answers

    def _least_busy(self, accounts: list[_Account]) -> _Account:
        chosen = min(accounts, key=lambda account: (account.busy + account.penalty, account.turn))
        self._turn += 1
        chosen.turn = self._turn
        for account in accounts:
            account.penalty = max(account.penalty - 1, 0)
        return chosen

    async def _ask(self, account: _Account, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        account.busy += 1
        try:
            answers = await account.connector.lookup(mailboxes, question)
        finally:
            account.busy -= 1
        failure = failed_whole(answers)
        account.penalty = _PENALTY if failure and failure.reason in _OF_THE_ACCOUNT else 0
        return answers
