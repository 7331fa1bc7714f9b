"""A company of its own on one calendar system, for the tests with two companies on the same one."""

from datetime import date

from simulation.estate import Estate
from simulation.people import Company, Kind, Person

_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")


class Tenant(Estate):
    """Three people and a room of ``domain``, on ``system``, with everybody's usual habits; nobody else is here."""

    def __init__(self, system: str, domain: str, today: date, *, first: int) -> None:
        super().__init__(today)
        company = Company(name=domain, system=system, domain=domain, zone=_ZONES[0], room_domain=domain)
        self.companies = (company,)
        self.people = tuple(
            Person(address=f"{name}@{domain}", name=name.title(), company=company, zone=zone, number=first + number)
            for number, (name, zone) in enumerate(zip(("ada", "ben", "cleo"), _ZONES, strict=True))
        )
        self.rooms = (Person(address=f"room@{domain}", name="Room", company=company, zone=_ZONES[0], kind=Kind.ROOM),)
        self.mailboxes = {person.address: person for person in (*self.people, *self.rooms)}
