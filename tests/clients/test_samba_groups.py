"""Groups with their members, managers and photos in a real Active Directory (Samba), by `busyline gal` alone."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from galsync.sides.active_directory_groups import members_of
from protocols.ldap.names import parted
from protocols.ldap.operations import Add, Doing, Modification, Modify, Search
from protocols.ldap.replies import Found
from protocols.ldap.searching import complete, everything, one
from tests.clients.domain import PASSWORD, USER
from tests.clients.samba_directory import BASE, HOST, SambaDirectory, line, samba_directory
from tests.protocols.ldap.naming import value_of

pytestmark = pytest.mark.client
UNIT = f"OU=Partners,{BASE}"
MANY = 1_510  # more than Active Directory tells in one answer (MaxValRange, 1,500)
HEAD = "anchor,kind,address,display_name,manager,members\n"
CONFIGURATION = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[directories.hr]
protocol = "csv"
path = "hr.csv"
[directories.ad]
protocol = "active-directory"
host = "{address}"
name = "{host}"
ca = "{ca}"
unit = "{unit}"
auth = {{ kind = "password", user = "{user}", password = "env:SAMBA_PASSWORD" }}
[[directory_syncs]]
name = "staff"
from = "hr"
to = "ad"
grace = "0d"
groups = "groups"
guards.deletions = {{ share = 1.0, count = 10000 }}
fields = {{ manager = "write" }}
"""


class Operator:
    """Somebody who types `busyline gal …` in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = self.err = ""

    def types(self, *arguments: str) -> int:
        """The exit code; what was printed is in ``out`` and ``err``."""
        busyline = Path(sys.executable).with_name("busyline")
        given = [str(busyline), "gal", *arguments, "--config", "busyline.toml"]
        done = subprocess.run(given, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
        self.out, self.err = done.stdout, done.stderr
        return done.returncode

    def json(self, *arguments: str) -> Any:
        """What it prints for programs."""
        assert self.types(*arguments, "--json") == 0, self.err + self.out
        return json.loads(self.out)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SambaDirectory]:
    with samba_directory(tmp_path_factory.mktemp("samba"), exchange=True) as found:
        yield found


@pytest.fixture
def typing(tmp_path: Path, directory: SambaDirectory, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Somebody who types; the unit is there and empty."""
    monkeypatch.setenv("SAMBA_PASSWORD", PASSWORD)
    values = {"address": directory.address, "host": HOST, "ca": directory.ca, "unit": UNIT, "user": USER}
    (tmp_path / "busyline.toml").write_text(CONFIGURATION.format(**values))
    asyncio.run(_unit(directory))
    return Operator(tmp_path)


async def _unit(directory: SambaDirectory) -> None:
    async with line(directory) as found:
        if await one(found.ask, UNIT, ("1.1",)) is None:
            attributes = {"objectClass": [b"organizationalUnit"], "ou": [b"Partners"]}
            (await found.ask(Add(UNIT, attributes))).checked()


def _source(typing: Operator, *lines: str) -> None:
    (typing.folder / "hr.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))


def _person(name: str, manager: str = "") -> str:
    return f"{name},user,{name}@fabrikam.example,{name.title()},{manager},"


def _group(name: str, *members: str) -> str:
    told = ";".join(f"{each}@fabrikam.example" for each in members)
    return f"{name},group,{name}@fabrikam.example,{name.title()},,{told}"


def _standing(directory: SambaDirectory) -> dict[str, Found]:
    async def read() -> dict[str, Found]:
        async with line(directory) as found:
            search = Search(base=UNIT, filter="(mail=*)")
            entries = [await complete(found.ask, each, "member") for each in await everything(found.ask, search)]
            return {value_of(parted(each.dn)[0]): each for each in entries}

    return asyncio.run(read())


def _members(found: Found) -> list[str]:
    return sorted(value_of(parted(each)[0]) for each in found.texts("member"))


def test_groups_with_members_as_exchange_wants_them(typing: Operator, directory: SambaDirectory) -> None:
    _source(
        typing,
        *(_group("all", "sales", "bob"), _group("sales", "ann", "nobody")),
        *(_person("ann", "bob@fabrikam.example"), _person("bob")),
    )
    told = typing.json("apply", "staff", "--yes")
    assert (told["failed"], told["written"]["create"]) == (0, 4)
    assert told["absent"] == [{"who": "sales@fabrikam.example", "without": ["nobody@fabrikam.example"]}]
    there = _standing(directory)
    assert (_members(there["All"]), _members(there["Sales"])) == (["Bob", "Sales"], ["Ann"])
    sales = there["Sales"]
    expected = {"groupType": "8", "mail": "sales@fabrikam.example", "msExchRecipientDisplayType": "1"}
    assert {name: sales.text(name) for name in expected} == expected
    assert sales.text("extensionAttribute15") == "busyline:staff/hr:sales"
    assert sales.texts("proxyAddresses") == ["SMTP:sales@fabrikam.example"]
    assert sales.text("targetAddress") == ""
    assert there["Ann"].text("manager") == there["Bob"].dn
    assert typing.json("plan", "staff")["steps"] == []
    _source(typing, _group("all", "sales", "cy"), _group("sales", "bob"), _person("bob"), _person("cy"))
    told = typing.json("apply", "staff", "--yes")
    assert (told["failed"], told["written"]["remove"], told["written"]["update"]) == (0, 1, 2)
    there = _standing(directory)
    assert (_members(there["All"]), _members(there["Sales"])) == (["Cy", "Sales"], ["Bob"])
    assert typing.json("plan", "staff")["steps"] == []
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert _members(_standing(directory)["All"]) == ["Bob", "Sales"]
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert _standing(directory) == {}


def test_what_somebody_added_without_an_address_stays(typing: Operator, directory: SambaDirectory) -> None:
    _source(typing, _group("sales", "ann"), _person("ann"), _person("bob"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    boss = f"CN=Boss,{UNIT}"
    asyncio.run(_joined(directory, boss, _standing(directory)["Sales"].dn))
    _source(typing, _group("sales", "bob"), _person("ann"), _person("bob"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _members(_standing(directory)["Sales"]) == ["Bob", "Boss"]
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out


async def _joined(directory: SambaDirectory, dn: str, group: str) -> None:
    async with line(directory) as found:
        (await found.ask(Add(dn, {"objectClass": [b"contact"]}))).checked()
        (await found.ask(Modify(group, (Modification(Doing.ADD, "member", (dn.encode(),)),)))).checked()


def test_more_members_than_come_in_one_answer(typing: Operator, directory: SambaDirectory) -> None:
    names = [f"p{number:04}" for number in range(MANY)]
    _source(typing, _group("many", *names), *map(_person, names))
    told = typing.json("apply", "staff", "--yes")
    assert (told["failed"], told["written"]["create"]) == (0, MANY + 1)
    assert len(_members(_standing(directory)["Many"])) == MANY
    assert asyncio.run(_told(directory)) == MANY
    assert typing.json("plan", "staff")["steps"] == []
    _source(typing, _group("many", *names[1:]), *map(_person, names))
    told = typing.json("apply", "staff", "--yes")
    assert (told["failed"], told["written"]["update"]) == (0, 1)
    assert len(_members(_standing(directory)["Many"])) == MANY - 1


async def _told(directory: SambaDirectory) -> int:
    async with line(directory) as found:
        [group] = await everything(found.ask, Search(base=UNIT, filter="(objectClass=group)", attributes=("cn",)))
        return len((await members_of(found.ask, [group]))[group.dn])
