"""Groups with their members, made in a Google Workspace beside shared contacts, by the command line alone."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from certs import first_run, pem
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.google.keys import SCOPES, ServiceAccount
from simulation.google.server import GoogleServer
from tests.console.gal.aside import aside
from tests.console.gal.microsoft import SECRET, microsoft
from tests.console.gal.typing_it import Operator

DOMAIN: Final = "northwind.example"
ADMIN: Final = f"jack.thompson@{DOMAIN}"
OLIVIA: Final = f"olivia.brown@{DOMAIN}"
WRITING: Final = frozenset(
    f"https://www.googleapis.com/auth/admin.directory.{each}" for each in ("group", "group.member")
)
HEAD: Final = "anchor,kind,address,display_name,members\n"
_CONFIGURATION: Final = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[directories.hr]
protocol = "csv"
path = "hr.csv"
[directories.northwind]
protocol = "google"
service_account = "file:key.json"
subject = "{admin}"
ca = "{ca}"
api_url = "{url}"
contacts_url = "{url}"
[[directory_syncs]]
name = "staff"
from = "hr"
to = "northwind"
grace = "0d"
guards.deletions = {{ share = 1.0 }}
{more}
"""
GROUPS: Final = f'groups = "groups"\ngroup_address = "{{local}}.fabrikam@{DOMAIN}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Google:
    """A server over TLS, and whoever types into a configuration that names it."""

    folder: Path
    ca: Path
    server: GoogleServer
    typing: Operator

    def configured(self, more: str = GROUPS) -> Operator:
        text = _CONFIGURATION.format(admin=ADMIN, ca=self.ca, url=self.server.url, more=more)
        (self.folder / "busyline.toml").write_text(text)
        return self.typing

    def source(self, *lines: str) -> None:
        (self.folder / "hr.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))

    @property
    def book(self) -> AddressBook:
        assert self.server.book is not None
        return self.server.book

    def groups(self) -> dict[str, set[str]]:
        """The members of each group, by the part of its address before the dot."""
        of = [each for each in self.book.people.values() if each.kind is Kind.GROUP and each.primary]
        return {each.primary.address.partition("@")[0]: {*each.members} for each in of if each.primary}


@asynccontextmanager
async def _google(folder: Path, scopes: tuple[str, ...] = SCOPES) -> AsyncIterator[Google]:
    files = first_run.issue(folder / "tls", ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    olivia = Person(
        anchor="u-2",
        kind=Kind.USER,
        primary=Mailbox.parse(OLIVIA),
        aliases=(f"olivia@{DOMAIN}",),
        texts={Field.DISPLAY_NAME: "Olivia Brown"},
    )
    account = ServiceAccount(scopes=scopes)
    estate = Estate(date(2026, 11, 20))
    async with GoogleServer(estate, ssl=tls, account=account, book=AddressBook([olivia])) as server:
        (folder / "key.json").write_text(server.service_account_file())
        typing = Operator(folder, tick=timedelta(seconds=0.6))
        yield Google(folder=folder, ca=files.ca, server=server, typing=typing)


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    """A domain with one user."""
    with aside(_google(tmp_path)) as there:
        yield there


def _person(name: str) -> str:
    return f"{name},user,{name}@fabrikam.example,{name.title()},"


def _group(name: str, *members: str) -> str:
    told = ";".join(each if "@" in each else f"{each}@fabrikam.example" for each in members)
    return f"{name},group,{name}@fabrikam.example,{name.title()},{told}"


def test_groups_are_made_with_their_members_and_synced_again(google: Google) -> None:
    """A user of the domain is named by an alias, a group is in another, and nobody of the domain is named."""
    typing = google.configured()
    all_of = ("sales", "bob", f"olivia@{DOMAIN}", f"nobody@{DOMAIN}", "else@litware.example")
    google.source(_group("all", *all_of), _group("sales", "ann"), _person("ann"), _person("bob"))
    told = typing.json("apply", "staff", "--yes")
    assert told["failed"] == 0, told
    assert told["absent"] == [{"who": f"all.fabrikam@{DOMAIN}", "without": [f"nobody@{DOMAIN}"]}]
    whole = {f"sales.fabrikam@{DOMAIN}", "bob@fabrikam.example", OLIVIA, "else@litware.example"}
    assert google.groups() == {"all.fabrikam": whole, "sales.fabrikam": {"ann@fabrikam.example"}}
    assert len(google.server.shared.entries) == 2
    stands = google.book.find(f"sales.fabrikam@{DOMAIN}")
    assert stands is not None
    assert stands.texts == {Field.DISPLAY_NAME: "Sales", Field.NOTES: "busyline:staff/hr:sales"}
    assert typing.json("plan", "staff")["steps"] == []
    del google.server.groups.written[:]
    google.source(_group("all", *all_of), _group("sales", "bob", "cy"), _person("ann"), _person("bob"))
    assert typing.json("apply", "staff", "--yes")["failed"] == 0
    assert google.server.groups.written == ["POST members", "POST members", "DELETE members"]
    assert google.groups()["sales.fabrikam"] == {"bob@fabrikam.example", "cy@fabrikam.example"}
    assert typing.json("plan", "staff")["steps"] == []
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert google.groups() == {"all.fabrikam": whole, "sales.fabrikam": {"ann@fabrikam.example"}}


def test_a_group_that_is_gone_goes_and_purge_takes_ours_alone(google: Google) -> None:
    typing = google.configured()
    google.source(_group("all", "sales", "bob"), _group("sales", "ann"), _person("ann"), _person("bob"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    google.source(_group("all", "bob"), _person("ann"), _person("bob"))
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert google.groups() == {"all.fabrikam": {"bob@fabrikam.example"}}
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert google.groups()["sales.fabrikam"] == {"ann@fabrikam.example"}
    theirs = Person(anchor="g-own", kind=Kind.GROUP, primary=Mailbox.parse(f"own@{DOMAIN}"), members=(OLIVIA,))
    google.book.put(theirs)
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert google.groups() == {"own": {OLIVIA}}
    assert google.server.shared.entries == {}


def test_a_group_of_the_domains_own_is_in_the_way_and_stays(google: Google) -> None:
    typing = google.configured()
    address = Mailbox.parse(f"sales.fabrikam@{DOMAIN}")
    theirs = Person(anchor="g-own", kind=Kind.GROUP, primary=address, members=(OLIVIA,))
    google.book.put(theirs)
    google.source(_group("sales", "ann"), _person("ann"))
    told = typing.json("apply", "staff", "--yes")
    assert (told["written"]["create"], told["written"]["update"], told["failed"]) == (1, 0, 0)
    assert google.book.people["g-own"] == theirs


def test_members_from_outside_that_the_domain_forbids_are_refused_in_words(google: Google) -> None:
    typing = google.configured()
    google.server.groups.external = False
    google.source(_group("sales", "ann", f"olivia@{DOMAIN}"), _person("ann"))
    for _ in range(2):
        told = typing.json("apply", "staff", "--yes", code=1)
        assert told["failed"] == 1
        assert "Google takes no members of fabrikam.example" in told["failures"][0]["words"]
        assert google.groups() == {"sales.fabrikam": {OLIVIA}}
    google.server.groups.external = True
    assert typing.json("apply", "staff", "--yes")["failed"] == 0
    assert typing.json("plan", "staff")["steps"] == []


def test_rights_to_write_groups_are_asked_for_only_where_groups_are_written(tmp_path: Path) -> None:
    less = tuple(scope for scope in SCOPES if scope not in WRITING)
    with aside(_google(tmp_path, less)) as google:
        google.source(_group("sales", "ann"), _person("ann"))
        typing = google.configured('groups = "entries"')
        assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
        assert len(google.server.shared.entries) == 2
        typing = google.configured()
        assert typing.types("plan", "staff") == 1
        assert google.groups() == {}


def test_a_group_alone_changed_and_a_user_named_by_an_alias_stays_a_member(
    tmp_path: Path, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes alone are read: who has the alias is looked up in the target, and is not taken away for it."""
    monkeypatch.setenv("CONTOSO_SECRET", SECRET)
    contoso = tmp_path / "contoso"
    contoso.mkdir()
    with aside(microsoft(contoso)) as tenant:
        tenant.operator(contoso, 'to = "script"')
        told = (contoso / "busyline.toml").read_text()
        graph = told[told.index("[directories.graph]") : told.index("[directories.online]")]
        typing = google.configured('groups = "groups"')
        written = (tmp_path / "busyline.toml").read_text().replace('from = "hr"', 'from = "graph"')
        (tmp_path / "busyline.toml").write_text(written.replace("[[directory_syncs]]", f"{graph}[[directory_syncs]]"))
        address = Mailbox.parse(f"sales.fabrikam@{DOMAIN}")
        sales = Person(anchor="id-sales", kind=Kind.GROUP, primary=address, texts={Field.DISPLAY_NAME: "Sales"})
        for member in (f"olivia@{DOMAIN}", "x@d.example", "y@d.example"):
            tenant.book.put(Person(anchor=f"id-{member}", kind=Kind.CONTACT, primary=Mailbox.parse(member)))
        tenant.book.put(replace(sales, members=(f"olivia@{DOMAIN}", "x@d.example")))
        assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
        assert google.groups() == {"sales.fabrikam": {OLIVIA, "x@d.example"}}
        del google.server.groups.written[:]
        tenant.book.put(replace(sales, members=(f"olivia@{DOMAIN}", "y@d.example")))
        outcome = typing.json("apply", "staff", "--yes")
        assert (outcome["whole"], outcome["failed"], outcome["absent"]) == (False, 0, [])
        assert google.server.groups.written == ["POST members", "DELETE members"]
        assert google.groups() == {"sales.fabrikam": {OLIVIA, "y@d.example"}}
        assert typing.json("plan", "staff", "--whole")["steps"] == []
