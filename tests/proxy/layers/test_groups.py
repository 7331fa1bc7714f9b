"""Tests of proxy/layers/groups.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector, Prompt
from proxy.directories.roll import Roll
from proxy.layers.groups import Groups
from proxy.layers.veil import Veil
from routing.policy import Policy
from routing.rules import About, Rule, Rules
from routing.table import Route, RouteTable
from tests.contracts.connector import ConnectorContract
from tests.contracts.prompt import PromptContract, Warm
from tests.contracts.scripted import Scripted, available, block, reasons, window
from tests.contracts.virtual import elapsed, now, run
from tests.proxy.directories.scripted import ScriptedDirectory, boxes
from tests.proxy.directories.test_roll import roll_of

TABLE = RouteTable([Route(match="b.example", via=("b",)), Route(match="c.example", via=("c",))])
OPEN = Policy(may_ask=("*",), sees=Detail.DETAILS)
QUESTION = Question(window=window(0, 24))
DETAILS = replace(QUESTION, detail=Detail.DETAILS)


def _groups(
    peer: Connector,
    directory: ScriptedDirectory,
    policy: Policy = OPEN,
    *,
    written: dict[str, tuple[Mailbox, ...]] | None = None,
    deadline: float = 8,
    roll: Roll | None = None,
) -> Groups:
    roll = roll or roll_of({"b": directory}, written=written, may_ask=policy.may_ask, table=TABLE)
    veil = Veil(peer, policy=policy, table=TABLE, clock=now)
    return Groups(veil, roll=roll, policy=policy, table=TABLE, deadline=timedelta(seconds=deadline), clock=now)


def _ask(groups: Groups, question: Question, *addresses: str) -> list[Answer]:
    return run(groups.lookup(boxes(*addresses), question))


def _busy(answer: Answer) -> list[object]:
    return [each.window for each in available(answer).intervals]


class TestGroups(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return _groups(peer, ScriptedDirectory())


class TestGroupsAtOnce(PromptContract):
    def prompt(self, peer: Warm) -> Prompt:
        return _groups(peer, ScriptedDirectory(), roll=roll_of({}, written={}, may_ask=("*",), table=TABLE))


class TestGroupsWhoseDirectoryIsWarm(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        directory = ScriptedDirectory()
        roll = roll_of({"b": directory}, table=TABLE)
        return _Warm(_groups(peer, directory, roll=roll), roll)


class TestBesideAGroup(ConnectorContract):
    """A group in the same question changes nothing for the others."""

    def around(self, peer: Scripted) -> Connector:
        return _Beside(_groups(peer, ScriptedDirectory({"team@b.example": ("ann@b.example", "zoe@b.example")})))


class _Warm:
    def __init__(self, groups: Groups, roll: Roll) -> None:
        self._groups, self._roll = groups, roll

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        for mailbox in mailboxes:
            await self._roll.settle(mailbox)
        return await self._groups.lookup(mailboxes, question)


class _Beside:
    def __init__(self, groups: Groups) -> None:
        self._groups = groups

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        return (await self._groups.lookup([*boxes("team@b.example"), *mailboxes], question))[1:]


def test_a_group_is_busy_when_anybody_of_it_is() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1)], "bob@b.example": [block(2, 1)], "zoe@b.example": [block(9, 1)]})
    groups = _groups(peer, ScriptedDirectory({"team@b.example": ("ann@b.example", "bob@b.example")}))
    team, zoe, again = _ask(groups, DETAILS, "team@b.example", "zoe@b.example", "team@b.example")
    assert _busy(team) == _busy(again) == [window(1, 2)]
    assert available(team).detail is Detail.BUSY
    assert available(zoe).detail is Detail.DETAILS
    # for the group's sake nobody's details were asked for, and what the peer says of the group itself is not shown
    assert {tuple(names) for names, question in peer.calls if question.detail is Detail.BUSY} == {
        ("ann@b.example", "bob@b.example")
    }


def test_what_the_peer_makes_of_a_group_is_never_shown() -> None:
    peer = Scripted({"team@b.example": [block(0, 24)]})
    groups = _groups(peer, ScriptedDirectory({"team@b.example": ("ann@b.example",)}))
    [team] = _ask(groups, QUESTION, "team@b.example")
    assert _busy(team) == []


@pytest.mark.parametrize("unknown_as", ["error", "busy"])
def test_policy_applies_to_each_member(unknown_as: str) -> None:
    peer = Scripted({"ann@b.example": [block(1, 1)]})
    policy = replace(OPEN, may_ask=("b.example",), unknown_as=unknown_as)  # type: ignore[arg-type]
    groups = _groups(peer, ScriptedDirectory({"team@b.example": ("ann@b.example", "bob@c.example")}), policy)
    team, ann = _ask(groups, QUESTION, "team@b.example", "ann@b.example")
    assert _busy(ann) == [window(1, 1)]
    assert all("bob@c.example" not in names for names, _ in peer.calls)
    if unknown_as == "error":
        assert reasons([team]) == [Reason.INCOMPLETE]
    else:
        assert window(0, 24) in _busy(team)
        assert available(team).unknown == ()


def test_a_group_that_may_not_be_asked_about_is_forbidden_like_anybody() -> None:
    directory, peer = ScriptedDirectory({"team@b.example": ("ann@c.example",)}), Scripted()
    groups = _groups(
        peer, directory, replace(OPEN, may_ask=("c.example",)), written={"list@b.example": boxes("a@c.example")}
    )
    answers = _ask(groups, QUESTION, "team@b.example", "list@b.example", "nobody@b.example")
    assert reasons(answers) == [Reason.FORBIDDEN] * 3
    assert directory.asked == []
    assert peer.calls == []


def test_rules_about_the_group_itself_hold() -> None:
    rule = Rule(number=1, about=(About("team@b.example", "team@b.example"),), horizon_ahead=0)
    policy = replace(OPEN, rules=Rules([rule], "caller", TABLE))
    groups = _groups(Scripted(), ScriptedDirectory({"team@b.example": ("ann@b.example",)}), policy)
    [team] = _ask(groups, QUESTION, "team@b.example")
    assert _busy(team) == [window(15, 9)]  # all of tomorrow


def test_written_groups_need_neither_route_nor_directory() -> None:
    directory = ScriptedDirectory(failure=PeerError(Reason.UNREACHABLE))
    written = {"board@merger.example": boxes("ann@c.example"), "none@merger.example": ()}
    groups = _groups(Scripted({"ann@c.example": [block(3, 1)]}), directory, written=written)
    board, nobody = _ask(groups, QUESTION, "board@merger.example", "none@merger.example")
    assert _busy(board) == [window(3, 1)]
    assert reasons([nobody]) == [Reason.NO_CALENDAR]
    assert directory.asked == []


def test_what_may_be_a_group_and_cannot_be_told_is_unavailable() -> None:
    peer = Scripted({"team@b.example": [block(1, 1)]})
    groups = _groups(peer, ScriptedDirectory(failure=PeerError(Reason.UNREACHABLE)))
    assert reasons(_ask(groups, QUESTION, "team@b.example", "ann@c.example")) == [Reason.UNREACHABLE, None]


def test_people_wait_no_longer_than_the_slower_of_both_and_not_at_all_when_it_is_known() -> None:
    async def timed() -> tuple[float, float]:
        groups = _groups(Scripted(takes=2), ScriptedDirectory(takes=1.5))
        start = elapsed()
        await groups.lookup(boxes("ann@b.example"), QUESTION)
        first = elapsed()
        await groups.lookup(boxes("ann@b.example"), QUESTION)
        return first - start, elapsed() - first

    assert run(timed()) == (2, 2)


def test_a_slow_directory_is_waited_for_until_the_deadline_and_remembered() -> None:
    async def told() -> list[Answer]:
        directory = ScriptedDirectory({"team@b.example": ("ann@b.example",)}, takes=10)
        groups = _groups(Scripted(), directory, deadline=8)
        [first, other] = await groups.lookup(boxes("team@b.example", "ann@c.example"), QUESTION)
        assert elapsed() == 8
        [again, _] = await groups.lookup(boxes("team@b.example", "ann@c.example"), QUESTION)
        assert directory.asked == ["team@b.example"]
        return [first, other, again]

    assert reasons(run(told())) == [Reason.TIMEOUT, None, None]


def test_members_of_a_group_that_was_new_share_what_is_left_of_the_deadline() -> None:
    async def told() -> list[Answer]:
        directory = ScriptedDirectory({"team@b.example": ("ann@b.example",)}, takes=3)
        answers = await _groups(Scripted(takes=6), directory, deadline=8).lookup(boxes("team@b.example"), QUESTION)
        assert elapsed() == 8
        return answers

    assert reasons(run(told())) == [Reason.INCOMPLETE]


def test_at_most_a_hundred_mailboxes_after_expansion() -> None:
    crowd = tuple(f"p{number}@b.example" for number in range(60))
    directory = ScriptedDirectory({"one@b.example": crowd, "two@b.example": tuple(f"x{name}" for name in crowd)})
    directory.groups["same@b.example"] = crowd
    directory.groups["large@b.example"] = tuple(f"l{number}@b.example" for number in range(100))
    names = ("one@b.example", "two@b.example", "same@b.example", "large@b.example", "p1@b.example")
    answers = _ask(_groups(Scripted(), directory), QUESTION, *names)
    assert reasons(answers) == [None, Reason.TOO_MANY_MAILBOXES, None, Reason.GROUP_TOO_LARGE, None]


_names = st.sampled_from(["ann", "bob", "carl", "zoe", "team", "crew"])


@settings(max_examples=60)
@given(
    asked=st.lists(_names, min_size=1, max_size=6),
    team=st.lists(_names, max_size=4),
    crew=st.lists(_names, max_size=4),
    busy=st.sets(_names),
    refused=st.sets(_names),
    may=st.sampled_from([("*",), ("b.example",)]),
)
def test_never_falsely_free(
    asked: list[str], team: list[str], crew: list[str], busy: set[str], refused: set[str], may: tuple[str, ...]
) -> None:
    """A group that is free has members, and all of them are known to be free."""
    people = {
        name: f"{name}@{'c' if name in ('carl', 'zoe') else 'b'}.example" for name in ("ann", "bob", "carl", "zoe")
    }
    addresses = people | {"team": "team@b.example", "crew": "crew@merger.example"}
    peer = Scripted(
        {addresses[name]: [block(1, 1)] for name in busy},
        {addresses[name]: Unavailable(mailbox=None, reason=Reason.TIMEOUT) for name in refused if name in people},
    )
    flat: dict[str, set[str]] = {}
    for name, direct in (("team", team), ("crew", crew)):
        other = set(crew if name == "team" else team) if {"team", "crew"} & set(direct) - {name} else set()
        flat[name] = (set(direct) | other) - {"team", "crew"}
    directory = ScriptedDirectory({"team@b.example": tuple(addresses[name] for name in sorted(flat["team"]))})
    written = {addresses["crew"]: boxes(*(addresses[name] for name in crew))}
    groups = _groups(peer, directory, replace(OPEN, may_ask=may), written=written)
    answers = _ask(groups, QUESTION, *(addresses[name] for name in asked))
    assert [answer.mailbox.address for answer in answers if answer.mailbox] == [addresses[name] for name in asked]
    for name, answer in zip(asked, answers, strict=True):
        if not isinstance(answer, Availability) or len(answer.intervals):
            continue
        members = flat.get(name, {name})
        assert members
        assert not members & (busy | refused)
        assert may == ("*",) or not any(addresses[one].endswith("@c.example") for one in members)
