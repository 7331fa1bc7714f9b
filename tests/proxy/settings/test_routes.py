"""Routes are narrow by default, and rooms are known by Google's own domain for them."""

from proxy.settings.routes import RoomsSettings, RouteSettings


def test_a_route_changes_no_address_and_makes_nobody_a_room() -> None:
    route = RouteSettings(match="Northwind.example", via="northwind")
    assert (route.match, route.rewrite, route.rooms) == ("northwind.example", None, False)


def test_googles_rooms_are_rooms() -> None:
    assert RoomsSettings().match == ("*@resource.calendar.google.com",)
