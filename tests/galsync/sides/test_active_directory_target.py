"""Tests of galsync.sides.active_directory_target."""

from asyncio import run
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from galsync.engine.pictures import pictured
from galsync.entries import Form, Held
from galsync.plans.plan import plan
from galsync.plans.undoing import undo
from galsync.rows import Done
from galsync.rules import Rules
from galsync.side import Written
from galsync.sides.active_directory_target import ActiveDirectoryTarget, Standing
from protocols.errors import PeerError
from protocols.ldap.operations import Add, Search
from protocols.ldap.searching import Ask
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from tests.contracts.target import create
from tests.contracts.target_photos import ONE, TWO
from tests.galsync.sides.active_directory_contracts import EXTRAS, ActiveDirectoryTargetContract
from tests.protocols.ldap.forest import DOMAIN, Forest, schema_of_exchange, schema_of_windows

UNIT = f"OU=People,{DOMAIN}"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class TestContacts(ActiveDirectoryTargetContract):
    """Mail contacts in a directory with Exchange."""

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        yield Forest(schema_of_exchange())


class TestMailUsers(TestContacts):
    """Mail users there."""

    form = Form.MAIL_USER


class TestWithoutExchange(ActiveDirectoryTargetContract):
    """Mail contacts in a directory as Windows brings it."""

    exchange = False
    telling = frozenset(Field) - {Field.MANAGER} - EXTRAS

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        yield Forest(schema_of_windows())


def opened(forest: Forest, *, lists: tuple[str, ...] = (), stamp: str = "") -> ActiveDirectoryTarget:
    """The target over a directory with its unit."""
    forest.put(UNIT, {"objectClass": [b"organizationalUnit"]})
    standing = Standing(unit=UNIT, lists=lists, stamp=stamp)
    target = ActiveDirectoryTarget.open("fabrikam", "fabrikam", forest, standing, password=lambda: "Random-1!")
    return run(target)


async def all_of(target: ActiveDirectoryTarget) -> list[Held]:
    return [held async for held in target.held("")]


def test_without_exchange_it_says_what_is_left_out_and_hides_nothing() -> None:
    target = opened(Forest(schema_of_windows()))
    assert {"targetAddress", "mailNickname", "msExchHideFromAddressLists"} <= set(target.missing)
    assert target.ability.hides is False
    assert target.manner.stamp == "adminDescription"


def test_with_exchange_nothing_is_left_out_and_the_stamp_reaches_the_cloud() -> None:
    target = opened(Forest(schema_of_exchange()))
    assert target.missing == ()
    assert target.ability.hides is True
    assert target.manner.stamp == "extensionAttribute15"


def test_the_stamp_stands_where_the_administrator_wants_it() -> None:
    forest = Forest(schema_of_exchange())
    target = opened(forest, stamp="extensionAttribute7")
    entry = TestContacts().entry()
    run(target.write("", [create(entry)]))
    made = forest.objects[f"cn=ann,{UNIT.lower()}"]
    assert made["extensionattribute7"] == [b"busyline:fabrikam/ad:ann"]
    assert "extensionattribute15" not in made


def test_a_unit_that_is_not_there_is_told() -> None:
    standing = Standing(unit=UNIT)
    with pytest.raises(PeerError, match="the unit is not there") as caught:
        run(ActiveDirectoryTarget.open("fabrikam", "fabrikam", Forest(), standing, password=lambda: ""))
    assert caught.value.reason is Reason.NO_SUCH_MAILBOX


def test_of_strangers_no_more_is_told_than_their_name_and_addresses() -> None:
    forest = Forest(schema_of_exchange())
    target = opened(forest)
    forest.put(
        f"CN=Boss,{DOMAIN}",
        {"objectClass": [b"user"], "displayName": [b"Boss"], "title": [b"\xff"], "mail": [b"Boss@b.example"]},
    )
    [held] = run(all_of(target))
    assert held.texts == {Field.DISPLAY_NAME: "Boss"}
    assert held.addresses == {"boss@b.example"}
    assert held.form is None


