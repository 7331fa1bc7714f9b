"""Nodes of a cluster for the tests of the second level: one peer and one clock each, one memory between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.connector import Leaf
from proxy.layers.second_level import Cluster, Lives, SecondLevel
from proxy.layers.store import AnswerStore
from proxy.sealing import Seal
from service.secrets import Secret
from service.shared_time import TimedStore
from tests.contracts.scripted import Scripted, block, window
from tests.contracts.virtual import elapsed, now
from tests.proxy.layers.shared_memory import SharedMemory

DAY_ASKED = Question(window=window(0, 24))
KEY = "ab" * 32
LIVES = Lives(ttl=timedelta(seconds=60), negative_ttl=timedelta(seconds=30))
BLOCKS = {"ann@b.example": [block(1, 1)]}


@dataclass
class Node:
    """One node before ``peer``; ``ahead`` is how far its time of day is from the others'."""

    peer: Scripted
    shared: SharedMemory
    name: bytes = b"one"
    key: str = KEY
    details: bool = False
    fingerprint: bytes = b"same"
    ahead: timedelta = timedelta()
    wait: timedelta = timedelta(seconds=3)
    store: AnswerStore = field(default_factory=AnswerStore)

    def __post_init__(self) -> None:
        self.timed = TimedStore(self.shared, steady=elapsed, wall=lambda: self.now().timestamp())
        self.cluster = Cluster(
            shared=self.timed, seal=Seal(Secret(self.key)), node=self.name, details=self.details, wait=self.wait
        )
        leaf = Leaf("b", self.peer.ask, self.now)
        self.level = SecondLevel(
            leaf,
            self.cluster,
            name="b",
            fingerprint=self.fingerprint,
            store=self.store,
            lives=LIVES,
            clock=self.now,
        )

    def now(self) -> datetime:
        return now() + self.ahead

    async def started(self) -> None:
        """Look at the clock of what is shared, as a node does that starts."""
        await self.timed.look([], token=self.name)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question = DAY_ASKED) -> list[Answer]:
        """And wait until what is shared is there."""
        answers = await self.level.lookup(mailboxes, question)
        await self.cluster.flights.close(grace=timedelta(seconds=1))
        return answers


def pair(**second: object) -> tuple[Node, Node]:
    """Two nodes with a peer each."""
    shared, knobs = SharedMemory(), {"name": b"two", **second}
    return Node(Scripted(dict(BLOCKS)), shared), Node(Scripted(dict(BLOCKS)), shared, **knobs)  # type: ignore[arg-type]
