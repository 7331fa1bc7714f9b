"""The licences of a simulated Microsoft 365 organisation: bought in a number, given to users, counted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from protocols.model.mailbox import Mailbox
from protocols.model.person import Person
from simulation.address_book import AddressBook
from simulation.graph.schedule import GraphRefusal

LOCATION: Final = "usageLocation"


@dataclass(slots=True)
class Sku:
    """A product: its name, and how many were bought."""

    part: str
    enabled: int
    status: str = "Enabled"


class Licences:
    """``skus`` by id; ``given`` and ``inherited`` (by a group) are the ids that each user has, by anchor.

    Who is not in ``book`` any more has none. A licence gives somebody without a mailbox one, at their sign-in name.
    """

    def __init__(self, book: AddressBook) -> None:
        self.book = book
        self.skus: dict[str, Sku] = {}
        self.given: dict[str, set[str]] = {}
        self.inherited: dict[str, set[str]] = {}

    @property
    def state(self) -> dict[str, set[str]]:
        """What each user has who is there and has any, for comparison."""
        return {one: told for one in self.book.people if (told := self.of(one))}

    def of(self, one: str) -> set[str]:
        """All that a user has."""
        return self.given.get(one, set()) | self.inherited.get(one, set())

    def consumed(self, sku: str) -> int:
        """How many are given away."""
        return sum(sku in self.of(one) for one in self.book.people)

    def listed(self) -> list[dict[str, Any]]:
        """As subscribedSkus tells them."""
        return [
            {
                "id": f"tenant_{one}",
                "skuId": one,
                "skuPartNumber": sku.part,
                "capabilityStatus": sku.status,
                "appliesTo": "User",
                "consumedUnits": self.consumed(one),
                "prepaidUnits": {"enabled": sku.enabled, "suspended": 0, "warning": 0, "lockedOut": 0},
            }
            for one, sku in self.skus.items()
        ]

    def shown(self, one: str) -> dict[str, Any]:
        """Of a user."""
        direct = [{"skuId": sku, "assignedByGroup": None, "state": "Active"} for sku in self.given.get(one, ())]
        groups = [
            {"skuId": sku, "assignedByGroup": "group-1", "state": "Active"} for sku in self.inherited.get(one, ())
        ]
        every = [{"skuId": sku, "disabledPlans": []} for sku in sorted(self.of(one))]
        return {"assignedLicenses": every, "licenseAssignmentStates": [*direct, *groups]}

    def assign(self, person: Person, body: Mapping[str, Any]) -> None:
        """All of it or none. Raises GraphRefusal, in the words that others have seen."""
        add = {str(each["skuId"]) for each in body.get("addLicenses", ())}
        take = {str(each) for each in body.get("removeLicenses", ())}
        mine = self.given.setdefault(person.anchor, set())
        if add and not person.attributes.get(LOCATION):
            raise _bad("License assignment cannot be done for user with invalid usage location.")
        if take - mine:
            raise _bad("User does not have a corresponding license.")
        for sku in sorted(add - self.of(person.anchor)):
            if sku not in self.skus:
                raise _bad(f"License {sku} does not correspond to a valid company License.")
            if self.consumed(sku) >= self.skus[sku].enabled:
                raise _bad(f"Subscription with SKU {sku} does not have any available licenses.")
        mine |= add
        mine -= take
        if add and person.primary is None:
            self.book.put(replace(person, primary=Mailbox.parse(person.attributes["userPrincipalName"])))


def _bad(text: str) -> GraphRefusal:
    return GraphRefusal(400, "Request_BadRequest", text)
