"""[[routes]], [[aliases]] and [rooms]: which connectors answer for whom, who is who, and which mailboxes are rooms."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from service.words import Domain, FilePath, Pattern, Rewrite, RoomPattern, Section, Switch, some


def _several(written: Any) -> Any:
    return (written,) if isinstance(written, str) else written


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if twice := sorted({value for value in values if values.count(value) > 1}):
        raise ValueError(f'"{twice[0]}" stands there twice: name each connector once')
    return some(values)


class RouteSettings(Section):
    """[[routes]]: which connectors answer for whom; the most particular match wins: address, domain, *.domain."""

    match: Pattern = Field(description='an address, a domain, or "*.domain"', examples=["northwind.example"])
    via: Annotated[tuple[str, ...], BeforeValidator(_several), AfterValidator(_each_once)] = Field(
        description="the name of a connector, or of several: one person, several calendars", examples=["northwind"]
    )
    combine: Literal["union", "first"] | None = Field(
        None,
        description='of several connectors: "union", busy in one is busy; or "first", the next is asked only where one '
        "does not know the mailbox",
        examples=["union"],
    )
    rewrite: Rewrite | None = Field(
        None,
        description='the address the connector knows; {local} and {domain} are those asked for, "{alias}" is the name '
        "that [[aliases]] gives; of several connectors a table, by their names",
        examples=["{local}@g.northwind.example"],
    )
    rooms: Switch = Field(False, description="every mailbox of this route is a room, as those are that [rooms] names")

    @model_validator(mode="after")
    def _says_what_becomes_of_several(self) -> Self:
        if len(self.via) > 1 and self.combine is None:
            raise ValueError('several connectors: write combine = "union" or combine = "first"')
        if isinstance(self.rewrite, dict) and (strange := sorted(set(self.rewrite) - set(self.via))):
            raise ValueError(f'rewrite names "{strange[0]}", which via does not: name it there, or remove it')
        return self


class AliasSettings(Section):
    """[[aliases]]: other addresses of the same people and rooms, in questions and towards connectors."""

    domain: Domain | None = Field(
        None,
        description="a domain whose people have the same local part in another",
        examples=["g.northwind.example"],
    )
    of: Domain | None = Field(None, description="that other domain, the real one", examples=["northwind.example"])
    addresses: FilePath | None = Field(
        None,
        description="or a file of single addresses: one alias and the real address to a line, with a comma between",
        examples=["rooms.csv"],
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.domain is None) != (self.of is None) or (self.domain is None) == (self.addresses is None):
            raise ValueError("write domain and of, or addresses alone")
        return self


class RoomsSettings(Section):
    """[rooms]: which mailboxes are rooms."""

    match: tuple[RoomPattern, ...] = Field(
        ("*@resource.calendar.google.com",),
        description="addresses, with * for any part; nothing but this and a route's rooms tells rooms from people",
    )
