"""Client secrets are proved like passwords, and a user name of the same spelling is another."""

from ipaddress import ip_address

from protocols.model.caller import Caller
from proxy.auth import Refused
from proxy.auth.client_secrets import Client, ClientSecrets, hashes
from proxy.auth.networks import Fence
from proxy.auth.passwords import WRONG, Passwords
from tests.proxy.auth.hashing import Counting, Time

HERE = ip_address("203.0.113.1")
NORTHWIND = Caller("northwind", "Northwind", "oauth")
CLIENTS = [Client("interop", "[zebra]", NORTHWIND)]


def _secrets(counting: Counting, **allowed: tuple[str, ...]) -> ClientSecrets:
    known = Passwords(hashes(CLIENTS) | {"user:other": "[zebra]"}, verify=counting, clock=Time())
    return ClientSecrets(CLIENTS, known, fence=Fence(allowed))


async def test_who_is_proved() -> None:
    secrets = _secrets(Counting())
    assert await secrets.prove("interop", "zebra", HERE) == NORTHWIND
    assert await secrets.prove("interop", "horse", HERE) == WRONG
    assert await secrets.prove("INTEROP", "zebra", HERE) == WRONG  # RFC 6749 2.2: a string, not a name
    assert await secrets.prove("other", "zebra", HERE) == WRONG


async def test_an_unknown_client_costs_what_a_wrong_secret_costs() -> None:
    costs = []
    for client in ("interop", "nobody"):
        counting = Counting()
        secrets = _secrets(counting)
        found = [await secrets.prove(client, f"guess{n}", HERE) for n in range(10)]
        costs.append((len(counting.hashes), [each.status for each in found if isinstance(each, Refused)]))
    assert costs[0] == costs[1]
    assert costs[0][1] == [401] * 5 + [429] * 5


async def test_the_fence_is_theirs_too() -> None:
    secrets = _secrets(Counting(), northwind=("203.0.113.0/24",))
    assert await secrets.prove("interop", "zebra", HERE) == NORTHWIND
    for address in (ip_address("198.51.100.1"), None):
        assert await secrets.prove("interop", "zebra", address) == Refused("network", 403, caller="northwind")