def test_a_manager_is_written_and_told_by_address() -> None:
    forest = Forest(schema_of_exchange())
    target = opened(forest)
    boss, ann = TestContacts().entry("boss"), TestContacts().entry("ann")
    texts = {**ann.texts, Field.MANAGER: "boss@b.example"}
    outcomes = run(target.write("", [create(boss), create(replace(ann, texts=texts))]))
    assert len(outcomes) == 2
    assert forest.objects[f"cn=ann,{UNIT.lower()}"]["manager"] == [f"CN=Boss,{UNIT}".encode()]
    [held] = run(target.look("", [], ["ann@b.example"]))
    assert held.texts[Field.MANAGER] == "boss@b.example"


def test_who_looks_asks_in_chunks() -> None:
    forest = Forest(schema_of_exchange())
    target = opened(forest)
    forest.seen.clear()
    run(target.look("", [], [f"p{number}@b.example" for number in range(100)]))
    searches = [each for each in forest.seen if isinstance(each, Search)]
    assert 2 <= len(searches) <= 8
    assert all(len(each.filter) < 5_000 for each in searches)


def test_versions_come_by_one_question_for_a_batch() -> None:
    forest = Forest(schema_of_exchange())
    target = opened(forest)
    entries = [TestContacts().entry(f"p{number}") for number in range(10)]
    forest.seen.clear()
    run(target.write("", [create(each) for each in entries]))
    assert len([each for each in forest.seen if isinstance(each, Add)]) == 10
    assert len([each for each in forest.seen if isinstance(each, Search)]) == 11


def test_a_photo_that_was_replaced_comes_back_by_an_undo() -> None:
    """Who reads everybody reads no photo; what a plan replaces is looked up, and so the history has it."""
    forest = Forest(schema_of_exchange())
    target, rules = opened(forest), Rules(sync="fabrikam", links=True)
    ann = replace(TestContacts().entry(), photo=ONE)
    [first] = plan({ann.anchor: ann}, [], {}, rules, now=NOW).steps
    [made] = run(target.write("", [first]))
    assert isinstance(made, Written)
    assert first.agreement is not None
    known, dn = replace(first.agreement, key=made.key), made.key.lower()
    entries = {ann.anchor: replace(ann, photo=TWO)}
    changed = plan(entries, run(all_of(target)), {ann.anchor: known}, rules, now=NOW)
    [step] = run(pictured(target, "", changed)).steps
    assert step.held is not None
    assert step.held.photo == ONE
    run(target.write("", [step]))
    assert forest.objects[dn]["thumbnailphoto"] == [TWO]
    row = Done(
        act=step.act,
        anchor=step.anchor,
        key=made.key,
        entry=step.entry,
        before=step.held,
        known=step.known,
        agreement=step.agreement,
        changes=step.changes,
    )
    assert step.agreement is not None
    back = undo([row], run(target.look("", [made.key], [])), {ann.anchor: step.agreement}, sync="fabrikam")
    assert [isinstance(each, Written) for each in run(target.write("", back.writes))] == [True]
    assert forest.objects[dn]["thumbnailphoto"] == [ONE]


def test_what_only_looks_like_a_stamp_makes_no_group_ours() -> None:
    forest = Forest(schema_of_exchange())
    target, group = opened(forest), f"CN=Team,{UNIT}"
    told = {"objectClass": [b"group"], "mail": [b"team@b.example"], "member": [UNIT.encode()]}
    for text in (b"busyline: the product", b"busyline: a / b", b"\xffbusyline:s/a"):
        forest.put(group, {**told, "extensionAttribute15": [text]})
        forest.seen.clear()
        [held] = [each for each in run(all_of(target)) if each.key == group]
        assert (held.stamp, held.members) == (None, ())
        assert len([each for each in forest.seen if isinstance(each, Search)]) == 1
