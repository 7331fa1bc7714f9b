"""The invariants of the house from the veil to the leaf, over random routes, policies, troubles and questions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from protocols.errors import PeerError
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.merging import merged
from protocols.model.window import TimeWindow
from proxy.answers import within
from proxy.connector import Leaf
from proxy.federation import Federation
from proxy.layers.batch import Batch, BatchLimits
from proxy.layers.breaker import Breaker
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from proxy.layers.extra import Extra
from proxy.layers.hedge import Beside, Hedge
from proxy.layers.limit import Limit
from proxy.layers.patience import Patience
from proxy.layers.spread import Spread
from proxy.layers.veil import Veil
from routing.policy import Policy, judge
from routing.table import Combine, Route, RouteTable, rewritten
from routing.ways import Ways
from tests.contracts.scripted import HOUR, Scripted, window
from tests.contracts.virtual import elapsed, now, run

NAMES = ("a", "b")
PEOPLE = [
    f"{local}@{domain}.example"
    for local in ("ann", "bob", "room")
    for domain in ("a", "b", "old", "x.b", "both", "first")
]
DEADLINE = timedelta(seconds=8)
EACH_BY_NAME = {name: f"{{local}}@{name}.example" for name in NAMES}


@dataclass(frozen=True)
class Mishap:
    """What happens to one call: it takes time, then a mishap, or what ``kind`` says of the answers."""

    takes: float
    kind: str


@dataclass(frozen=True)
class Scene:
    """Everything that may vary but the subjects."""

    routes: tuple[Route, ...]
    policy: Policy
    never_via: frozenset[str]
    blocks: dict[str, list[tuple[int, int, BusyStatus]]]
    doubts: dict[str, list[TimeWindow]]
    refusals: dict[str, Reason]
    mishaps: dict[str, list[Mishap]]
    most: int
    longest: int
    most_entries: int | None
    cuts_blocks: bool
    questions: tuple[tuple[float, tuple[str, ...], Question], ...]


class _Peer(Scripted):
    """A scripted peer whose calls meet the mishaps in turn; the last one stays."""

    mishaps: list[Mishap]

    async def ask(self, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        mishap = self.mishaps.pop(0) if len(self.mishaps) > 1 else self.mishaps[0]
        await asyncio.sleep(mishap.takes)
        if mishap.kind in _RAISED:
            raise _RAISED[mishap.kind]
        answers = await super().ask(mailboxes, question, as_of)
        if mishap.kind == "one missing":
            return answers[:-1]
        if mishap.kind == "one twice":
            return [*answers, answers[0]]
        if mishap.kind == "turned round":
            return answers[::-1]
        if mishap.kind == "half the window":
            half = TimeWindow(question.window.start, question.window.start + question.window.length / 2)
            return [_shortened(answer, half) for answer in answers]
        return answers


_RAISED: dict[str, Exception] = {
    "down": PeerError(Reason.UNREACHABLE),
    "throttled": PeerError(Reason.THROTTLED, retry_after=timedelta(seconds=2)),
    "garbled": PeerError(Reason.GARBLED),
    "our bug": ZeroDivisionError(),
}
_KINDS = ["", "", "", *_RAISED, "one missing", "one twice", "turned round", "half the window"]


def _shortened(answer: Answer, half: TimeWindow) -> Answer:
    """What a peer answers that stops in the middle and says so."""
    if isinstance(answer, Unavailable):
        return answer
    return replace(
        answer, window=half, intervals=answer.intervals.overlapping(half), unknown=within(half, answer.unknown)
    )


some_windows = st.builds(window, st.integers(-40, 60), st.integers(1, 40))
far_windows = st.builds(window, st.integers(800, 900), st.integers(1, 400))
statuses = st.sampled_from(BusyStatus)
mishap_lists = st.lists(
    st.builds(Mishap, st.sampled_from([0, 0, 0, 1, 6, 9, 40]), st.sampled_from(_KINDS)), min_size=1, max_size=5
)
ROUTES = (
    Route(match="a.example", via=("a",)),
    Route(match="b.example", via=("b",)),
    Route(match="old.example", via=("b",), rewrite="{local}@b.example"),
    Route(match="*.b.example", via=("a",), rewrite="{local}.{domain}@a.example"),
    Route(match="ann@a.example", via=("b",)),
    Route(match="room@b.example", via=("a",), rooms=True),
    Route(match="both.example", via=NAMES, combine=Combine.UNION, rewrite=EACH_BY_NAME),
    Route(match="first.example", via=NAMES, combine=Combine.FIRST, rewrite=EACH_BY_NAME),
)
routes = st.sets(st.sampled_from(ROUTES), max_size=3).map(
    lambda left_out: tuple(sorted(set(ROUTES) - left_out, key=str))
)
policies = st.builds(
    Policy,
    may_ask=st.sampled_from(
        [("*",), ("*",), ("a.example", "old.example"), ("*.example", "b.example"), ("ann@a.example",)]
    ),
    sees=st.sampled_from(Detail),
    unknown_as=st.sampled_from(["error", "busy"]),
    rooms=st.sampled_from([(), ("room@*",)]),
)
questions = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 10, 61]),
        st.lists(st.sampled_from([*PEOPLE, "Ann@A.example"]), min_size=1, max_size=8).map(tuple),
        st.builds(Question, window=some_windows | far_windows, detail=st.sampled_from(Detail)),
    ),
    min_size=1,
    max_size=4,
).map(tuple)
known = sorted({*PEOPLE, *(f"{local}.x.b.example@a.example" for local in ("ann", "bob", "room"))})
per_mailbox = st.sampled_from(known)
rows = st.lists(st.tuples(st.integers(-60, 100), st.integers(1, 50), statuses), max_size=4)
scenes = st.builds(
    Scene,
    routes=routes,
    policy=policies,
    never_via=st.sampled_from([frozenset(), frozenset(), frozenset({"a"})]),
    blocks=st.lists(rows, min_size=len(known), max_size=len(known)).map(
        lambda each: dict(zip(known, each, strict=True))
    ),
    doubts=st.dictionaries(per_mailbox, st.lists(some_windows, min_size=1, max_size=2), max_size=4),
    refusals=st.dictionaries(per_mailbox, st.sampled_from(Reason), max_size=2),
    mishaps=st.fixed_dictionaries(dict.fromkeys(NAMES, mishap_lists)),
    most=st.integers(1, 4),
    longest=st.sampled_from([24, 24 * 10, 24 * 20, 24 * 60]),
    most_entries=st.none() | st.integers(0, 6),
    cuts_blocks=st.booleans(),
    questions=questions,
)
calm = st.fixed_dictionaries({name: st.just([Mishap(0, "")]) for name in NAMES})


def _peer(scene: Scene, name: str, subject: str | None) -> _Peer:
    details = EventDetails(subject=subject) if subject else None
    peer = _Peer(
        blocks={
            address: [BusyInterval(window(start, hours), status, details) for start, hours, status in rows]
            for address, rows in scene.blocks.items()
        },
        refusals={each: Unavailable(mailbox=None, reason=reason) for each, reason in scene.refusals.items()},
        doubts=scene.doubts,
        most_entries=scene.most_entries,
        cuts_blocks=scene.cuts_blocks,
        indiscreet=True,
    )
    peer.mishaps = list(scene.mishaps[name])
    return peer


def _stack(scene: Scene, name: str, store: AnswerStore, subject: str | None) -> tuple[Cache, Coalesce]:
    peer = _peer(scene, name, subject)
    limits = [
        Limit(
            Leaf(name, peer.ask, now),
            concurrency=2,
            deadline=timedelta(seconds=5),
            clock=now,
            breaker=Breaker(clock=now, failures=2, pause=timedelta(seconds=3)),
        )
        for _ in range(2)
    ]
    lane = Spread(limits)
    patience = Patience(lane, deadline=timedelta(seconds=5), clock=now)
    keep = Keep(patience, name=name, store=store, clock=now)
    deadline, overdue = timedelta(seconds=5), timedelta(seconds=1)
    hedge = Hedge(
        keep,
        beside=Beside(Keep(lane, name=name, store=store, clock=now), lane.idle),
        extra=Extra(0.5),
        deadline=deadline,
        overdue=overdue,
        timer=elapsed,
        worked=lambda: 0.0,
    )
    batch = Batch(hedge, limits=lambda _: BatchLimits(scene.most, scene.longest * HOUR), name=name)
    coalesce = Coalesce(batch, name=name)
    return Cache(coalesce, name=name, store=store, clock=now), coalesce


def _play(scene: Scene, subject: str | None = "merger") -> list[list[Answer]]:
    """The answers to the scene's questions, each asked so many seconds after the one before, without waiting for it."""

    async def played() -> list[list[Answer]]:
        store, table = AnswerStore(), RouteTable(scene.routes)
        stacks = {name: _stack(scene, name, store, subject) for name in NAMES}
        caches = {name: cache for name, (cache, _) in stacks.items()}
        federation = Federation(ways=Ways(table), connectors=caches, deadline=DEADLINE, never_via=scene.never_via)
        veil = Veil(federation, policy=scene.policy, table=table)
        asked = []
        for pause, people, question in scene.questions:
            await asyncio.sleep(pause)
            asked.append(asyncio.create_task(veil.lookup([Mailbox.parse(person) for person in people], question)))
        await asyncio.wait(asked, timeout=DEADLINE.total_seconds() + 0.001)
        answers = [await task for task in asked if task.done()]
        assert len(answers) == len(asked), "an answer came after the deadline"
        await federation.close()
        for _, coalesce in stacks.values():
            await coalesce.close()
        return answers

    with capture_logs():
        return run(played())


