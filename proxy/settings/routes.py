"""[[routes]] and [rooms]: which connector answers for whom, and which mailboxes are rooms."""

from pydantic import Field

from proxy.settings.words import Pattern, Rewrite, RoomPattern, Section


class RouteSettings(Section):
    """[[routes]]: which connector answers for whom; the most particular match wins: address, domain, *.domain."""

    match: Pattern = Field(description='an address, a domain, or "*.domain"', examples=["northwind.example"])
    via: str = Field(description="the name of a connector", examples=["northwind"])
    rewrite: Rewrite | None = Field(
        None,
        description="the address the connector knows; {local} and {domain} are those asked for",
        examples=["{local}@g.northwind.example"],
    )
    rooms: bool = Field(False, description="every mailbox of this route is a room, as those are that [rooms] names")


class RoomsSettings(Section):
    """[rooms]: which mailboxes are rooms."""

    match: tuple[RoomPattern, ...] = Field(
        ("*@resource.calendar.google.com",),
        description="addresses, with * for any part; nothing but this and a route's rooms tells rooms from people",
    )
