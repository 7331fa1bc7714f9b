"""What the spokes of contacts do alike when they write."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from calsync.items import Item
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.contacts_writing import Attempts, failed, is_of
from protocols.errors import PeerError
from protocols.model.card import Card
from protocols.model.freebusy import Reason
from tests.contracts.spoke_world import creation, deletion
from tests.protocols.scripted import run

ANN = Card(display_name="Ann")
LOST = Failed(reason=Reason.TIMEOUT, words="nobody knows", doubt=True)
REFUSED = Failed(reason=Reason.NO_ACCESS, words="not allowed")


class Server:
    """Makes copies; each outcome is told by a script."""

    def __init__(self, *outcomes: Failed | None) -> None:
        self.outcomes, self.there, self.asked = list(outcomes), dict[str, Item](), list[str]()
        self.down = False

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        if self.down:
            raise PeerError(Reason.TIMEOUT, "no answer")
        self.asked += [write.token for write in writes]
        return [self.there.get(write.token) for write in writes]

    async def do(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        return [self._one(write) for write in writes]

    def _one(self, write: Write) -> Outcome:
        if write.act is not Act.CREATE:
            return Written(None)
        outcome = self.outcomes.pop(0)
        item = Item(key=f"k{len(self.there)}", version="1", content=ANN, mark=write.mark)
        if outcome is None or outcome.doubt:
            self.there[write.token] = item
        return outcome or Written(item)


def once(attempts: Attempts, server: Server, *writes: Write) -> list[Outcome]:
    return run(attempts.once(writes, server.find, server.do))


def test_a_copy_that_may_have_been_made_is_looked_for_first() -> None:
    attempts, server = Attempts(), Server(LOST, None)
    assert once(attempts, server, creation(ANN, 1)) == [LOST]
    assert server.asked == []
    first, second = once(attempts, server, creation(ANN, 1), creation(ANN, 2))
    assert isinstance(first, Written)
    assert isinstance(second, Written)
    assert len(server.there) == 2
    assert server.asked == [creation(ANN, 1).token]


def test_what_was_surely_not_done_is_just_tried_again() -> None:
    attempts, server = Attempts(), Server(REFUSED, None)
    assert once(attempts, server, creation(ANN)) == [REFUSED]
    assert isinstance(once(attempts, server, creation(ANN))[0], Written)
    assert server.asked == []


def test_one_that_cannot_be_looked_for_is_not_made() -> None:
    attempts, server = Attempts(), Server(LOST)
    once(attempts, server, creation(ANN))
    server.down = True
    [outcome] = once(attempts, server, creation(ANN))
    assert isinstance(outcome, Failed)
    assert outcome.doubt
    assert len(server.there) == 1


def test_other_writes_are_done_as_they_come() -> None:
    attempts, server = Attempts(), Server(None)
    item = Item(key="x", version="1", content=ANN)
    outcomes = once(attempts, server, deletion(item), creation(ANN), deletion(item))
    assert (outcomes[0], outcomes[2]) == (Written(None), Written(None))
    assert once(attempts, server) == []


@pytest.mark.parametrize(
    ("reason", "doubt"), [(Reason.TIMEOUT, True), (Reason.THROTTLED, False), (Reason.NO_ACCESS, False)]
)
def test_a_failure_says_what_to_do(reason: Reason, doubt: bool) -> None:
    error = PeerError(reason, "HTTP 1", retry_after=timedelta(seconds=3))
    told = failed(error, "making the contact", {Reason.NO_ACCESS: "ask for more"}, doubt=True)
    assert (told.reason, told.doubt, told.retry_after) == (reason, doubt, timedelta(seconds=3))
    assert told.words.startswith("making the contact: ")
    assert ("ask for more" in told.words) == (reason is Reason.NO_ACCESS)


def test_whose_a_stamp_is() -> None:
    assert is_of("busyline:merger/1", "merger")
    assert not is_of("busyline:merger-2/1", "merger")
    assert not is_of("", "merger")
