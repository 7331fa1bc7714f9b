"""Who works in the three companies of the merger: sixty people, their rooms, and how much they let others see."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

BERLIN, NEW_YORK, SYDNEY, KOLKATA = "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata"
ZONES = (BERLIN, NEW_YORK, SYDNEY, KOLKATA)


class Kind(Enum):
    """What a mailbox stands for."""

    PERSON = "person"
    ROOM = "room"
    SHARED = "shared"  # one calendar of many people, with more entries than an answer may hold


class Sharing(Enum):
    """What everybody else of the company may see of a calendar."""

    NOTHING = "nothing"
    BUSY = "busy"
    DETAILS = "details"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One of the three, with the calendar system it is on and the zone its head office keeps."""

    name: str
    system: str  # "graph", "google" or "ews"
    domain: str
    zone: str
    room_domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A mailbox of the estate. ``number`` counts within the company and decides what the calendar holds."""

    address: str
    name: str
    company: Company
    zone: str
    kind: Kind = Kind.PERSON
    sharing: Sharing = Sharing.BUSY
    number: int = 0
    work_days: frozenset[int] = frozenset(range(5))  # as date.weekday()
    work_minutes: tuple[int, int] = (9 * 60, 17 * 60 + 30)  # since midnight in the person's zone


CONTOSO = Company(name="Contoso", system="graph", domain="contoso.example", zone=BERLIN, room_domain="contoso.example")
NORTHWIND = Company(
    name="Northwind",
    system="google",
    domain="northwind.example",
    zone=SYDNEY,
    room_domain="resource.calendar.google.com",
)
FABRIKAM = Company(
    name="Fabrikam", system="ews", domain="fabrikam.example", zone=NEW_YORK, room_domain="fabrikam.example"
)
COMPANIES = (CONTOSO, NORTHWIND, FABRIKAM)

_NAMES: dict[tuple[str, str], str] = {
    (CONTOSO.name, BERLIN): "Anna Schneider, Jürgen Groß, Leyla Yılmaz, Matthias Krüger, Sophie Lefèvre, Tomasz Nowak,"
    " Ingrid Sørensen, Paul Becker",
    (CONTOSO.name, NEW_YORK): "Grace Miller, Daniel O'Connor, Maria Hernández, James Walker, Aisha Robinson,"
    " Kevin Chen, Rachel Cohen, Luis Ortega",
    (CONTOSO.name, SYDNEY): "Olivia Hughes, Liam Nguyen, Charlotte Kelly",
    (CONTOSO.name, KOLKATA): "Arjun Banerjee, Priya Chatterjee, Rahul Mukherjee",
    (NORTHWIND.name, BERLIN): "Clara Hoffmann, Emre Demir, Johanna Vogel, Lukas Weiß",
    (NORTHWIND.name, NEW_YORK): "Emily Foster, Marcus Bell, Hannah Goldberg, Victor Reyes",
    (NORTHWIND.name, SYDNEY): "Jack Thompson, Mia Robertson, Noah Campbell, Ruby Mitchell, Oscar Tran, Isla Murray",
    (NORTHWIND.name, KOLKATA): "Ananya Sen, Debashis Ghosh, Kavya Iyer, Rohan Das, Sneha Bose, Vikram Dutta",
    (FABRIKAM.name, BERLIN): "Frieda Lang, Hannes Zimmermann, Katarzyna Wójcik, Oliver Brandt, Renate Schäfer,"
    " Stefan Huber",
    (FABRIKAM.name, NEW_YORK): "Brian Sullivan, Denise Carter, Gregory Hall, Yolanda Price",
    (FABRIKAM.name, SYDNEY): "Amelia Fraser, Ethan Doyle, Harper Singh, William Ross",
    (FABRIKAM.name, KOLKATA): "Indrani Roy, Manish Agarwal, Swati Kulkarni, Tanmoy Pal",
}
_ROOMS: dict[str, tuple[tuple[str, str, str], ...]] = {
    CONTOSO.name: (("room.elbe", "Room Elbe", BERLIN), ("room.spree", "Room Spree", BERLIN)),
    NORTHWIND.name: (("c_aurora", "Aurora Boardroom", SYDNEY), ("c_ganges", "Ganges", KOLKATA)),
    FABRIKAM.name: (("room.hudson", "Room Hudson", NEW_YORK), ("room.bronx", "Room Bronx", NEW_YORK)),
}
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "è": "e", "ø": "o", "á": "a", "ó": "o"})


def everybody() -> Iterator[Person]:
    """All mailboxes of the three companies, always in the same order: people, rooms, then the shared mailbox."""
    for company in COMPANIES:
        yield from _people_of(company)
        for local, name, zone in _ROOMS[company.name]:
            address = f"{local}@{company.room_domain}"
            yield Person(address=address, name=name, company=company, zone=zone, kind=Kind.ROOM)
        address = f"dispatch@{company.domain}"
        yield Person(address=address, name="Dispatch", company=company, zone=company.zone, kind=Kind.SHARED)


def _people_of(company: Company) -> Iterator[Person]:
    number = 0
    for zone in ZONES:
        for name in _NAMES[company.name, zone].split(","):
            yield _person(name.strip(), company, zone, number)
            number += 1


def _person(name: str, company: Company, zone: str, number: int) -> Person:
    local = name.lower().translate(_PLAIN).replace("'", "").replace(" ", ".")
    sharing = Sharing.DETAILS if number % 5 == 1 else Sharing.BUSY
    if company is NORTHWIND and number == 7:  # one person of the Google side shares nothing at all
        sharing = Sharing.NOTHING
    return Person(
        address=f"{local}@{company.domain}",
        name=name,
        company=company,
        zone=zone,
        sharing=sharing,
        number=number,
        work_days=frozenset(range(4 if number % 7 == 6 else 5)),  # every seventh works four days
        work_minutes=(10 * 60, 19 * 60) if zone == KOLKATA else (9 * 60, 17 * 60 + 30),
    )
