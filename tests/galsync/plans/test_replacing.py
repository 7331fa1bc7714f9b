"""Tests of galsync/plans/replacing.py: what is made anew holds what the old one would have held."""

from dataclasses import replace

import pytest

from galsync.entries import Form
from galsync.plans.fields import agreement
from galsync.plans.replacing import entry_of, made_anew, spelled
from galsync.steps import Act, Change, Step, Why
from protocols.model.person import Field
from tests.galsync.worlds import RULES, agreed_on, entry, held

STANDS = held(
    addresses=frozenset({"ann@fabrikam.example", "x500:/o=typed", "was@b.example", "sip:ann@b.example"}),
    texts={Field.TITLE: "old", Field.NOTES: "typed"},
    photo=b"theirs",
)
KNOWN = agreed_on(entry(aliases=("was@b.example",)))["ad:0"]
NEW = entry(form=Form.GUEST, aliases=("X500:/o=F/cn=Ann",), texts={Field.TITLE: "new"})
STEP = Step(
    act=Act.UPDATE,
    anchor="ad:0",
    why=Why.CHANGED,
    entry=NEW,
    held=STANDS,
    known=KNOWN,
    agreement=agreement(NEW, "k1", RULES),
    changes=(Change("title", "old", "new"),),
)


def test_the_old_one_goes_and_the_new_one_holds_what_others_added() -> None:
    removed, created = made_anew(STEP)
    assert (removed.act, removed.held, removed.known, removed.agreement) == (Act.REMOVE, STANDS, KNOWN, None)
    assert created.entry == replace(
        NEW,
        aliases=("X500:/o=F/cn=Ann", "X500:/o=typed"),
        texts={Field.TITLE: "new", Field.NOTES: "typed"},
        photo=b"theirs",
    )
    assert (created.act, created.held, created.agreement) == (Act.CREATE, None, agreement(NEW, "", RULES))


def test_a_photo_that_was_to_go_is_not_kept() -> None:
    _, created = made_anew(replace(STEP, changes=(Change("photo", "6 bytes", ""),)))
    assert created.entry is not None
    assert created.entry.photo == b""


def test_only_an_update_can_be_made_anew() -> None:
    with pytest.raises(ValueError, match="only an update"):
        made_anew(replace(STEP, held=None))


def test_what_stands_there_as_an_entry() -> None:
    made = entry_of(STANDS, "ad:0")
    aliases = ("was@b.example", "X500:/o=typed")
    assert made == entry(aliases=aliases, texts=STANDS.texts, photo=b"theirs")
    assert entry_of(replace(STANDS, form=None), "ad:0") is None
    assert entry_of(replace(STANDS, address=None), "ad:0") is None


def test_addresses_are_spelled_as_an_entry_has_them() -> None:
    assert spelled(["a@b", "sip:a@b", "x500:/o=a"]) == ("a@b", "X500:/o=a")
