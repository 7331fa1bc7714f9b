"""Whatever directories and calendars fail: a group of several systems is never freer than all of its members."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.model.freebusy import Availability, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.directories.book import Expanding, GroupBook
from proxy.directories.roll import Roll
from proxy.federation import Federation
from proxy.layers.groups import Groups
from proxy.layers.veil import Veil
from routing.backwards import Backwards
from routing.policy import Policy
from routing.table import Combine, Route, RouteTable
from routing.ways import Leg, Way, Ways
from tests.contracts.scripted import Scripted, block, window
from tests.contracts.virtual import now, run
from tests.proxy.directories.scripted import ScriptedDirectory, boxes

TEAM = "team@both.example"
PEOPLE = ("ann@b.example", "bob@b.example", "carl@c.example", "dora@c.example")
TABLE = RouteTable(
    [
        Route(match="b.example", via=("b",)),
        Route(match="c.example", via=("c",)),
        Route(match="both.example", via=("b",)),
    ]
)
QUESTION = Question(window=window(0, 24))
MEETING = window(1, 1)
_people = st.sets(st.sampled_from(PEOPLE))


class _Joined:
    """The team is known by ``legs``, in this order."""

    def __init__(self, combine: Combine, legs: tuple[str, ...]) -> None:
        self._combine, self._legs = combine, legs

    def way(self, mailbox: Mailbox) -> Leg | Way | None:
        if mailbox.address != TEAM:
            return None
        return Way(tuple(Leg(via, mailbox) for via in self._legs), self._combine)


@dataclass(frozen=True, kw_only=True)
class _World:
    """``lists``: who is in the team, by directory; None where it knows no such group."""

    combine: Combine
    legs: tuple[str, ...]
    lists: dict[str, set[str] | None]
    busy: set[str]
    silent: set[str]
    down: set[str]
    never_via: set[str]

    @property
    def members(self) -> set[str]:
        """Everybody whose time counts; of a chain the first list, and not what the caller brings with it when moved."""
        order = [via for via in self.legs if self.lists[via] is not None]
        if self.combine is Combine.FIRST:
            order = order[:1]
        if self.combine is Combine.MOVE:
            order = [via for via in order if via == self.legs[0] or via not in self.never_via]
        return {member for via in order for member in self.lists[via] or ()}


_worlds = st.builds(
    _World,
    combine=st.sampled_from(Combine),
    legs=st.permutations(["b", "c"]).map(tuple),
    lists=st.fixed_dictionaries({"b": st.none() | _people, "c": st.none() | _people}),
    busy=_people,
    silent=_people,
    down=st.sets(st.sampled_from(["b", "c"])),
    never_via=st.sets(st.sampled_from(["b", "c"]), max_size=1),
)


def _calendars(world: _World, via: str) -> Scripted:
    """Calendars that would call the team free, where they know it."""
    refused = {member: Unavailable(mailbox=None, reason=Reason.TIMEOUT) for member in world.silent}
    if world.lists[via] is None:
        refused[TEAM] = Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)
    return Scripted({member: [block(1, 1)] for member in world.busy}, refused)


async def _asked(world: _World, unknown_as: str) -> tuple[object, bool]:
    """What is said of the team twice: the second time from what is kept; and whether both were the same."""
    down = PeerError(Reason.UNREACHABLE)
    directories = {
        via: ScriptedDirectory(
            {} if told is None else {TEAM: tuple(sorted(told))}, failure=down if via in world.down else None
        )
        for via, told in world.lists.items()
    }
    ways = Ways(TABLE, follower=_Joined(world.combine, world.legs))
    policy = Policy(may_ask=("*",), unknown_as=unknown_as)  # type: ignore[arg-type]
    deadline = timedelta(seconds=8)
    federation = Federation(
        ways=ways,
        connectors={via: _calendars(world, via) for via in "bc"},
        deadline=deadline,
        never_via=tuple(world.never_via),
    )
    expanding = {
        via: Expanding(directory=one, concerns=lambda _: True, keep=timedelta(minutes=10))
        for via, one in directories.items()
    }
    roll = Roll(
        ways=ways,
        book=GroupBook(expanding, clock=now),
        backwards=Backwards(TABLE),
        written={},
        may_ask=lambda _: True,
        never_via=world.never_via,
    )
    veil = Veil(federation, policy=policy, table=TABLE, clock=now)
    groups = Groups(veil, roll=roll, policy=policy, table=TABLE, deadline=deadline, clock=now)
    [first] = await groups.lookup(boxes(TEAM), QUESTION)
    [second] = await groups.lookup(boxes(TEAM), QUESTION)
    await federation.close()
    return first, first == second


@settings(max_examples=300)
@given(_worlds, st.sampled_from(["error", "busy"]))
def test_a_group_is_never_freer_than_its_members(world: _World, unknown_as: str) -> None:
    answer, steady = run(_asked(world, unknown_as))
    assert steady
    if not isinstance(answer, Availability):
        return
    taken = [each.window for each in answer.intervals]
    if world.members & world.busy:
        assert any(part.covers(MEETING) for part in taken)
    hidden = {one for one in world.members if one.partition("@")[2][0] in world.never_via}
    if world.members & world.silent or hidden:
        assert any(part.covers(QUESTION.window) for part in taken)
