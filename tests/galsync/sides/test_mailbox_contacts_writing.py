"""A batch of steps to the contacts of one mailbox."""

from datetime import UTC, datetime

import orjson
import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.sides.mailbox_contacts_writing import Known, Writing
from galsync.steps import Act, Step, Why
from protocols.errors import PeerError
from protocols.graph.batch import MOST
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.target import create, remove, retire, update
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANN = Entry(
    anchor="ad:ann", form=Form.CONTACT, address=Mailbox.parse("ann@b.example"), texts={Field.DISPLAY_NAME: "Ann"}
)
HELD = Held(key="1", version='W/"1"', stamp=Stamp("fabrikam", "ad:ann"))


def people(number: int) -> list[Step]:
    return [
        create(Entry(anchor=f"ad:{n}", form=Form.CONTACT, address=Mailbox.parse(f"p{n}@b.example")))
        for n in range(number)
    ]


class Graph:
    """Does whatever it is asked for, batch by batch, until it is told to ``fail``."""

    def __init__(self, fail: int = 99) -> None:
        self.sizes: list[int] = []
        self.fail = fail

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        requests = orjson.loads(request.body)["requests"]
        self.sizes.append(len(requests))
        if len(self.sizes) > self.fail:
            raise PeerError(Reason.TIMEOUT, "no answer")
        return json({"responses": [{"id": r["id"], "status": 201, "body": {"id": f"c{r['id']}"}} for r in requests]})


def write(send: Peer | Graph, *steps: Step, folder: str | None = "f", known: Known | None = None) -> list[Outcome]:
    writing = Writing(send=send, sync="fabrikam", category="B", api_url="https://graph.example", clock=lambda: NOW)
    return run(writing.write("u", folder, steps, known or Known()))


def test_a_hundred_are_five_batches_one_after_the_other() -> None:
    graph = Graph()
    outcomes = write(graph, *people(90))
    assert graph.sizes == [MOST] * 4 + [10]
    assert all(isinstance(each, Written) for each in outcomes)


def test_after_a_batch_that_failed_as_a_whole_no_other_is_sent() -> None:
    graph = Graph(fail=1)
    outcomes = write(graph, *people(90))
    assert graph.sizes == [MOST, MOST]
    assert [isinstance(each, Failed) for each in outcomes] == [False] * MOST + [True] * 70
    assert {(each.reason, each.doubt) for each in outcomes if isinstance(each, Failed)} == {(Reason.TIMEOUT, True)}


def test_two_of_one_address_are_not_made_at_once() -> None:
    other = Entry(anchor="ad:other", form=Form.CONTACT, address=ANN.address)
    outcomes = write(Graph(), create(ANN), create(other))
    assert [type(each) for each in outcomes] == [Written, Failed]


def test_where_there_is_no_folder_there_is_nothing_to_change() -> None:
    outcomes = write(Peer(), remove(HELD, "ad:ann"), update(ANN, HELD, texts=(Field.DISPLAY_NAME,)), folder=None)
    assert isinstance(outcomes[0], Written)
    assert isinstance(outcomes[1], Failed)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (create(Entry(anchor="a", form=Form.GUEST, address=ANN.address)), "only contacts"),
        (Step(act=Act.UPDATE, anchor="a", why=Why.CHANGED, entry=ANN), "names no contact"),
        (Step(act=Act.CREATE, anchor="a", why=Why.NEW), "only contacts"),
    ],
)
def test_steps_that_cannot_be_done_say_why(step: Step, words: str) -> None:
    [outcome] = write(Peer(), step)
    assert isinstance(outcome, Failed)
    assert words in outcome.words


def there(stamp: str = "busyline:fabrikam/ad:ann") -> HttpResponse:
    extended = [{"id": "String {9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9} Name BusylineStamp", "value": stamp}]
    body = {"id": "1", "@odata.etag": 'W/"1"', "displayName": "Ann", "singleValueExtendedProperties": extended}
    return json({"responses": [{"id": "0", "status": 200, "body": body}]})


def test_a_contact_cannot_be_hidden() -> None:
    [outcome] = write(Peer(there()), retire(HELD, "ad:ann"))
    assert isinstance(outcome, Failed)
    assert "removed" in outcome.words


def test_what_was_gone_between_looking_and_deleting_is_deleted() -> None:
    gone = json({"responses": [{"id": "0", "status": 404, "body": {"error": {"code": "ErrorItemNotFound"}}}]})
    assert write(Peer(there(), gone), remove(HELD, "ad:ann")) == [Written()]


def test_what_cannot_be_looked_at_is_not_touched() -> None:
    [outcome] = write(Peer(PeerError(Reason.TIMEOUT)), remove(HELD, "ad:ann"))
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.doubt) == (Reason.TIMEOUT, False)


def test_an_answer_without_an_id_is_doubt() -> None:
    [outcome] = write(Peer(json({"responses": [{"id": "0", "status": 201, "body": {}}]})), create(ANN))
    assert isinstance(outcome, Failed)
    assert outcome.doubt


def test_a_hint_is_looked_at_and_believed_only_if_it_is_so() -> None:
    known = Known({"busyline:fabrikam/ad:ann": "1", "ann@b.example": "1"})
    [outcome] = write(Peer(there()), create(ANN), known=known)
    assert isinstance(outcome, Failed)
    made = json({"responses": [{"id": "0", "status": 201, "body": {"id": "2"}}]})
    assert write(Peer(there("busyline:fabrikam/ad:other"), made), create(ANN), known=known) == [Written("2", "")]
    assert known.keys["ann@b.example"] == "2"
