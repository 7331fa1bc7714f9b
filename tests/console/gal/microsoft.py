"""A Microsoft 365 tenant over TLS, its Graph and its Exchange Online, and a configuration that names them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from certs import first_run, pem
from protocols.graph.cmdlets import ROLE
from protocols.model.person import Field, Person
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.exchange_online import CmdletServer, Recipients
from simulation.faults import Call
from simulation.graph.people import PeopleDesk
from simulation.graph.server import TENANT, GraphServer
from simulation.graph.tokens import Application
from tests.console.gal.typing_it import Operator
from tests.galsync.sides.microsoft_world import INVITER

SECRET: Final = "contoso-secret"
_HEAD: Final = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[directories.hr]
protocol = "csv"
path = "hr.csv"
[directories.script]
protocol = "powershell"
folder = "scripts"
"""
_TENANT: Final = """\
[directories.{name}]
protocol = "{protocol}"
tenant = "{tenant}"
client_id = "{client_id}"
secret = "env:CONTOSO_SECRET"
ca = "{ca}"
login_url = "{graph}"
graph_url = "{graph}"
{more}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Microsoft:
    """The servers, and who is in the directory."""

    ca: Path
    graph: GraphServer
    exchange: CmdletServer
    book: AddressBook

    @property
    def people(self) -> dict[str, Person]:
        """Who stands in the directory, by display name."""
        return {each.texts[Field.DISPLAY_NAME]: each for each in self.book.people.values()}

    @property
    def cmdlets(self) -> list[str]:
        """What was called that changes anything."""
        return [name for name in self.exchange.cmdlets if not name.startswith("Get-")]

    def operator(self, folder: Path, sync: str, *, shown_by: str = "", more: str = "") -> Operator:
        """Somebody who types, with Ann, Bob and Cy in the source and a clock that is never waited for."""
        written = _HEAD + self._section("graph", "graph", f'shown_by = "{shown_by}"' if shown_by else "")
        online = f'exchange_url = "{self.exchange.url}"\n{more}'
        written += self._section("online", "exchange-online-undocumented", online)
        (folder / "busyline.toml").write_text(
            f'{written}[[directory_syncs]]\nname = "staff"\nfrom = "hr"\nguards.deletions = {{ share = 1.0 }}\n{sync}\n'
        )
        made = Operator(folder, tick=timedelta(seconds=0.6))
        made.people(("ann", "Ann", "1"), ("bob", "Bob", "2"), ("cy", "Cy", "3"))
        return made

    def _section(self, name: str, protocol: str, more: str) -> str:
        client = Application().client_id
        return _TENANT.format(
            name=name, protocol=protocol, tenant=TENANT, client_id=client, ca=self.ca, graph=self.graph.url, more=more
        )


@asynccontextmanager
async def microsoft(folder: Path) -> AsyncIterator[Microsoft]:
    """An empty tenant, with one application that has every right it needs."""
    files = first_run.issue(folder / "tls", ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    book, estate = AddressBook(), Estate(date(2026, 11, 20))
    desk, application = PeopleDesk(book), Application(secret=SECRET, roles=(*INVITER, ROLE))
    async with (
        GraphServer(estate, ssl=tls, people=desk, applications=(application,)) as graph,
        CmdletServer(estate, Recipients(book), ssl=tls, tenant=TENANT) as exchange,
    ):
        exchange.tokens = graph.tokens
        yield Microsoft(ca=files.ca, graph=graph, exchange=exchange, book=book)


def changes(call: Call) -> bool:
    """Whether a cmdlet changes anything."""
    return b'"CmdletName":"Get-' not in call.body
