"""The directory of one simulated organisation: people who come, change and go, with a number for every change."""

from collections.abc import Iterable, Iterator

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.directory import groups_of
from simulation.estate import Estate
from simulation.people import Company
from simulation.people import Kind as Stands

_KINDS = {Stands.PERSON: Kind.USER, Stands.ROOM: Kind.ROOM, Stands.SHARED: Kind.USER}
_DEPARTMENTS = ("Sales", "Engineering", "Human Resources", "Finance")


class AddressBook:
    """Everybody of a directory by anchor; ``serial`` grows with each change, for servers that tell what changed."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people: dict[str, Person] = {}
        self.serial = 0
        self._changed: dict[str, int] = {}
        for person in people:
            self.put(person)

    def put(self, person: Person) -> None:
        """Somebody new, or somebody as they are from now on."""
        self.people[person.anchor] = person
        self._note(person.anchor)

    def remove(self, anchor: str) -> None:
        """Somebody is gone. KeyError for nobody's anchor."""
        del self.people[anchor]
        self._note(anchor)

    def changed(self, since: int) -> Iterator[tuple[str, Person | None]]:
        """The anchors of what changed after ``since``, oldest change first, with None for those who are gone."""
        for anchor, serial in self._changed.items():
            if serial > since:
                yield anchor, self.people.get(anchor)

    def find(self, address: str) -> Person | None:
        """Who has ``address`` as primary or alias, in any letter case."""
        wanted = address.lower()
        for person in self.people.values():
            if (person.primary and person.primary.address == wanted) or wanted in person.aliases:
                return person
        return None

    def _note(self, anchor: str) -> None:
        self.serial += 1
        self._changed.pop(anchor, None)
        self._changed[anchor] = self.serial


def address_book(estate: Estate, company: Company) -> AddressBook:
    """The people, rooms and groups of one company of the estate, with what an address book tells of them."""
    number, people = 0, []
    for who in estate.mailboxes.values():
        if who.company is not company:
            continue
        number += 1
        given, _, surname = who.name.partition(" ")
        texts = {
            Field.DISPLAY_NAME: who.name,
            Field.COMPANY: company.name,
            Field.OFFICE: who.zone.partition("/")[2].replace("_", " "),
        }
        if _KINDS[who.kind] is Kind.USER:
            texts |= {
                Field.GIVEN_NAME: given,
                Field.SURNAME: surname,
                Field.DEPARTMENT: _DEPARTMENTS[number % len(_DEPARTMENTS)],
                Field.TITLE: "Lead" if number % 5 == 0 else "Specialist",
                Field.PHONE: f"+49 30 5550 {number:04}",
                Field.MOBILE: f"+49 170 5550 {number:04}",
            }
        local = who.address.partition("@")[0]
        dn = f"/o={company.name}/ou=Exchange Administrative Group/cn=Recipients/cn={local}"
        texts = {key: text for key, text in texts.items() if text}
        primary, kind = Mailbox.parse(who.address), _KINDS[who.kind]
        people.append(
            Person(anchor=f"{company.name.lower()}-{number}", kind=kind, primary=primary, x500=(dn,), texts=texts)
        )
    for address, members in groups_of(company).items():
        name = {Field.DISPLAY_NAME: address.partition("@")[0]}
        anchor, primary = f"group-{address}", Mailbox.parse(address)
        people.append(Person(anchor=anchor, kind=Kind.GROUP, primary=primary, texts=name, members=members))
    return AddressBook(people)
