"""Expands groups above the veil, so that a caller sees of each member what it may see of that member, and no more."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import addressed
from proxy.connector import Clock, Connector, at_once_of, cut, utc_now
from proxy.directories.book import PLAIN, Membership
from proxy.directories.roll import Roll
from proxy.layers.veil import Veil
from proxy.merged_view import merged_view
from routing.policy import Policy
from routing.table import Route, RouteTable

MOST_MAILBOXES: Final = 100  # of one request, after expansion
_LATE: Final = Membership(reason=Reason.TIMEOUT)


class Groups:
    """One caller's groups above ``inner``, which is its veil; ``roll`` tells who they are.

    A group is answered by its merged view (:func:`proxy.merged_view.merged_view`) under the rules for the group
    itself; one whose members, with all others of the question, are more than MOST_MAILBOXES is TOO_MANY_MAILBOXES.
    What may be a group and cannot be told is unavailable, whatever the calendar system says of it: that would expand
    it by itself, and show whom the caller may not see. Directories are asked while ``inner`` answers about people;
    ``deadline`` bounds the wait for the members of groups that only they knew.
    """

    def __init__(
        self,
        inner: Connector,
        *,
        roll: Roll,
        policy: Policy,
        table: RouteTable,
        deadline: timedelta,
        clock: Clock = utc_now,
    ) -> None:
        self._inner, self._roll, self._deadline = inner, roll, deadline
        self._policy, self._table, self._clock = policy, table, clock
        self._at_once = at_once_of(inner)

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        """See :class:`proxy.connector.Prompt`: where nobody is a group."""
        look = self._roll.look
        return self._at_once(mailboxes, question) if all(look(each) is PLAIN for each in mailboxes) else None

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        found = {mailbox.address: self._roll.look(mailbox) for mailbox in mailboxes}
        if all(each is PLAIN for each in found.values()):
            return await self._inner.lookup(mailboxes, question)
        once = {mailbox.address: mailbox for mailbox in mailboxes}
        answers: dict[str, Answer] = {}
        end: float | None = None
        if waiting := [once[address] for address, each in found.items() if each is None]:
            end = asyncio.get_running_loop().time() + self._deadline.total_seconds()
            people = [once[address] for address, each in found.items() if each is None or each is PLAIN]
            async with asyncio.TaskGroup() as tasks:
                asking = tasks.create_task(self._inner.lookup(people, question))
                settling = tasks.create_task(self._settled(waiting))
            answers = {mailbox.address: answer for mailbox, answer in zip(people, asking.result(), strict=True)}
            found |= settling.result()
        settled = {address: each or _LATE for address, each in found.items()}
        answers |= await self._grouped(once, settled, question, answers, end)
        return [addressed(answers[mailbox.address], mailbox) for mailbox in mailboxes]

    async def _settled(self, mailboxes: Sequence[Mailbox]) -> dict[str, Membership]:
        tasks = {mailbox.address: asyncio.ensure_future(self._roll.settle(mailbox)) for mailbox in mailboxes}
        try:
            await asyncio.wait(tasks.values(), timeout=self._deadline.total_seconds())
            return {address: task.result() if task.done() else _LATE for address, task in tasks.items()}
        finally:
            for task in tasks.values():
                task.cancel()

    async def _grouped(
        self,
        asked: Mapping[str, Mailbox],
        settled: Mapping[str, Membership],
        question: Question,
        known: Mapping[str, Answer],
        end: float | None,
    ) -> dict[str, Answer]:
        """The answers to groups, to what is in doubt, and to people who are not ``known`` yet."""
        answers: dict[str, Answer] = {
            address: _doubtful(asked[address], each) for address, each in settled.items() if each.reason is not None
        }
        people = [address for address, each in settled.items() if each.members is None]
        groups, refused = _admitted(people, {address: each.members for address, each in settled.items()})
        answers |= {address: _refused(asked[address]) for address in refused}
        left = [asked[address] for address, each in settled.items() if each is PLAIN and address not in known]
        members = {member.address: member for each in groups.values() for member in each}
        told = await self._told(left, members, question, known, end)
        answers |= {mailbox.address: told[mailbox.address] for mailbox in left}
        views = {
            address: merged_view(asked[address], [told[one.address] for one in each], question.window)
            for address, each in groups.items()
        }
        return answers | await self._veiled([asked[address] for address in groups], views, question)

    async def _told(
        self,
        people: Sequence[Mailbox],
        members: Mapping[str, Mailbox],
        question: Question,
        known: Mapping[str, Answer],
        end: float | None,
    ) -> dict[str, Answer]:
        """What is said of ``people`` at the level asked, and of ``members`` at least when they are busy."""
        told = dict(known)
        busy = question if question.detail is Detail.BUSY else replace(question, detail=Detail.BUSY)
        there = {*told, *(mailbox.address for mailbox in people)}
        others = [member for address, member in members.items() if address not in there]
        if busy is question or not people:
            lookups = [(busy, [*people, *others])]
        else:
            lookups = [(question, list(people)), (busy, others)]
        async with asyncio.TaskGroup() as tasks:
            asking = [(each, tasks.create_task(self._in_time(each, at, end))) for at, each in lookups if each]
        for each, task in asking:
            told.update((mailbox.address, answer) for mailbox, answer in zip(each, task.result(), strict=True))
        return told

    async def _in_time(self, mailboxes: Sequence[Mailbox], question: Question, end: float | None) -> list[Answer]:
        lookup = self._inner.lookup(mailboxes, question)
        if end is None:  # the whole deadline is left, and federation keeps it
            return await lookup
        answers = await cut(lookup, timedelta(seconds=end - asyncio.get_running_loop().time()))
        return (
            all_unavailable(mailboxes, Reason.TIMEOUT, detail="the caller's deadline") if answers is None else answers
        )

    async def _veiled(
        self, groups: Sequence[Mailbox], views: Mapping[str, Answer], question: Question
    ) -> dict[str, Answer]:
        """The views under the rules for the groups themselves; written ones need no route."""
        lists = [group for group in groups if self._roll.is_written(group)]
        others = [group for group in groups if not self._roll.is_written(group)]
        own = RouteTable(Route(match=group.address, via=("groups",)) for group in lists)
        shown: dict[str, Answer] = {}
        for each, table in ((lists, own), (others, self._table)):
            if each:
                veil = Veil(_Given(views), policy=self._policy, table=table, clock=self._clock)
                answers = await veil.lookup(each, question)
                shown.update((group.address, answer) for group, answer in zip(each, answers, strict=True))
        return shown


class _Given:
    """Answers what it was given."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        del question
        return [self._answers[mailbox.address] for mailbox in mailboxes]


def _admitted(
    people: Sequence[str], memberships: Mapping[str, tuple[Mailbox, ...] | None]
) -> tuple[dict[str, tuple[Mailbox, ...]], list[str]]:
    """The groups that may be asked about beside ``people``, in the order asked, and those that would be too many."""
    counted = set(people)
    groups: dict[str, tuple[Mailbox, ...]] = {}
    refused = []
    for address, members in memberships.items():
        if members is None:
            continue
        more = counted.union(member.address for member in members)
        if len(more) > MOST_MAILBOXES:
            refused.append(address)
        else:
            groups[address], counted = members, more
    return groups, refused


def _doubtful(mailbox: Mailbox, membership: Membership) -> Unavailable:
    assert membership.reason is not None
    words = "the group has too many members"
    if membership.reason is not Reason.GROUP_TOO_LARGE:
        words = "its directory does not tell whether it is a group, and of whom"
    return Unavailable(mailbox=mailbox, reason=membership.reason, detail=words, source=membership.source)


def _refused(mailbox: Mailbox) -> Unavailable:
    detail = f"with the members of its groups the question names more than {MOST_MAILBOXES} mailboxes"
    return Unavailable(mailbox=mailbox, reason=Reason.TOO_MANY_MAILBOXES, detail=detail)
