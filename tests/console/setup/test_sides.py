"""Whose system asks, which kind it is, and about which domains."""

import pytest

from console.configuration import Configuration
from console.setup.sides import Kind, SetupError, Side, asides, left_out, sides


def test_unknown_caller_and_a_caller_of_no_system(configuration: Configuration) -> None:
    with pytest.raises(SetupError, match='there is no caller "nobody": write one of northwind-google-interop'):
        sides(configuration, ("nobody",))
    caller = configuration.callers[0].model_copy(update={"never_via": ()})
    others = asides(configuration.model_copy(update={"callers": (caller,)}))
    assert [(each.is_mistake, "none is named" in each.why) for each in others] == [(True, True)]
    with pytest.raises(SetupError, match=r"no \[\[callers\]\]"):
        sides(configuration.model_copy(update={"callers": ()}))


def asking(configuration: Configuration, *patterns: str) -> Side:
    caller = configuration.callers[1].model_copy(update={"may_ask": patterns})
    (side,) = sides(configuration.model_copy(update={"callers": (caller,)}))
    return side


def test_the_kind_follows_from_the_systems_own_people(configuration: Configuration) -> None:
    assert [side.kind for side in sides(configuration)] == [Kind.GOOGLE, Kind.EXCHANGE_ONLINE, Kind.EXCHANGE]


def test_everybody_means_every_routed_domain_but_its_own(configuration: Configuration) -> None:
    assert asking(configuration, "*").domains == ("fabrikam.example", "northwind.example")


def test_addresses_and_wildcards_become_what_the_other_side_can_enter(configuration: Configuration) -> None:
    side = asking(configuration, "ann@northwind.example", "*.example")
    assert side.single == ("ann@northwind.example",)
    assert side.wildcards == ("*.example",)
    assert side.domains == ("fabrikam.example", "northwind.example")


def test_what_leads_back_and_what_leads_nowhere_is_left_out_and_named(configuration: Configuration) -> None:
    side = asking(configuration, "contoso.example", "ann@contoso.example", "northwind.example", "nowhere.example")
    assert side.domains == ("northwind.example",)
    assert side.single == ()
    assert (side.own, side.unrouted) == (("contoso.example",), ("nowhere.example",))
    loop, nowhere = left_out(side)
    assert "refused as a loop: contoso.example" in loop
    assert "no route leads there: nowhere.example" in nowhere


def test_a_domain_below_a_wildcard_of_its_own_is_its_own(configuration: Configuration) -> None:
    route = configuration.routes[1].model_copy(update={"match": "*.contoso.example"})
    configuration = configuration.model_copy(update={"routes": (*configuration.routes, route)})
    assert asking(configuration, "inner.contoso.example").own == ("inner.contoso.example",)


def test_the_port_that_goes_without_saying_is_left_out(configuration: Configuration) -> None:
    server = configuration.server.model_copy(update={"public_url": "https://busy.example.com:443"})
    (side, *_) = sides(configuration.model_copy(update={"server": server}))
    assert side.autodiscover_url == "https://busy.example.com/autodiscover/autodiscover.xml"
    assert side.public_port == 443


def test_what_its_system_lets_us_read_besides_is_that_of_its_own_connectors(configuration: Configuration) -> None:
    caller = configuration.callers[1]
    connectors = {
        name: each.model_copy(update={"automatic_replies": True, "directory": None})
        for name, each in configuration.connectors.items()
    }
    configuration = configuration.model_copy(update={"connectors": connectors, "moves": ()})
    found = {grant.connector for side in sides(configuration, (caller.name,)) for grant in side.grants}
    assert found == set(caller.never_via)
