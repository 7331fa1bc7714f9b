"""Which contact has an address or a stamp of ours."""

from datetime import UTC, datetime

from galsync.entries import Entry, Form, Held, Stamp
from galsync.sides.google_index import Index, concerned_by, taken_by
from galsync.steps import Act, Step, Why
from protocols.model.mailbox import Mailbox

ANN = Entry(anchor="ad:1", form=Form.CONTACT, address=Mailbox.parse("ann@b.example"), aliases=("X500:/o=B",))
NEW = Step(act=Act.CREATE, anchor="ad:1", why=Why.NEW, entry=ANN)
OLD = Step(act=Act.REMOVE, anchor="ad:1", why=Why.GONE, held=Held(key="k9"))


def test_what_a_new_one_takes() -> None:
    assert taken_by(NEW) == {"ann@b.example", "x500:/o=b"}
    assert taken_by(OLD) == frozenset()


def test_what_has_to_be_looked_at_first() -> None:
    index = Index(datetime(2026, 11, 23, tzinfo=UTC))
    assert concerned_by(NEW, index) == ()
    assert concerned_by(NEW, None) == ()
    assert concerned_by(OLD, None) == ("k9",)
    index.note(Held(key="k1", addresses=frozenset(["ann@b.example"]), stamp=Stamp("other", "ad:1")), "mine")
    index.note(Held(key="k2", stamp=Stamp("mine", "ad:1")), "mine")
    index.note(Held(key="k3", addresses=frozenset(["x500:/o=b", "bob@b.example"])), "mine")
    assert concerned_by(NEW, index) == ("k2", "k1", "k3")
