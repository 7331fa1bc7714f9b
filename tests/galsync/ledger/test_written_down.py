"""Tests of galsync/ledger/written_down.py: whatever is written down is read back as it was."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Agreement, Entry, Held
from galsync.ledger.written_down import (
    agreement_in,
    agreement_out,
    done_in,
    entry_in,
    entry_out,
    held_in,
    held_out,
    step_out,
)
from galsync.rows import Done
from galsync.steps import Act, Change, Step, Why
from service.state.json_text import dumped, loaded
from tests.galsync.remembered import AGREEMENTS, ANYTHING, CHANGES, ENTRIES, HELD


@given(ENTRIES)
def test_an_entry_comes_back(entry: Entry) -> None:
    back = entry_in(loaded(dumped(entry_out(entry))))
    assert back == entry
    assert back.address.asked == entry.address.asked


@given(HELD)
def test_what_stands_there_comes_back(held: Held) -> None:
    assert held_in(loaded(dumped(held_out(held)))) == held


@given(AGREEMENTS)
def test_an_agreement_comes_back(agreement: Agreement) -> None:
    assert agreement_in(loaded(dumped(agreement_out(agreement)))) == agreement


@given(
    st.builds(
        Step,
        act=st.sampled_from(Act),
        anchor=ANYTHING,
        why=st.sampled_from(Why),
        entry=st.none() | ENTRIES,
        held=st.none() | HELD,
        agreement=st.none() | AGREEMENTS,
        known=st.none() | AGREEMENTS,
        changes=CHANGES,
        note=ANYTHING,
    )
)
def test_a_step_comes_back_as_undo_needs_it(step: Step) -> None:
    done, note = done_in(step_out(step), act=step.act, anchor=step.anchor, place="p", key="k")
    assert note == step.note
    assert done == Done(
        act=step.act,
        anchor=step.anchor,
        place="p",
        key="k",
        entry=step.entry and replace(step.entry, photo=b""),
        before=step.held,
        known=step.known,
        agreement=step.agreement,
        changes=step.changes,
    )


def test_what_is_empty_is_not_nothing() -> None:
    empty = Agreement(anchor="", key="", address="")
    step = Step(act=Act.UPDATE, anchor="a", why=Why.FOUND, held=Held(key=""), known=empty)
    done, _ = done_in(step_out(step), act=step.act, anchor="a", place="", key="")
    assert (done.before, done.known, done.agreement) == (Held(key=""), empty, None)


def test_what_lies_in_the_database_can_be_read_for_years() -> None:
    step = Step(
        act=Act.UPDATE,
        anchor="ad:1",
        why=Why.CHANGED,
        held=Held(key="CN=Ann", photo=b"\xff\xd8"),
        changes=(Change("phone", "1", "2"),),
    )
    assert json.loads(step_out(step)) == {
        "before": {"key": "CN=Ann", "photo": "/9g="},
        "changes": [["phone", "1", "2"]],
    }
