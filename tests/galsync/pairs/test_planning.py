"""Tests of galsync/pairs/planning.py: what lacks is planned in its order, and what must not be is refused whole."""

from dataclasses import replace

from galsync.pairs.deciding import NO_PROXY, NOT_YET, OLD_STAY, SHARED_BEFORE
from galsync.pairs.ends import Organisation, Stock
from galsync.pairs.pieces import Absent, Part
from galsync.pairs.planning import destinations, discovered, planned
from galsync.side import Failed
from service.state.database import Database
from tests.galsync.pairs.world import BROKEN, TextPiece, ends, pair_of

EVERY_OTHER = frozenset({Part.ACCOUNTS})


async def test_a_policy_at_both_then_what_stood_in_its_way(sqlite_database: Database) -> None:
    plan = await planned(pair_of(sqlite_database))
    assert [step.key for step in plan.steps] == ["source/policy", "destination/policy", "source/old", "destination/old"]
    assert (plan.refusals, plan.after, plan.idle, plan.writes) == ((), 0, False, 4)


async def test_what_stands_already_is_no_step(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    for end in ends(pair):
        end.of("policy", stands="on")
        end.of("old", stands="on", told=("it is for others, too",))
    plan = await planned(pair)
    assert plan.idle
    assert "source/old: it is for others, too" in plan.notes


async def test_where_one_has_no_policy_both_have_relationships(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[1].of("policy", stands=Absent("HTTP 404"))
    plan = await planned(pair)
    assert [step.key for step in plan.steps] == ["source/relationship", "destination/relationship"]
    assert "destination: the Microsoft 365 cross-tenant access policy is not available (HTTP 404)" in plan.notes[0]


async def test_relationships_without_a_look_at_policies(sqlite_database: Database) -> None:
    plan = await planned(pair_of(sqlite_database, policy=False))
    assert [step.key for step in plan.steps] == ["source/relationship", "destination/relationship"]


async def test_nothing_is_shared_where_nothing_shall_be(sqlite_database: Database) -> None:
    assert (await planned(pair_of(sqlite_database, sharing=False))).idle


async def test_a_policy_that_cannot_be_read_refuses_all(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("policy", stands=BROKEN)
    assert (await planned(pair)).refusals == ("source/policy cannot be looked at: HTTP 500",)


async def test_routes_where_a_policy_does_not_do(sqlite_database: Database) -> None:
    routes = TextPiece("routes", "file", part=Part.ROUTES)
    pair = pair_of(sqlite_database, routes=routes)
    plan = await planned(pair)
    assert NO_PROXY in plan.notes
    assert "routes" not in [step.key for step in plan.steps]
    assert (await planned(replace(pair, routes_wanted=True))).steps[-1].key == "routes"
    assert (await planned(replace(pair, policy=False))).steps[-1].key == "routes"
    assert (await planned(replace(pair, policy=False, routes_wanted=False))).steps[-1].key != "routes"
    ends(pair)[0].of("policy").told = ("somebody narrowed it",)
    assert (await planned(pair)).steps[-1].key == "routes"


async def test_a_part_alone(sqlite_database: Database) -> None:
    plan = await planned(pair_of(sqlite_database, licences=("SPE_E3",), account_domain="b.example"), EVERY_OTHER)
    assert [step.key for step in plan.steps] == [f"destination/account/{name}@a.example" for name in ("ann", "bob")]
    assert plan.licences == {"SPE_E3": (2, 5)}


async def test_too_few_licences_refuse_all(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database, licences=("spe_e3",), account_domain="b.example")
    ends(pair)[1].stocked = {"SPE_E3": Stock(sku="sku-e3", free=1)}
    assert (await planned(pair)).refusals == ("1 licences of spe_e3 lack: 2 are wanted and 1 are free",)
    ends(pair)[1].stocked = BROKEN
    assert (await planned(pair)).refusals == ("licences cannot be counted: HTTP 500",)
    ends(pair)[1].stocked = {}
    assert "the destination has no product spe_e3" in (await planned(pair)).refusals[0]


async def test_accounts_of_others_are_named(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database, licences=("SPE_E3",), account_domain="b.example")
    done = '{"enabled":false,"key":"","skus":["sku-e3"],"stamp":"ours"}'
    for name in ("ann", "bob"):
        ends(pair)[1].of(f"account/{name}@a.example", "sku-e3", part=Part.ACCOUNTS, stands=done, told=("not ours",))
    plan = await planned(pair, EVERY_OTHER)
    assert plan.steps == ()
    assert plan.notes == ("not ours", "not ours")


async def test_an_account_that_cannot_be_looked_at(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database, licences=("SPE_E3",), account_domain="b.example")
    ends(pair)[1].of("account/ann@a.example", stands=BROKEN)
    assert (await planned(pair, EVERY_OTHER)).refusals == (
        "destination/account/ann@a.example cannot be looked at: HTTP 500",
    )


async def test_strange_tenants_refuse_all(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[1].told = Organisation(id="id-source", domains=frozenset({"c.example"}))
    plan = await planned(pair)
    assert plan.steps == ()
    assert len(plan.refusals) == 2


async def test_who_is_discovered(sqlite_database: Database) -> None:
    people = await discovered(pair_of(sqlite_database))
    assert not isinstance(people, Failed)
    assert [str(person.primary) for person in people] == ["ann@a.example", "bob@a.example"]


async def test_free_busy_that_works_is_not_cut_for_a_policy_with_limits(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[1].of("policy", told=("the trust is blocked",))
    plan = await planned(pair)
    assert [step.key for step in plan.steps] == ["source/policy", "destination/policy"]
    assert OLD_STAY in plan.notes


async def test_routes_before_anything_is_shared(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database, routes=TextPiece("routes", "file", part=Part.ROUTES))
    assert (await planned(pair, frozenset({Part.ROUTES}))).notes == (NOT_YET,)
    for end in ends(pair):
        end.of("policy").stands = "on"
    assert (await planned(pair, frozenset({Part.ROUTES}))).notes == (NO_PROXY,)


async def test_what_was_shared_before_is_told(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database, sharing=False)
    await pair.record.begin("merger", Part.SHARING, "source/policy", was="", did="on")
    assert (await planned(pair)).notes == (SHARED_BEFORE,)


async def test_each_step_knows_its_tenant(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    plan = await planned(pair)
    assert plan.tenants == {"source": "id-source", "destination": "id-destination"}


async def test_where_people_will_be(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database, licences=("SPE_E3",), account_domain="b.example")
    stands = '{"enabled":true,"key":"1","skus":[],"stamp":""}'
    ends(pair)[1].of("account/ann@a.example", part=Part.ACCOUNTS, stands=stands)
    people = await discovered(pair)
    assert not isinstance(people, Failed)
    assert await destinations(pair, people) == {"ann@a.example": "", "bob@a.example": "bob@a.example"}
    ends(pair)[1].of("account/bob@a.example").stands = BROKEN
    assert await destinations(pair, people) == BROKEN
