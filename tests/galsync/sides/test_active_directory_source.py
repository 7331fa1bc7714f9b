"""Tests of galsync.sides.active_directory_source."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from galsync.sides.active_directory_source import ActiveDirectorySource, Wishes
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.ldap.filters import FilterError
from protocols.ldap.operations import Doing, Modification, Modify, Search
from protocols.ldap.searching import Ask
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from tests.contracts.source import ANN, BOB, TEAM, address, one, somebody
from tests.galsync.sides.active_directory_contracts import EXTRAS, ActiveDirectorySourceContract
from tests.galsync.sides.active_directory_world import World
from tests.protocols.ldap.forest import DOMAIN, Forest, schema_of_exchange
from tests.protocols.scripted import run

UNIT = f"OU=People,{DOMAIN}"


class TestWithExchange(ActiveDirectorySourceContract):
    """A directory whose schema is extended, by DirSync."""

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        yield Forest(schema_of_exchange())

    async def stale(self, token: str) -> str:
        return token[:17] + "dirsync:Z2FyYmFnZQ=="


class TestWithoutExchange(TestWithExchange):
    """A directory as Windows brings it."""

    exchange = False
    kinds = frozenset({Kind.USER, Kind.GROUP})
    hidden = False
    telling = frozenset(Field) - {Field.MANAGER} - EXTRAS

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        yield Forest()


class TestByUpdateNumbers(TestWithExchange):
    """A directory without DirSync."""

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        yield Forest(schema_of_exchange(), dirsync=False)

    async def stale(self, token: str) -> str:
        """A token of another domain controller."""
        head, _, number = token.rpartition(".")
        return f"{head[:-2]}00.{number}"


class TestWithoutSightOfWhatWent(TestWithExchange):
    """An account that does not see what is deleted: changes cannot be told without it."""

    changes = False

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        yield Forest(schema_of_exchange(), deleted=False)


def filled(*people: Person) -> tuple[Forest, World]:
    """A directory that holds these people."""
    forest = Forest(schema_of_exchange())
    world = World(forest, UNIT, exchange=True)
    run(world.open())
    run(world.settle(AddressBook(people)))
    return forest, world


def source(forest: Forest, **wishes: object) -> ActiveDirectorySource:
    return ActiveDirectorySource("fabrikam", forest, Wishes(base=UNIT, **wishes))  # type: ignore[arg-type]


def change(forest: Forest, dn: str, name: str, *values: bytes) -> None:
    run(forest(Modify(dn, (Modification(Doing.REPLACE, name, values),)), ()))


def test_a_manager_is_told_by_address() -> None:
    forest, world = filled(ANN, BOB)
    change(forest, world.dn(ANN.anchor), "manager", world.dn(BOB.anchor).encode())
    reading = run(source(forest).read())
    assert one(reading, address("ann")).texts[Field.MANAGER] == address("bob")
    assert Field.MANAGER not in one(reading, address("bob")).texts


def test_a_manager_outside_the_unit_is_looked_up() -> None:
    forest, world = filled(ANN)
    forest.put(f"CN=Boss,{DOMAIN}", {"objectClass": [b"user"], "mail": [b"boss@b.example"]})
    change(forest, world.dn(ANN.anchor), "manager", f"CN=Boss,{DOMAIN}".encode())
    assert one(run(source(forest).read()), address("ann")).texts[Field.MANAGER] == "boss@b.example"


def test_members_come_whole_though_the_directory_tells_them_in_ranges() -> None:
    people = [somebody(f"p{number}") for number in range(7)]
    team = somebody("team", Kind.GROUP, members=tuple(address(f"p{number}") for number in range(7)))
    forest, _ = filled(*people, team)
    forest.range = 3
    assert one(run(source(forest, members=True).read()), address("team")).members == team.members


def test_groups_of_a_person_are_told_whole_readings_alone() -> None:
    forest, world = filled(ANN, TEAM)
    change(forest, world.dn(ANN.anchor), "memberOf", world.dn(TEAM.anchor).encode())
    reading = run(source(forest, memberships=True).read())
    assert one(reading, address("ann")).groups == (address("team"),)
    assert reading.token is None


def test_groups_in_groups_count_whether_they_have_an_address_or_not() -> None:
    firm = somebody("firm", Kind.GROUP)
    forest, world = filled(ANN, TEAM, firm)
    change(forest, world.dn(ANN.anchor), "memberOf", world.dn(TEAM.anchor).encode())
    forest.put(f"CN=Hall,{DOMAIN}", {"objectClass": [b"group"], "memberOf": [world.dn(firm.anchor).encode()]})
    change(forest, world.dn(TEAM.anchor), "memberOf", f"CN=Hall,{DOMAIN}".encode())
    reading = run(source(forest, memberships=True).read())
    assert one(reading, address("ann")).groups == (address("firm"), address("team"))


def test_whoever_moves_out_of_the_unit_is_gone() -> None:
    """The change says nothing of it but the name: what was found by base and filter is not found any more."""
    forest, world = filled(ANN, BOB)
    here = source(forest)
    first = run(here.read())
    key = world.dn(ANN.anchor).lower()
    moved = forest.objects.pop(key)
    forest.objects[f"cn=ann,{DOMAIN.lower()}"] = moved
    forest.put(f"CN=Ann,{DOMAIN}", {**moved, "objectClass": [b"user"]})
    second = run(here.read(first.token))
    assert (second.whole, second.gone) == (False, (one(first, address("ann")).anchor,))


def test_empty_values_in_a_change_are_not_believed() -> None:
    """The directory of these tests answers every change with empty lists; what changed is read whole."""
    forest, world = filled(ANN)
    here = source(forest)
    first = run(here.read())
    change(forest, world.dn(ANN.anchor), "title", b"Chief")
    [person] = run(here.read(first.token)).people
    assert person.texts == {**ANN.texts, Field.TITLE: "Chief"}


def test_who_becomes_ours_is_gone() -> None:
    forest, world = filled(ANN)
    here = source(forest)
    first = run(here.read())
    change(forest, world.dn(ANN.anchor), "extensionAttribute3", b"busyline:x/y:z")
    second = run(here.read(first.token))
    assert second.gone == (one(first, address("ann")).anchor,)
    assert second.left == {Left.OURS: 1}


def test_a_token_of_other_wishes_gives_everybody() -> None:
    forest, _ = filled(ANN, BOB)
    first = run(source(forest).read())
    second = run(source(forest, filter="(title=*)").read(first.token))
    assert second.whole
    assert [person.primary for person in second.people] == [Mailbox.parse(address("ann"))]


def test_changes_cost_as_much_as_there_are() -> None:
    forest, world = filled(*(somebody(f"p{number}") for number in range(50)))
    here = source(forest, page=2)
    first = run(here.read())
    run(world.settle(AddressBook([somebody(f"p{number}") for number in range(50)] + [somebody("new")])))
    forest.seen.clear()
    second = run(here.read(first.token))
    assert [person.primary for person in second.people] == [Mailbox.parse(address("new"))]
    assert len([each for each in forest.seen if isinstance(each, Search)]) <= 6


def test_a_referral_is_no_person_and_no_error_and_is_named() -> None:
    forest, _ = filled(ANN)
    forest.referrals = ("ldap://europe.fabrikam.example/DC=europe,DC=fabrikam,DC=example",)
    reading = run(source(forest).read())
    assert len(reading.people) == 1
    assert reading.left == {Left.GARBLED: 1}
    assert reading.named == ((forest.referrals[0], Left.GARBLED),)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("displayName", b"\xff\xfe", Left.GARBLED),
        ("objectGUID", b"short", Left.GARBLED),
        ("extensionAttribute1", b"busyline:x/y:z", Left.OURS),
    ],
)
def test_one_who_cannot_be_read_spoils_no_other(name: str, value: bytes, why: Left) -> None:
    forest, world = filled(ANN, BOB)
    forest.objects[world.dn(ANN.anchor).lower()][name.lower()] = [value]
    reading = run(source(forest).read())
    assert [person.primary for person in reading.people] == [BOB.primary]
    assert reading.left == {why: 1}
    assert len(reading.named) == 1


def test_an_address_that_is_none_is_counted() -> None:
    forest, world = filled(ANN)
    change(forest, world.dn(ANN.anchor), "proxyAddresses")
    change(forest, world.dn(ANN.anchor), "mail", b"a" * 70 + b"@b.example")
    assert run(source(forest).read()).left == {Left.BAD_ADDRESS: 1}


def test_who_has_no_address_is_told_without_one() -> None:
    forest, _ = filled(replace(ANN, primary=None, aliases=()))
    [person] = run(source(forest).read()).people
    assert person.primary is None


@pytest.mark.parametrize(
    ("code", "reason"), [(51, Reason.THROTTLED), (32, Reason.NO_SUCH_MAILBOX), (10, Reason.NO_ROUTE)]
)
def test_a_directory_that_refuses_is_an_error(code: int, reason: Reason) -> None:
    forest, _ = filled(ANN)
    here = source(forest)

    forest.refusals = [(Search, UNIT, code)]
    with pytest.raises(PeerError) as caught:
        run(here.read())
    assert caught.value.reason is reason


def test_what_is_no_domain_controller_is_told_so() -> None:
    forest = Forest()
    forest.refusals = [(Search, "", 32)]
    with pytest.raises(PeerError, match="no domain controller"):
        run(source(forest).read())


def test_a_filter_that_is_none_is_found_out_at_once() -> None:
    with pytest.raises(FilterError):
        Wishes(filter="(title=")


async def test_photos_are_read_where_they_are_asked_for() -> None:
    forest = Forest(schema_of_exchange())
    world = World(forest, UNIT, exchange=True)
    await world.open()
    await world.settle(AddressBook([replace(ANN, photo=b"\xff\xd8 a photo"), BOB]))
    for wanted in (False, True):
        told = await ActiveDirectorySource("fabrikam", forest, Wishes(base=UNIT, photos=wanted)).read()
        assert sorted(one.photo for one in told.people) == [b"", b"\xff\xd8 a photo" if wanted else b""]
    asked = [each for each in forest.seen if isinstance(each, Search) and "thumbnailPhoto" in each.attributes]
    assert asked