def _asked(scene: Scene) -> list[tuple[Mailbox, Question, Route | None]]:
    table = RouteTable(scene.routes)
    mailboxes = [(Mailbox.parse(person), question) for _, people, question in scene.questions for person in people]
    return [(mailbox, question, table.find(mailbox)) for mailbox, question in mailboxes]


def _counting(scene: Scene, mailbox: Mailbox, route: Route) -> list[str]:
    """The addresses of the calendars that make up the truth about a mailbox."""
    addresses = [rewritten(mailbox, route, via).address for via in route.via]
    if route.combine is Combine.FIRST:
        strangers = [scene.refusals.get(address) is Reason.NO_SUCH_MAILBOX for address in addresses]
        return [addresses[strangers.index(False) if False in strangers else 0]]
    return addresses


def _truth(scene: Scene, address: str) -> tuple[Intervals, list[TimeWindow]]:
    rows = scene.blocks.get(address, [])
    blocks = Intervals.pack(BusyInterval(window(start, hours), status) for start, hours, status in rows)
    return blocks, scene.doubts.get(address, [])


def _whole_truth(scene: Scene, mailbox: Mailbox, route: Route) -> tuple[Intervals, list[TimeWindow], bool]:
    """What all calendars that count know and doubt together, and whether one of them knows nothing."""
    addresses = _counting(scene, mailbox, route)
    blocks, doubts = Intervals.pack(()), list[TimeWindow]()
    for address in addresses:
        theirs, doubted = _truth(scene, address)
        blocks, doubts = blocks.joined(theirs), [*doubts, *doubted]
    return blocks, doubts, any(address in scene.refusals for address in addresses)


