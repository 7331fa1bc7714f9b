"""Who is taken and what is written of them: [directory_syncs.include], [directory_syncs.exclude], and the fields."""

from collections.abc import Mapping
from typing import Final, Self

from pydantic import Field, model_validator

from galsync.entries import How
from galsync.people.expressions import Template
from galsync.people.mapping import FIELDS, Rule
from galsync.people.selection import Sieve
from galsync.settings.words import KindWord, SievedDomain, Where
from protocols.model import person
from protocols.model.person import Kind
from service.words import Address, RoomPattern, Section

LEAVE: Final = "leave"


class SieveSettings(Section):
    """What somebody may be asked to be; within one key one answer of several is enough."""

    domains: tuple[SievedDomain, ...] = Field(
        (),
        description="of the primary address; *.x: all below x",
        examples=[["fabrikam.example", "*.fabrikam.example"]],
    )
    groups: tuple[Address, ...] = Field(
        (), description="members of these groups, at any depth", examples=[["staff@fabrikam.example"]]
    )
    units: tuple[str, ...] = Field(
        (),
        description="organisational units with all below them",
        examples=[["OU=Sales,DC=fabrikam,DC=example", "/Sales"]],
    )
    kinds: tuple[KindWord, ...] = Field((), description="user, group, room, equipment", examples=[["user", "room"]])
    addresses: tuple[RoomPattern, ...] = Field(
        (), description="addresses, with * for any part", examples=[["*.ext@fabrikam.example"]]
    )
    where: Where | None = Field(
        None, description="a condition in words", examples=["department == 'Sales' and not contains(title, 'intern')"]
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self.sieve()
        return self

    def sieve(self) -> Sieve:
        """The sieve that this describes. Raises ValueError."""
        return Sieve.of(
            domains=self.domains,
            groups=self.groups,
            units=self.units,
            kinds=[Kind(kind) for kind in self.kinds],
            addresses=self.addresses,
            where=self.where or "",
        )


def rules_of(hows: Mapping[person.Field, str], values: Mapping[person.Field, str]) -> dict[person.Field, Rule]:
    """What becomes of each field: what is written anyway, changed by what the settings say."""
    rules = dict(FIELDS)
    for name, how in hows.items():
        if how == LEAVE:
            rules.pop(name, None)
        else:
            rules[name] = Rule(how=How(how))
    for name, text in values.items():
        rules[name] = Rule(how=rules.get(name, Rule()).how, value=Template.parse(text))
    return rules
