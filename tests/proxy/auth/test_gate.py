"""The ways are tried in order, the first that recognises what was shown decides, and the fence stands behind it."""

import pytest

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.gate import Gate
from proxy.auth.networks import Addresses, Fence
from service.addresses import parse_network

NORTHWIND = Caller("northwind", "", "word")


class Word:
    """Proves by one word; is asked of others that begin like it, and refuses them."""

    def __init__(self, word: str, found: Caller | Refused, challenge: str = "") -> None:
        self._word, self._found, self.challenge = word, found, challenge
        self.asked: list[Knock] = []

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """See Proof."""
        self.asked.append(knock)
        return self._found if knock.authorization == self._word else None


async def test_the_first_way_that_recognises_it_decides() -> None:
    first, second = Word("a", Refused("wrong-token"), "Bearer"), Word("a", NORTHWIND)
    found = await Gate([first, second]).identify(Knock("a"))
    assert isinstance(found, Refused)
    assert (found.reason, found.challenges) == ("wrong-token", ("Bearer",))
    assert second.asked == []


async def test_what_no_way_recognises_is_a_challenge_of_all_ways_and_no_failure() -> None:
    gate = Gate([Word("a", NORTHWIND, "Bearer"), Word("b", NORTHWIND), Word("c", NORTHWIND, 'Basic realm="x"')])
    for authorization in (None, "", "Bearer", "Negotiate YII="):
        assert await gate.identify(Knock(authorization)) == Refused(
            "no-credentials", challenges=("Bearer", 'Basic realm="x"')
        )
    assert await gate.identify(Knock("b")) == NORTHWIND


@pytest.mark.parametrize("refused", [Refused("throttled", 429, 7), Refused("wrong-token", challenges=("Bearer x",))])
async def test_a_way_may_say_itself_how_it_refuses(refused: Refused) -> None:
    assert await Gate([Word("a", refused, "Bearer")]).identify(Knock("a")) == refused


async def test_the_fence_is_asked_after_the_proof_only() -> None:
    fence = Fence({"northwind": ("203.0.113.0/24",)})
    gate = Gate([Word("a", NORTHWIND)], fence=fence)
    assert await gate.identify(Knock("a", "203.0.113.1")) == NORTHWIND
    assert await gate.identify(Knock("a", "198.51.100.1")) == Refused("network", 403, caller="northwind")
    assert (await gate.identify(Knock("b", "198.51.100.1"))) == Refused("no-credentials")
    assert gate.admit(NORTHWIND, Knock(None, "203.0.113.1")) == NORTHWIND
    assert gate.admit(NORTHWIND, Knock(None, "198.51.100.1")) == Refused("network", 403, caller="northwind")


async def test_the_real_address_is_found_before_anybody_is_asked() -> None:
    way = Word("a", NORTHWIND)
    fence = Fence({"northwind": ("198.51.100.0/24",)})
    gate = Gate([way], addresses=Addresses([parse_network("10.0.0.5")]), fence=fence)
    assert await gate.identify(Knock("a", "10.0.0.5", ("6.6.6.6, 198.51.100.1",))) == NORTHWIND
    assert str(way.asked[0].address) == "198.51.100.1"
    for found in (
        await gate.identify(Knock("a", "10.0.0.5", ("x",))),
        gate.admit(NORTHWIND, Knock("a", "10.0.0.5", ("x",))),
    ):
        assert found == Refused("forwarded-for", 403)
    assert len(way.asked) == 1


class Recalled(Word):
    """Remembers everybody who was proved once."""

    def recall(self, knock: Knock) -> Caller | None:
        """See Recalling."""
        known = any(each.authorization == knock.authorization == self._word for each in self.asked)
        return self._found if known and isinstance(self._found, Caller) else None


async def test_who_is_recalled_is_let_in_from_where_it_may_come() -> None:
    addresses = Addresses([parse_network("10.0.0.5")])
    gate = Gate(
        [Word("b", NORTHWIND), Recalled("a", NORTHWIND)],
        addresses=addresses,
        fence=Fence({"northwind": ["203.0.113.0/24"]}),
    )
    assert gate.recall(Knock("a", "203.0.113.7")) is None  # not proved yet
    assert await gate.identify(Knock("a", "203.0.113.7")) == NORTHWIND
    for knock, found in (
        (Knock("a", "203.0.113.7"), NORTHWIND),
        (Knock("a", "198.51.100.1"), None),
        (Knock("a", "10.0.0.5", ("203.0.113.9",)), NORTHWIND),
        (Knock("a", "10.0.0.5", ("198.51.100.1",)), None),
        (Knock("a", "10.0.0.5", ("nonsense",)), None),
        (Knock("b", "203.0.113.7"), None),  # of a way that remembers nobody
    ):
        assert gate.recall(knock) is found
