"""Groups with their members, and managers, copied into Exchange Online by the command line alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from tests.console.gal.aside import aside
from tests.console.gal.microsoft import SECRET, Microsoft, microsoft
from tests.console.gal.typing_it import Operator

SYNC = """\
to = "{to}"
grace = "0d"
groups = "groups"
group_address = "{{local}}.fabrikam@contoso.example"
fields = {{ manager = "write" }}
"""
HEAD = "anchor,kind,address,display_name,manager,members\n"


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Microsoft]:
    """Groups have their address in the tenant's own domain."""
    monkeypatch.setenv("CONTOSO_SECRET", SECRET)
    with aside(microsoft(tmp_path)) as there:
        there.exchange.recipients.accepted = frozenset({"contoso.example"})
        yield there


def _source(typing: Operator, *lines: str) -> None:
    (typing.folder / "hr.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))


def _person(name: str, manager: str = "") -> str:
    return f"{name},user,{name}@fabrikam.example,{name.title()},{manager},"


def _group(name: str, *members: str) -> str:
    told = ";".join(f"{each}@fabrikam.example" for each in members)
    return f"{name},group,{name}@fabrikam.example,{name.title()},,{told}"


def _members(tenant: Microsoft) -> dict[str, set[str]]:
    rows, of = tenant.exchange.recipients.rows, tenant.exchange.recipients.members.of
    return {rows[key]["DisplayName"]: {rows[each]["DisplayName"] for each in names} for key, names in of.items()}


def test_groups_are_made_with_their_members_and_synced_again(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, SYNC.format(to="online"))
    _source(typing, _group("all", "sales", "bob"), _group("sales", "ann", "nobody"), _person("ann"), _person("bob"))
    assert typing.types("plan", "staff") == 0, typing.err + typing.out
    assert "sales.fabrikam@contoso.example: nobody@fabrikam.example" in typing.out
    told = typing.json("apply", "staff", "--yes")
    assert told["absent"] == [{"who": "sales.fabrikam@contoso.example", "without": ["nobody@fabrikam.example"]}]
    assert _members(tenant) == {"All": {"Sales", "Bob"}, "Sales": {"Ann"}}
    kinds = {row["DisplayName"]: row["RecipientTypeDetails"] for row in tenant.exchange.recipients.rows.values()}
    assert (kinds["Sales"], kinds["Ann"]) == ("MailUniversalDistributionGroup", "MailContact")
    assert typing.json("plan", "staff")["steps"] == []
    before = len(tenant.cmdlets)
    _source(typing, _group("all", "sales", "bob"), _group("sales", "bob"), _person("ann"), _person("bob"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _members(tenant)["Sales"] == {"Bob"}
    assert tenant.cmdlets[before:] == ["Add-DistributionGroupMember", "Remove-DistributionGroupMember"]
    assert typing.json("plan", "staff")["steps"] == []
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert _members(tenant) == {"All": {"Sales", "Bob"}, "Sales": {"Ann"}}
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert tenant.exchange.recipients.rows == {}


def test_members_who_go_and_come_in_the_run_that_changes_the_group(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, SYNC.format(to="online"))
    _source(typing, _group("sales", "ann", "bob"), _person("ann"), _person("bob"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    _source(typing, _group("sales", "bob", "cy"), _person("cy"), _person("bob"))
    told = typing.json("apply", "staff", "--yes")
    assert (told["failed"], told["absent"]) == (0, [])
    assert _members(tenant) == {"Sales": {"Bob", "Cy"}}
    assert typing.json("plan", "staff")["steps"] == []


def test_many_members_come_in_one_call(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, SYNC.format(to="online"))
    names = [f"p{number}" for number in range(30)]
    _source(typing, _group("sales", *names), *map(_person, names))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert len(_members(tenant)["Sales"]) == 30
    assert tenant.cmdlets.count("Update-DistributionGroupMember") == 1
    assert "Add-DistributionGroupMember" not in tenant.cmdlets


def test_managers_are_linked_where_they_stand_and_named_where_not(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, SYNC.format(to="online"))
    _source(typing, _person("ann", "zoe@fabrikam.example"), _person("bob", "x@fabrikam.example"), _person("zoe"))
    told = typing.json("apply", "staff", "--yes")
    assert told["absent"] == [{"who": "bob@fabrikam.example", "without": ["x@fabrikam.example"]}]
    rows = {row["DisplayName"]: row for row in tenant.exchange.recipients.rows.values()}
    assert rows["Ann"]["Manager"] == rows["Zoe"]["Name"]
    assert "Manager" not in rows["Bob"]
    assert typing.json("plan", "staff")["steps"] == []
    _source(typing, _person("ann", "bob@fabrikam.example"), _person("bob"), _person("zoe"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert rows["Ann"]["Manager"] == rows["Bob"]["Name"]
    assert typing.json("plan", "staff")["steps"] == []


def test_an_address_that_the_organisation_does_not_accept_is_told(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, 'to = "online"\ngroups = "groups"')
    _source(typing, _group("sales", "ann"), _person("ann"))
    told = typing.json("apply", "staff", "--yes", code=1)
    assert (told["failed"], told["written"]["create"]) == (1, 1)
    assert "New-DistributionGroup" in told["failures"][0]["words"]


def _put(tenant: Microsoft, name: str, *members: str, **more: Any) -> None:
    address = Mailbox.parse(f"{name}@fabrikam.example")
    told = {"kind": Kind.GROUP if members else Kind.USER, "texts": {Field.DISPLAY_NAME: name.title()}, **more}
    names = tuple(f"{each}@fabrikam.example" for each in members)
    tenant.book.put(Person(anchor=f"id-{name}", primary=address, members=names, **told))


def test_a_group_alone_changed_and_its_members_are_known_all_the_same(tmp_path: Path, tenant: Microsoft) -> None:
    """Changes alone are read: who is a member and did not change is looked up in the target."""
    tenant.exchange.recipients.accepted = None
    typing = tenant.operator(tmp_path, 'to = "online"\ngroups = "groups"\nfields = { manager = "write" }')
    written = (tmp_path / "busyline.toml").read_text()
    (tmp_path / "busyline.toml").write_text(written.replace('from = "hr"', 'from = "graph"'))
    for name in ("ann", "bob", "zoe"):
        _put(tenant, name)
    _put(tenant, "sales", "ann", "bob")
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _members(tenant) == {"Sales": {"Ann", "Bob"}}
    before = len(tenant.cmdlets)
    _put(tenant, "sales", "bob", "zoe")
    _put(tenant, "ann", texts={Field.DISPLAY_NAME: "Ann", Field.MANAGER: "zoe@fabrikam.example"})
    told = typing.json("apply", "staff", "--yes")
    assert (told["whole"], told["absent"], told["written"]["update"]) == (False, [], 2)
    assert _members(tenant) == {"Sales": {"Bob", "Zoe"}}
    rows = {row["DisplayName"]: row for row in tenant.exchange.recipients.rows.values()}
    assert rows["Ann"]["Manager"] == rows["Zoe"]["Name"]
    assert len(tenant.cmdlets) == before + 3
    assert typing.json("plan", "staff", "--whole")["steps"] == []
