"""Tests of simulation/graph/directory.py."""

import pytest

from simulation.estate import Estate
from simulation.graph.directory import MAY_READ_GROUPS, MAY_READ_PLACES, answer, is_directory
from simulation.graph.schedule import GraphRefusal

URL = "http://graph.example"
ALL = MAY_READ_GROUPS | MAY_READ_PLACES


def test_a_group_is_found_by_its_address(estate: Estate) -> None:
    wanted = {"$filter": "mail eq 'berlin-team@contoso.example' or proxyAddresses/any(p:p eq 'smtp:x')"}
    (group,) = answer("/v1.0/groups", wanted, estate, ALL, URL)["value"]
    page = answer(f"/v1.0/groups/{group['id']}/transitiveMembers", {}, estate, ALL, URL)
    assert page["@odata.nextLink"] == f"{URL}/v1.0/groups/{group['id']}/transitiveMembers?$skiptoken=2"
    assert answer("/v1.0/groups", {"$filter": "mail eq 'x@contoso.example'"}, estate, ALL, URL)["value"] == []


@pytest.mark.parametrize(
    ("path", "roles", "status"),
    [
        ("/v1.0/groups", MAY_READ_PLACES, 403),
        ("/v1.0/places/microsoft.graph.roomlist", MAY_READ_GROUPS, 403),
        ("/v1.0/groups", ALL, 400),
        ("/v1.0/groups/nobody/transitiveMembers", ALL, 404),
        ("/v1.0/places/x@contoso.example/microsoft.graph.roomlist/rooms", ALL, 404),
    ],
)
def test_what_is_refused(estate: Estate, path: str, roles: frozenset[str], status: int) -> None:
    assert is_directory(path)
    with pytest.raises(GraphRefusal) as caught:
        answer(path, {}, estate, roles, URL)
    assert caught.value.status == status