@given(scenes)
def test_order_and_duplicates_are_kept(scene: Scene) -> None:
    for (_, people, _), answers in zip(scene.questions, _play(scene), strict=True):
        assert [answer.mailbox and answer.mailbox.asked for answer in answers] == list(people)


@given(scenes)
def test_never_falsely_free(scene: Scene) -> None:
    answers = [answer for answers in _play(scene) for answer in answers]
    for (mailbox, question, route), answer in zip(_asked(scene), answers, strict=True):
        if isinstance(answer, Unavailable):
            continue
        assert route is not None
        assert answer.window == question.window
        assert answer.unknown == ()
        blocks, doubts, silent = _whole_truth(scene, mailbox, route)
        if silent:
            doubts = [question.window]
        told = merged(answer.intervals, question.window, HOUR)
        true = merged(blocks, question.window, HOUR)
        doubtful = merged(Intervals.pack(()), question.window, HOUR, doubts)
        for cell, (shown, is_true, in_doubt) in enumerate(zip(told, true, doubtful, strict=True)):
            assert shown >= min(is_true, BusyStatus.BUSY), (cell, mailbox)  # doubt shows as Busy, away or not
            if in_doubt:
                assert scene.policy.unknown_as == "busy"
                assert shown >= BusyStatus.BUSY
        if scene.policy.unknown_as == "error":
            assert told == true


@given(scenes)
def test_never_more_than_allowed_is_seen(scene: Scene) -> None:
    answers = [answer for answers in _play(scene) for answer in answers]
    for (mailbox, question, route), answer in zip(_asked(scene), answers, strict=True):
        verdict = judge(scene.policy, mailbox, route)
        if not verdict.allowed:
            assert isinstance(answer, Unavailable)
            assert answer.reason is verdict.reason
        elif isinstance(answer, Availability) and Detail.BUSY in (verdict.detail, question.detail):
            assert answer.detail is Detail.BUSY
            assert not answer.intervals.has_details


@given(scenes)
def test_who_sees_busy_only_cannot_tell_the_subjects_apart(scene: Scene) -> None:
    scene = replace(scene, policy=replace(scene.policy, sees=Detail.BUSY))
    one, other, none = (_play(scene, subject) for subject in ("merger", "lunch", None))
    assert one == other == none


@given(scenes, calm, st.sampled_from(NAMES))
def test_a_mailbox_spoils_no_other_and_a_connector_no_other(
    scene: Scene, calm_mishaps: dict[str, list[Mishap]], healthy: str
) -> None:
    """Of a connector without mishaps, every allowed mailbox without troubles of its own is answered, in full."""
    scene = replace(scene, mishaps={**scene.mishaps, healthy: calm_mishaps[healthy]}, most_entries=None)
    answers = [answer for answers in _play(scene) for answer in answers]
    for (mailbox, question, route), answer in zip(_asked(scene), answers, strict=True):
        if route is None or route.via != (healthy,) or not judge(scene.policy, mailbox, route).allowed:
            continue
        if healthy in scene.never_via:
            assert isinstance(answer, Unavailable)
            assert answer.reason is Reason.LOOP
            continue
        blocks, doubts, silent = _whole_truth(scene, mailbox, route)
        if silent:
            assert isinstance(answer, Unavailable)
        elif not any(doubt.overlaps(question.window) for doubt in doubts):
            assert isinstance(answer, Availability), answer
            assert merged(answer.intervals, question.window, HOUR) == merged(blocks, question.window, HOUR)
