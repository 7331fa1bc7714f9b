"""What a caller may hear of automatic replies: policy, rules, loops, several calendars, failures, and the deadline."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from structlog.testing import capture_logs

from protocols.errors import PeerError
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Detail, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.automatic_replies import AskReply, Replies, Source, Told
from proxy.complaints import Complaints
from routing.policy import Policy
from routing.rules import About, Rule, Rules
from routing.table import Combine, Route, RouteTable
from routing.ways import Ways

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_ANN, _BOB = Mailbox.parse("ann@contoso.example"), Mailbox.parse("bob@contoso.example")
_AWAY = AutomaticReply("I am away, says the secret plan")
_ROUTES = (Route(match="contoso.example", via=("contoso",)), Route(match="fabrikam.example", via=("fabrikam",)))


class _Script:
    """Answers each address from a script, and remembers who was asked."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told, self.asked = told, list[str]()

    async def __call__(self, mailbox: Mailbox, now: datetime) -> AutomaticReply | None:
        self.asked.append(mailbox.address)
        said = self.told.get(mailbox.address)
        if isinstance(said, Exception):
            raise said
        if said is Ellipsis:
            await asyncio.Event().wait()
        return said if isinstance(said, AutomaticReply) else None


def _source(name: str, ask: AskReply) -> Source:
    complaints = Complaints(name, clock=lambda: _NOW)
    return Source(name=name, ask=ask, clock=lambda: _NOW, places=asyncio.Semaphore(2), complaints=complaints)


def _replies(
    sources: Mapping[str, AskReply],
    *,
    policy: Policy | None = None,
    routes: Sequence[Route] = _ROUTES,
    never_via: Sequence[str] = (),
    deadline: timedelta = timedelta(seconds=20),
) -> Replies:
    return Replies(
        policy=policy or Policy(may_ask=("contoso.example",)),
        ways=Ways(RouteTable(routes)),
        sources={name: _source(name, ask) for name, ask in sources.items()},
        never_via=never_via,
        deadline=deadline,
        clock=lambda: _NOW,
    )


def _reasons(told: Sequence[Told]) -> list[Reason | None]:
    return [each.reason if isinstance(each, Unavailable) else None for each in told]


async def test_order_and_duplicates_are_kept_and_each_is_asked_once() -> None:
    script = _Script({_ANN.address: _AWAY})
    told = await _replies({"contoso": script}).look_up([_BOB, _ANN, None, _ANN])
    assert told[0] is None
    assert told[1] == told[3] == _AWAY
    assert _reasons(told) == [None, None, Reason.INVALID_ADDRESS, None]
    assert sorted(script.asked) == [_ANN.address, _BOB.address]


async def test_who_may_not_be_asked_about_is_not() -> None:
    script = _Script({"eve@fabrikam.example": _AWAY})
    told = await _replies({"fabrikam": script}).look_up([Mailbox.parse("eve@fabrikam.example")])
    assert _reasons(told) == [Reason.FORBIDDEN]
    assert script.asked == []


async def test_of_a_connector_without_a_source_nothing_is_known_as_of_whom_may_not_be_asked_about() -> None:
    table = RouteTable(_ROUTES)
    rules = (Rule(number=1, about=(About(_ANN.address, _ANN.address),), busy_only=True),)
    policy = Policy(may_ask=("*",), rules=Rules(rules, "northwind", table))
    found = await _replies({}, policy=policy).look_up([_ANN, _BOB])  # the one who is kept back like the other
    assert _reasons(found) == [Reason.NO_ACCESS] * 2
    routes = [Route(match="contoso.example", via=("file", "mail"), combine=Combine.UNION)]
    for told in (None, _AWAY):  # who has no voice does not spoil what another tells
        assert await _replies({"mail": _Script({_ANN.address: told})}, routes=routes).look_up([_ANN]) == [told]
    for reason in (Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.UNREACHABLE):
        failing = {"mail": _Script({_ANN.address: PeerError(reason)})}
        assert _reasons(await _replies(failing, routes=routes).look_up([_ANN])) == [reason]


async def test_never_via_is_a_loop_here_too() -> None:
    script = _Script({_ANN.address: _AWAY})
    told = await _replies({"contoso": script}, never_via=("contoso",)).look_up([_ANN])
    assert (_reasons(told), script.asked) == ([Reason.LOOP], [])


async def test_one_failure_spoils_no_other_and_says_nothing_of_replies() -> None:
    script = _Script(
        {
            _ANN.address: PeerError(Reason.THROTTLED, "HTTP 429"),
            _BOB.address: ValueError(f"while reading {_AWAY.text}"),
            "eve@contoso.example": _AWAY,
        }
    )
    with capture_logs() as lines:
        told = await _replies({"contoso": script}).look_up([_ANN, _BOB, Mailbox.parse("eve@contoso.example")])
    assert _reasons(told) == [Reason.THROTTLED, Reason.PEER_FAILED, None]
    assert told[2] == _AWAY
    assert [line["event"] for line in lines] == ["peer_failed", "conversation_failed", "peer_failed"]
    assert "secret" not in repr(lines)
    assert "secret" not in repr(told)


async def test_the_deadline_cuts_who_is_late() -> None:
    script = _Script({_ANN.address: ..., _BOB.address: _AWAY})
    told = await _replies({"contoso": script}, deadline=timedelta(milliseconds=50)).look_up([_ANN, _BOB])
    assert _reasons(told) == [Reason.TIMEOUT, None]
    assert told[1] == _AWAY


async def test_of_several_calendars_the_first_that_tells() -> None:
    routes = [Route(match="contoso.example", via=("old", "new"), combine=Combine.UNION)]
    gone = PeerError(Reason.NO_SUCH_MAILBOX)
    down = PeerError(Reason.UNREACHABLE)

    async def told(old: Any, new: Any) -> Told:
        sources = {"old": _Script({_ANN.address: old}), "new": _Script({_ANN.address: new})}
        (found,) = await _replies(sources, routes=routes).look_up([_ANN])
        return found

    assert await told(_AWAY, None) == await told(None, _AWAY) == await told(gone, _AWAY) == await told(down, _AWAY)
    assert await told(None, None) is await told(gone, None) is await told(None, gone) is None
    for old, new, reason in ((gone, gone, gone), (down, None, down), (gone, down, down), (None, down, down)):
        assert _reasons([await told(old, new)]) == [reason.reason]


async def test_a_rule_that_hides_anything_hides_the_reply() -> None:
    table = RouteTable(_ROUTES)

    def policy(**rule: Any) -> Policy:
        rules = (Rule(number=1, about=(About(_ANN.address, _ANN.address),), **rule),)
        return Policy(may_ask=("*",), rules=Rules(rules, "northwind", table))

    for rule in ({"busy_only": True}, {"sees": Detail.BUSY}, {"horizon_ahead": 30}, {"redact": ("merger",)}):
        script = _Script({_ANN.address: _AWAY, _BOB.address: _AWAY})
        told = await _replies({"contoso": script}, policy=policy(**rule)).look_up([_ANN, _BOB])
        assert told == [None, _AWAY]
        assert script.asked == [_BOB.address]


async def test_no_more_than_a_few_calls_at_once() -> None:
    now = most = 0

    async def ask(mailbox: Mailbox, at: datetime) -> AutomaticReply | None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return None

    people = [Mailbox.parse(f"person{number}@contoso.example") for number in range(20)]
    assert await _replies({"contoso": ask}).look_up(people) == [None] * 20
    assert most == 2
