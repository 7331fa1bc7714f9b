"""The groups of the three companies and where their rooms are: what a directory knows beside people."""

from typing import Final

from simulation.estate import Estate
from simulation.people import CONTOSO, FABRIKAM, NORTHWIND, Company, Kind

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "berlin-team@contoso.example": (
        "anna.schneider@contoso.example",
        "paul.becker@contoso.example",
        "elbe-team@contoso.example",
    ),
    "elbe-team@contoso.example": ("ingrid.sorensen@contoso.example", "berlin-team@contoso.example"),
    "sydney-team@northwind.example": (
        "jack.thompson@northwind.example",
        "mia.robertson@northwind.example",
        "kolkata-team@northwind.example",
    ),
    "kolkata-team@northwind.example": ("kavya.iyer@northwind.example", "sydney-team@northwind.example"),
    "merger-team@fabrikam.example": (
        "brian.sullivan@fabrikam.example",
        "frieda.lang@fabrikam.example",
        "anna.schneider@contoso.example",  # by a mail contact
        "night-team@fabrikam.example",
    ),
    "night-team@fabrikam.example": ("tanmoy.pal@fabrikam.example", "merger-team@fabrikam.example"),
    "everyone-team@fabrikam.example": tuple(f"clerk{number}@fabrikam.example" for number in range(100)),
}
"""Direct members by the group's address. Some groups are in each other, and one has a hundred members."""

ROOM_LISTS: Final = {CONTOSO.name: "berlin-rooms@contoso.example", FABRIKAM.name: "new-york-rooms@fabrikam.example"}
ROOM_LIST_NAMES: Final = {CONTOSO.name: "Berlin", FABRIKAM.name: "New York", NORTHWIND.name: "Sydney & Kolkata"}
BUILDING: Final = "SYD-1"


def groups_of(company: Company) -> dict[str, tuple[str, ...]]:
    """The groups that the directory of one company knows."""
    return {address: members for address, members in GROUPS.items() if address.endswith(f"@{company.domain}")}


def everybody_in(group: str) -> tuple[str, ...]:
    """All people of a group, nested groups flattened, in alphabetical order."""
    people: set[str] = set()
    seen, waiting = {group}, [group]
    for one in waiting:
        for member in GROUPS[one]:
            if member not in GROUPS:
                people.add(member)
            elif member not in seen:
                seen.add(member)
                waiting.append(member)
    return tuple(sorted(people))


def rooms_of(estate: Estate, company: Company) -> list[tuple[str, str]]:
    """Address and name of each room."""
    return [(room.address, room.name) for room in estate.rooms if room.company is company and room.kind is Kind.ROOM]
