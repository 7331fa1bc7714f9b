"""An Exchange server with mailboxes beside an operator at the command line, and what stands in the mailboxes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from protocols.ews.contact_paths import LIST
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer, SignIn
from simulation.exchange.contact_mailboxes import ContactsDesk
from tests.console.gal.typing_it import Operator, operator
from tests.galsync.sides.exchange_world import own

ANNA, BEN, EXPORT = "anna@fabrikam.example", "ben@fabrikam.example", "export@fabrikam.example"
WRITER: Final = Account("svc-gal@fabrikam.example", "write-lists")
PARTNER: Final = Account("partner@fabrikam.example", "one-folder")
HEAD: Final = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[directories.hr]
protocol = "csv"
path = "hr.csv"
[directories.list]
protocol = "csv"
path = "list.csv"
[directories.boxes]
protocol = "csv"
path = "boxes.csv"
"""
BOXES: Final = """\
address,display_name,groups,disabled
anna@fabrikam.example,Anna,phones@fabrikam.example,no
ben@fabrikam.example,Ben,,no
gone@fabrikam.example,Gone,phones@fabrikam.example,yes
remote@partner.example,Remote,phones@fabrikam.example,no
"""


@dataclass(slots=True)
class ExchangeEstate:
    """``typing`` sits beside the ``server``, whose mailboxes are ANNA's, BEN's and EXPORT's."""

    server: ExchangeServer
    desk: ContactsDesk
    typing: Operator

    def directory(self, name: str, account: Account, *more: str, kind: str = "basic", protocol: str = "ews") -> str:
        """A section of the configuration, whose password lies in a file."""
        (self.typing.folder / account.username).write_text(account.password)
        auth = f'{{ kind = "{kind}", username = "{account.username}", password = "file:{account.username}" }}'
        lines = [
            f"[directories.{name}]",
            f'protocol = "{protocol}"',
            f'url = "{self.server.ews_url}"',
            f"auth = {auth}",
        ]
        return "\n".join([*lines, *more]) + "\n"

    def configure(self, *sections: str) -> None:
        """The configuration has these sections behind HEAD."""
        (self.typing.folder / "busyline.toml").write_text(HEAD + "".join(sections))

    def standing(self, mailbox: str, sync: str) -> dict[str, str] | None:
        """Names by address in the folder of ``sync``; None where there is no such folder."""
        for folder in self.desk.mailboxes[mailbox].folders.values():
            if folder.extended.get(own(LIST)) == sync:
                return self.named(mailbox, folder.name)
        return None

    def named(self, mailbox: str, name: str) -> dict[str, str]:
        """Names by address in the folder of that name."""
        [folder] = [each for each in self.desk.mailboxes[mailbox].folders.values() if each.name == name]
        path = ("contacts:EmailAddress", "EmailAddress1")
        return {item.values[path]: item.values[("contacts:DisplayName",)] for item in folder.items.values()}


@asynccontextmanager
async def exchange_estate(folder: Path, scheme: str = "Basic") -> AsyncIterator[ExchangeEstate]:
    """WRITER may act as everybody, PARTNER as nobody."""
    (folder / "boxes.csv").write_text(BOXES)
    desk = ContactsDesk((ANNA, BEN, EXPORT), impersonators=(WRITER.username,))
    accounts, sign_in = (WRITER, PARTNER), SignIn([scheme])
    async with ExchangeServer(Estate(date(2026, 11, 23)), accounts=accounts, sign_in=sign_in, contacts=desk) as server:
        yield ExchangeEstate(server, desk, operator(folder))
