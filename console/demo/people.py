"""The directories of the demo's three companies, and who may read and fill them."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from protocols.model.person import Field, Kind
from simulation.address_book import AddressBook, address_book
from simulation.estate import Estate
from simulation.google.keys import ServiceAccount
from simulation.graph.contacts import ContactsDesk
from simulation.graph.people import PeopleDesk
from simulation.graph.tokens import Application
from simulation.people import CONTOSO, FABRIKAM, NORTHWIND

_ROLES: Final = ("User.Read.All", "Group.Read.All", "Place.Read.All", "OrgContact.Read.All", "Contacts.ReadWrite")
_COLUMNS: Final = (Field.DISPLAY_NAME, Field.DEPARTMENT, Field.TITLE, Field.PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Three address books, and what proves the syncs at two of them: nothing that also answers questions."""

    contoso: AddressBook
    northwind: AddressBook
    fabrikam: AddressBook
    application: Application
    account: ServiceAccount = field(repr=False)

    @classmethod
    def of(cls, estate: Estate) -> Self:
        """Everybody of the estate."""
        contoso, northwind, fabrikam = (address_book(estate, each) for each in (CONTOSO, NORTHWIND, FABRIKAM))
        return cls(
            contoso=contoso,
            northwind=northwind,
            fabrikam=fabrikam,
            application=Application(client_id="44444444-4444-4444-4444-444444444444", roles=_ROLES),
            account=ServiceAccount(
                email="busyline@northwind-address-book.iam.gserviceaccount.com", key_id="89abcdef" * 5
            ),
        )

    def desk(self) -> PeopleDesk:
        """Contoso's directory, as Microsoft 365 shows it."""
        return PeopleDesk(self.contoso)

    def mailboxes(self) -> ContactsDesk:
        """The mailboxes of Contoso, whose contacts can be filled."""
        users = (each for each in self.contoso.people.values() if each.kind is Kind.USER and each.primary)
        return ContactsDesk(each.primary.address for each in users if each.primary)

    def export(self, path: Path) -> None:
        """The people of Fabrikam as a spreadsheet, as an administrator would export them."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["anchor", "address", *(column.value for column in _COLUMNS)])
            for person in self.fabrikam.people.values():
                if person.kind is Kind.USER and person.primary:
                    texts = (person.texts.get(column, "") for column in _COLUMNS)
                    writer.writerow([person.anchor, person.primary.address, *texts])
