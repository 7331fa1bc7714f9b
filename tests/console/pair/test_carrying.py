"""Tests of console/pair/carrying.py: two simulated tenants, prepared by the command line alone, and taken back."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.cli import run
from protocols.graph.cross_tenant import AVAILABILITY, SHARING
from protocols.model.person import Kind
from simulation.faults import Trouble
from simulation.graph.licences import Sku
from tests.console.gal.aside import aside
from tests.console.pair.tenants import ACCOUNTS, E3, IDS, Typing, relationship, somebody, two_tenants

FABRIKAM = ["ann@fabrikam.example", "blue@fabrikam.example", "bob@fabrikam.example"]
CONTOSO = ["cy@contoso.example", "dan@contoso.example"]
BASIC = "crossTenantCalendarAvailabilityBasic"
BLOCKED = {"users": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}}
EVERYTHING = f"distribution_lists = true\ngroups = true\n{ACCOUNTS}"


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typing]:
    """Two tenants that know nothing of each other."""
    monkeypatch.setenv("CONTOSO_SECRET", "contoso-secret")
    with aside(two_tenants(tmp_path)) as made:
        yield made


def test_forth_and_back(typing: Typing) -> None:
    relationship(typing, "contoso", "Old", ["fabrikam.example"])
    typing.writes(EVERYTHING)
    before = typing.world
    assert typing.types("plan", "merger") == 0
    assert typing.world == before
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    fabrikam, contoso = typing.sides.values()
    assert contoso.contacts == sorted([*FABRIKAM, "sales@fabrikam.example", "team@fabrikam.example"])
    assert fabrikam.contacts == CONTOSO
    assert contoso.book.find("ann@contoso.example") is not None
    assert list(contoso.desk.licences.state.values()) == [{E3}, {E3}]
    assert contoso.organisation.policies.allows(IDS["fabrikam"], BASIC)
    assert fabrikam.organisation.policies.allows(IDS["contoso"], BASIC)
    assert contoso.exchange.sharing.naming(["fabrikam.example"]) == []
    told = typing.json("plan", "merger")
    assert (told["writes"], told["steps"]) == (0, [])
    assert typing.types("plan", "merger") == 0
    assert "nothing to do" in typing.out
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.world == before
    assert typing.types("undo", "merger", "--yes") == 0
    assert "nothing to take back" in typing.out


def test_what_was_taken_back_can_be_done_again(typing: Typing) -> None:
    typing.writes(EVERYTHING)
    assert typing.types("apply", "merger", "--yes") == 0
    after = typing.sides["contoso"].contacts
    assert typing.types("undo", "merger", "--yes") == 0
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert typing.sides["contoso"].contacts == after


def test_accounts_that_were_made_are_no_people_of_the_destination(typing: Typing) -> None:
    typing.writes('accounts = { licences = ["SPE_E3"], usage_location = "DE", enabled = true }\n')
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert typing.json("plan", "merger")["writes"] == 0
    assert typing.sides["fabrikam"].contacts == CONTOSO


def test_too_few_licences_refuse_everything(typing: Typing) -> None:
    typing.writes(EVERYTHING)
    typing.sides["contoso"].desk.licences.skus[E3] = Sku("SPE_E3", 1)
    before = typing.world
    told = typing.json("apply", "merger", "--yes", code=1)
    assert told["refusals"] == ["1 licences of SPE_E3 lack: 2 are wanted and 1 are free"]
    assert typing.world == before
    assert typing.types("plan", "merger") == 1
    assert "nothing of this plan is done" in typing.out


def test_a_product_that_nobody_bought(typing: Typing) -> None:
    typing.writes('accounts = { licences = ["ENTERPRISEPACK"], usage_location = "DE" }\n')
    assert "has no product ENTERPRISEPACK" in typing.json("plan", "merger", code=1)["refusals"][0]


def test_without_a_policy_there_are_relationships(typing: Typing) -> None:
    typing.writes('individual = { detail = "limited-details" }\n')
    typing.sides["contoso"].organisation.policies.ways = frozenset()
    before = typing.world
    told = typing.json("plan", "merger")
    assert "policy is not available" in told["notes"][0]
    keys = [step["key"].split("/")[:2] for step in told["steps"]]
    ends = [[end, what] for end in ("source", "destination") for what in ("relationship", "individual")]
    assert keys == [*ends, ["routes"]]
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    for name, side in typing.sides.items():
        other = "contoso" if name == "fabrikam" else "fabrikam"
        (made,) = side.exchange.sharing.naming([f"{other}.example"])
        assert (made["Name"], made["FreeBusyAccessLevel"]) == ("Busyline merger", "AvailabilityOnly")
        assert side.shows(other) == "availability"
        (policy,) = side.exchange.sharing.policies
        assert f"{other}.example:CalendarSharingFreeBusyDetail" in policy["Domains"]
    assert '[[routes]]\nmatch = "fabrikam.example"\nvia = "fabrikam"\n' in typing.path.read_text()
    assert typing.json("plan", "merger")["writes"] == 0
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.world == before


def test_relationships_where_they_are_asked_for(typing: Typing) -> None:
    typing.writes('sharing = "relationship"\ndetail = "limited-details"\n')
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    (made,) = typing.sides["contoso"].exchange.sharing.relationships
    assert made["FreeBusyAccessLevel"] == "LimitedDetails"
    assert typing.sides["contoso"].organisation.policies.state["partners"] == {}


def test_routes_are_planned_for_a_policy_where_they_are_asked_for(typing: Typing) -> None:
    typing.writes("routes = true\n")
    assert "routes" in {step["part"] for step in typing.json("plan", "merger")["steps"]}
    typing.writes("")
    told = typing.json("plan", "merger")
    assert "routes" not in {step["part"] for step in told["steps"]}
    assert any("no proxy is needed" in note for note in told["notes"])


def test_groups_again_at_any_time(typing: Typing) -> None:
    typing.writes("distribution_lists = true\n")
    assert typing.types("apply", "merger", "--yes") == 0
    contoso = typing.sides["contoso"]
    assert "sales@fabrikam.example" in contoso.contacts
    assert "team@fabrikam.example" not in contoso.contacts
    typing.sides["fabrikam"].book.put(somebody("fabrikam", "eve"))
    typing.sides["fabrikam"].book.put(somebody("fabrikam", "all", Kind.GROUP))
    told = typing.json("apply", "merger", "--yes", "--only", "groups")
    assert [run["sync"] for run in told["runs"]] == ["merger.groups"]
    assert "all@fabrikam.example" in contoso.contacts
    assert "eve@fabrikam.example" not in contoso.contacts


def test_microsoft_365_groups_alone(typing: Typing) -> None:
    typing.writes("groups = true\n")
    assert typing.types("apply", "merger", "--yes") == 0
    assert "team@fabrikam.example" in typing.sides["contoso"].contacts
    assert "sales@fabrikam.example" not in typing.sides["contoso"].contacts


def test_nothing_is_done_without_a_yes(typing: Typing) -> None:
    before = typing.world
    assert typing.types("apply", "merger") == 2
    assert "write --yes" in typing.err
    assert typing.types("apply", "merger", answers="n\n") == 1
    assert typing.world == before
    assert typing.types("apply", "merger", answers="y\n") == 0
    assert typing.types("undo", "merger") == 2
    assert typing.types("undo", "merger", answers="n\n") == 1
    assert typing.sides["contoso"].contacts == FABRIKAM


def test_a_pair_that_is_none(typing: Typing) -> None:
    assert typing.types("plan", "merge") == 2
    assert "did you mean merger?" in typing.err


def test_an_account_that_is_in_use_is_left_and_named(typing: Typing) -> None:
    typing.writes(ACCOUNTS)
    assert typing.types("apply", "merger", "--yes") == 0
    book = typing.sides["contoso"].book
    ann = book.find("ann@contoso.example")
    assert ann is not None
    book.put(replace(ann, disabled=False, attributes={**ann.attributes, "lastSignIn": "2026-11-23T09:00:00Z"}))
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert "ann@contoso.example: somebody changed since whether somebody may sign in: it is left" in typing.out
    assert "left  destination (contoso): the account ann@contoso.example" in typing.out
    assert book.find("ann@contoso.example") is not None
    assert book.find("bob@contoso.example") is None
    assert typing.sides["contoso"].contacts == []
    assert typing.types("undo", "merger", "--yes") == 0
    assert "ann@contoso.example: somebody changed since" in typing.out  # for as long as it is there
    assert "nothing to take back but what is left as it is" in typing.out
    book.remove(ann.anchor)
    assert typing.types("undo", "merger", "--yes") == 0
    assert typing.types("undo", "merger", "--yes") == 0
    assert "nothing of this pair's stands any more" in typing.out


def test_an_account_of_somebody_else_is_left(typing: Typing) -> None:
    book = typing.sides["contoso"].book
    book.put(somebody("contoso", "ann", attributes={"userPrincipalName": "ann@contoso.example"}))
    typing.writes(ACCOUNTS)
    told = typing.json("plan", "merger")
    assert [step["key"] for step in told["steps"] if step["part"] == "accounts"] == [
        "destination/account/bob@contoso.example/fabrikam:fabrikam-bob"
    ]
    assert any("ann@contoso.example is there already and was not made by" in note for note in told["notes"])


def test_what_somebody_changed_since_is_left(typing: Typing) -> None:
    assert typing.types("apply", "merger", "--yes") == 0
    policies = typing.sides["contoso"].organisation.policies
    policies.capabilities[IDS["fabrikam"]][BASIC] = {
        "isAllowed": False,
        "resourceScopes": {"included": [], "excluded": []},
    }
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert "somebody changed it since" in typing.out
    assert policies.capabilities[IDS["fabrikam"]][BASIC]["isAllowed"] is False
    assert typing.sides["fabrikam"].organisation.policies.state["partners"] == {}


def test_a_domain_of_another_tenant(typing: Typing) -> None:
    text = typing.path.read_text().replace('domain = "contoso.example"', 'domain = "tailspin.example"')
    typing.path.write_text(text.replace('domains = ["contoso.example"]', ""))
    told = typing.json("plan", "merger", code=1)
    assert "tailspin.example is no verified domain of destination (contoso)" in told["refusals"][0]


def test_scripts_where_nobody_may_write_from_outside(typing: Typing) -> None:
    typing.scripts = True
    typing.writes()
    told = typing.json("plan", "merger", code=1)
    assert all("there is no export" in sync["stopped"] for sync in told["syncs"]), told["syncs"]
    assert [step["key"] for step in told["steps"]][2:] == [
        "source/script/contoso.example",
        "destination/script/fabrikam.example",
    ]
    assert typing.types("apply", "merger", "--yes") == 1
    assert "handed over  destination (contoso): a script for Exchange" in typing.out
    folder = typing.folder / "contoso-scripts" / "merger"
    assert b"fabrikam.example" in (folder / "sharing.ps1").read_bytes()
    assert typing.json("plan", "merger", code=1)["steps"] == []
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert not (folder / "sharing.ps1").exists()
    assert (folder / "sharing-way-back.ps1").exists()
    assert typing.sides["contoso"].organisation.policies.state["partners"] == {}


def test_a_step_that_fails_stops_what_depends_on_it(typing: Typing) -> None:
    relationship(typing, "contoso", "Old", ["fabrikam.example"])
    typing.writes("contacts = false\n")
    faults = typing.sides["contoso"].graph.faults
    faults.trouble, faults.only = Trouble.DENIED, lambda call: call.method == "POST" and "policies" in call.path
    told = typing.json("apply", "merger", "--yes", code=1)
    assert [each["state"] for each in told["outcomes"]] == ["done", "failed", "failed"]
    assert told["outcomes"][2]["words"] == "not tried, since a step before it failed"
    assert typing.sides["contoso"].exchange.sharing.naming(["fabrikam.example"])
    faults.clear()
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert typing.sides["contoso"].exchange.sharing.naming(["fabrikam.example"]) == []


def test_who_asks_to_be_left_alone_is(typing: Typing) -> None:
    typing.writes("contacts = false\n")
    faults = typing.sides["contoso"].graph.faults
    faults.trouble, faults.times, faults.retry_after = Trouble.THROTTLED, 3, 0.0
    assert typing.types("apply", "merger", "--yes") == 0, typing.out


def test_a_tenant_that_cannot_be_read(typing: Typing) -> None:
    faults = typing.sides["contoso"].graph.faults
    faults.trouble = Trouble.DENIED
    told = typing.json("apply", "merger", "--yes", code=1)
    assert "destination (contoso) cannot be read" in told["refusals"][0]
    assert typing.sides["fabrikam"].contacts == []


def test_what_stands_in_the_way_of_a_policy_is_told(typing: Typing) -> None:
    policies = typing.sides["contoso"].organisation.policies
    policies.partners[IDS["fabrikam"]] = {"tenantId": IDS["fabrikam"], "m365CollaborationInbound": BLOCKED}
    typing.writes("contacts = false\n")
    told = typing.json("plan", "merger")
    assert "routes" in {step["part"] for step in told["steps"]}  # the policy alone does not do it
    (step,) = [step for step in told["steps"] if step["key"].startswith("destination/policy")]
    assert "m365CollaborationInbound is set otherwise there, and stays so" in step["notes"][0]


def test_groups_are_copied_with_their_members_where_that_is_asked_for(typing: Typing) -> None:
    typing.writes('distribution_lists = true\ngroup_address = "{local}.fabrikam@contoso.example"\n')
    before = typing.world
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert typing.json("plan", "merger")["writes"] == 0
    recipients = typing.sides["contoso"].exchange.recipients
    (group,) = [row for row in recipients.rows.values() if "Group" in row["RecipientTypeDetails"]]
    assert group["PrimarySmtpAddress"] == "sales.fabrikam@contoso.example"
    sales = somebody("fabrikam", "sales", Kind.GROUP, members=("ann@fabrikam.example", "bob@fabrikam.example"))
    typing.sides["fabrikam"].book.put(sales)
    told = typing.json("plan", "merger", "--only", "groups")
    assert [step["act"] for sync in told["syncs"] for step in sync["steps"]] == ["update"]
    assert typing.types("apply", "merger", "--yes", "--only", "groups") == 0, typing.out
    assert typing.json("plan", "merger")["writes"] == 0
    typing.sides["fabrikam"].book.put(somebody("fabrikam", "sales", Kind.GROUP, members=("ann@fabrikam.example",)))
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.world == before


def test_the_syncs_of_a_pair_have_a_history(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    assert typing.types("apply", "merger", "--yes", "--only", "contacts") == 0, typing.out
    assert run(["gal", "history", "merger.to-destination", "--config", str(typing.path)]) == 0
    assert "3 created" in capsys.readouterr().out


def test_what_people_may_share_by_themselves(typing: Typing) -> None:
    relationship(typing, "fabrikam", "Old", ["contoso.example"])
    typing.writes('contacts = false\ndetail = "limited-details"\nindividual = { detail = "reviewer" }\n')
    before = typing.world
    fabrikam, contoso = typing.sides.values()
    assert (fabrikam.shows("contoso"), contoso.shows("fabrikam")) == ("availability", "")
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert (fabrikam.shows("contoso"), contoso.shows("fabrikam")) == ("limited-details", "limited-details")
    policies = typing.sides["fabrikam"].organisation.policies
    assert policies.allows(IDS["contoso"], AVAILABILITY["limited-details"])
    assert policies.allows(IDS["contoso"], SHARING["reviewer"])
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.world == before


def test_a_file_that_cannot_be_written_is_told_and_the_rest_is_done(
    typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing.writes("contacts = false\nroutes = true\n")
    real = os.access  # root may write whatever the mode says

    def allowed(path: Path, mode: int) -> bool:
        return not (mode & os.W_OK and Path(path) == typing.path) and real(path, mode)

    monkeypatch.setattr(os, "access", allowed)
    before = typing.path.read_text()
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert '[[routes]]\n      match = "fabrikam.example"\n      via = "fabrikam"\n' in typing.out
    assert f"handed over  {typing.path}: free/busy routes" in typing.out
    assert typing.path.read_text() == before
    (step,) = typing.json("plan", "merger")["steps"]
    typing.path.write_text(before + step["notes"][0].partition("\n\n")[2])  # somebody commits the lines
    assert typing.json("plan", "merger")["steps"] == []
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert "take the routes of fabrikam.example, contoso.example out where it is kept" in typing.out
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert "take the routes of fabrikam.example, contoso.example out" in typing.out  # they stand there yet
    typing.path.write_text(before)
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.types("undo", "merger", "--yes") == 0
    assert "nothing to take back" in typing.out
    assert typing.sides["contoso"].organisation.policies.state["partners"] == {}
