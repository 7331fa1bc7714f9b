"""Tests of galsync.sides.active_directory_groups."""

from asyncio import run
from collections.abc import Mapping
from dataclasses import replace

from galsync.entries import Entry, Form, Held
from galsync.side import Written
from galsync.sides.active_directory_groups import differing, members_of
from galsync.sides.microsoft_source import MicrosoftSource
from galsync.steps import Act, Left
from protocols.graph.people import Asked
from protocols.ldap.operations import Add, Modify
from protocols.ldap.replies import Found
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from tests.contracts.target import create, update
from tests.galsync.sides.microsoft_world import NOW, tenant
from tests.galsync.sides.test_active_directory_target import UNIT, all_of, opened
from tests.protocols.ldap.forest import DOMAIN, Forest, schema_of_exchange

GROUP = f"CN=Sales,{UNIT}"


def person(forest: Forest, name: str, *proxies: str) -> str:
    dn = f"CN={name},{UNIT}"
    attributes = {"objectClass": [b"user"], "mail": [f"{name}@b.example".encode()]}
    forest.put(dn, attributes | {"proxyAddresses": [each.encode() for each in proxies]})
    return dn


def entry(*members: str) -> Entry:
    names = tuple(f"{each}@b.example" for each in members)
    return Entry(anchor="ad:sales", form=Form.GROUP, address=Mailbox.parse("sales@b.example"), members=names)


def standing(*members: str) -> Held:
    return Held(key=GROUP, members=tuple(f"{each}@b.example" for each in members))


def test_members_that_come_in_ranges_are_all_told() -> None:
    forest = Forest()
    forest.range = 3
    forest.put(UNIT, {"objectClass": [b"organizationalUnit"]})
    names = [f"CN={number},{UNIT}".encode() for number in range(10)]
    forest.put(GROUP, {"objectClass": [b"group"], "member": names})
    told = run(members_of(forest, [Found(GROUP, {}), Found(f"CN=gone,{UNIT}", {})]))
    assert told == {GROUP: [name.decode() for name in names]}


def test_who_is_to_come_and_who_is_to_go() -> None:
    forest = Forest()
    forest.put(UNIT, {"objectClass": [b"organizationalUnit"]})
    ann, bob, cy = (person(forest, name) for name in ("ann", "bob", "cy"))
    nameless = f"CN=nameless,{UNIT}"
    forest.put(nameless, {"objectClass": [b"user"]})
    forest.put(GROUP, {"objectClass": [b"group"], "member": [each.encode() for each in (ann, cy, nameless)]})
    told = run(differing(forest, DOMAIN, Found(GROUP, {}), entry("ann", "bob", "nobody"), standing("ann", "cy")))
    assert (told.add, told.take, told.missing) == ((bob,), (cy,), ("nobody@b.example",))


def test_who_came_meanwhile_stays_and_who_is_there_already_is_not_added() -> None:
    forest = Forest()
    forest.put(UNIT, {"objectClass": [b"organizationalUnit"]})
    ann, bob = person(forest, "ann"), person(forest, "bob")
    forest.put(GROUP, {"objectClass": [b"group"], "member": [ann.encode(), bob.encode()]})
    told = run(differing(forest, DOMAIN, Found(GROUP, {}), entry("ann"), standing()))
    assert (told.add, told.take, told.missing) == ((), (), ())


def test_of_two_with_one_address_it_is_whose_main_one_it_is() -> None:
    forest = Forest()
    forest.put(UNIT, {"objectClass": [b"organizationalUnit"]})
    person(forest, "aaa", "SMTP:aaa@b.example", "smtp:zoe@b.example")
    zoe = person(forest, "zoe")
    forest.put(GROUP, {"objectClass": [b"group"]})
    assert run(differing(forest, DOMAIN, Found(GROUP, {}), entry("zoe"), None)).add == (zoe,)


def test_many_members_are_told_in_ranges_and_change_one_by_one() -> None:
    forest = Forest(schema_of_exchange())
    target, many = opened(forest), 60
    names = [f"p{number}" for number in range(many)]
    for name in names:
        person(forest, name)
    forest.seen.clear()
    [outcome] = run(target.write("", [create(entry(*names))]))
    assert isinstance(outcome, Written)
    assert len([each for each in forest.seen if isinstance(each, Add)]) == 1
    assert len([each for each in forest.seen if isinstance(each, Modify)]) == 0
    forest.range = 25
    [held] = [each for each in run(all_of(target)) if each.form is Form.GROUP]
    assert len(held.members) == many
    forest.seen.clear()
    assert isinstance(run(target.write("", [update(entry(*names[1:]), held, "members")]))[0], Written)
    [change] = [each for each in forest.seen if isinstance(each, Modify)]
    assert [each.values for each in change.changes if each.attribute == "member"] == [(f"CN=p0,{UNIT}".encode(),)]


def test_a_group_whose_making_broke_off_is_gone_on_with() -> None:
    """After a crash the group stands there with some of its members."""
    forest = Forest(schema_of_exchange())
    target = opened(forest)
    person(forest, "ann")
    bob = person(forest, "bob")
    assert isinstance(run(target.write("", [create(entry("ann"))]))[0], Written)
    step = create(entry("ann", "bob"))
    assert step.act is Act.CREATE
    assert isinstance(run(target.write("", [step]))[0], Written)
    made = forest.objects[f"cn=sales@b.example,{UNIT.lower()}"]
    assert bob.encode() in made["member"]


def test_a_group_that_we_made_is_left_out_where_entra_shows_it() -> None:
    """Entra Connect carries the description to the cloud, and no extension attribute that Graph shows of groups."""
    forest = Forest(schema_of_exchange())
    target = opened(forest)
    run(target.write("", [create(entry())]))
    there = forest.objects[GROUP.lower().replace("sales", "sales@b.example")]
    shown = Person(
        anchor="cloud",
        kind=Kind.GROUP,
        primary=Mailbox.parse("sales@b.example"),
        texts={Field.NOTES: there["description"][0].decode()},
        attributes={"onPremisesSyncEnabled": "true"},
    )
    assert run(_left_out(shown)) == {Left.OURS: 1}
    assert run(_left_out(replace(shown, texts={Field.NOTES: "All of them"}))) == {}


async def _left_out(group: Person) -> Mapping[Left, int]:
    async with tenant(AddressBook([group])) as graph:
        source = MicrosoftSource(
            "cloud", graph.send, api_url=graph.server.url, clock=lambda: NOW, sleep=graph.sleep, asked=Asked()
        )
        return (await source.read()).left


def test_a_description_keeps_what_somebody_typed_and_gets_the_stamp_again() -> None:
    forest = Forest(schema_of_exchange())
    target = opened(forest)
    person(forest, "ann")
    run(target.write("", [create(entry())]))
    dn = f"cn=sales@b.example,{UNIT.lower()}"
    stamp = forest.objects[dn]["description"][0]
    assert stamp == forest.objects[dn]["extensionattribute15"][0]
    forest.objects[dn]["description"] = [b"All of them"]
    [held] = [each for each in run(all_of(target)) if each.form is Form.GROUP]
    assert isinstance(run(target.write("", [update(entry("ann"), held, "members")]))[0], Written)
    assert forest.objects[dn]["description"] == [b"All of them\n" + stamp]
    assert len(forest.objects[dn]["member"]) == 1
