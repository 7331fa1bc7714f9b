"""Microsoft's tokens at the gate: who is proved, what is remembered, and how a refusal is told."""

from collections.abc import Iterable

import pytest

from protocols.ews.xoauth.clouds import CLOUDS
from protocols.ews.xoauth.keys import Keys
from protocols.ews.xoauth.token import LEEWAY
from protocols.model.caller import Caller
from proxy.auth import Knock, Proof, Refused
from proxy.auth.gate import Gate
from proxy.auth.microsoft import MicrosoftTokens
from simulation.microsoft.issuer import EXCHANGE, TENANT
from tests.protocols.ews.xoauth.tokens import HOST, KEYS, NOW, PERSON, SERVICE, Parts

CONTOSO = Caller("contoso", "Contoso", "microsoft")
WORDS = "The audience of the token is another host."


class Published:
    """Keys that are there at once, and which of them were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def get(self, names: Iterable[str]) -> Keys:
        """All."""
        self.asked.append(tuple(names))
        return KEYS


class Time:
    """A clock that is set by hand."""

    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def published() -> Published:
    """New ones."""
    return Published()


@pytest.fixture
def time() -> Time:
    """Of this test alone."""
    return Time()


@pytest.fixture
def tokens(published: Published, time: Time) -> MicrosoftTokens:
    """For one tenant and Exchange Online."""
    return MicrosoftTokens(
        callers={(TENANT, EXCHANGE): CONTOSO},
        keys={TENANT: published},
        client_id=EXCHANGE,
        hostnames=[HOST],
        cloud=CLOUDS["global"],
        clock=time,
    )


async def test_a_token_proves_the_caller_and_names_the_person(tokens: MicrosoftTokens) -> None:
    proof: Proof = tokens
    found = await proof.identify(Knock(f"Bearer {Parts().token}"))
    assert found == Caller("contoso", "Contoso", "microsoft", PERSON)
    assert await proof.identify(Knock(f"bearer {Parts().actor_token}")) == CONTOSO


async def test_a_token_is_proved_once_and_remembered_until_it_ends(
    tokens: MicrosoftTokens, published: Published, time: Time
) -> None:
    knock = Knock(f"Bearer {Parts().token}")
    for _ in range(3):
        assert isinstance(await tokens.identify(knock), Caller)
    assert len(published.asked) == 1
    time.now += 8 * 3_600 + LEEWAY - 1
    assert isinstance(await tokens.identify(knock), Caller)
    time.now += 1
    assert isinstance(found := await tokens.identify(knock), Refused)
    assert found.reason == "microsoft-expired"


async def test_a_refusal_repeats_the_challenge_and_says_what_is_wrong(tokens: MicrosoftTokens) -> None:
    found = await tokens.identify(Knock(f"Bearer {SERVICE.token('elsewhere.example', PERSON)}"))
    assert isinstance(found, Refused)
    assert (found.status, found.reason) == (401, "microsoft-audience-host")
    assert found.challenges == (tokens.challenge + ', error="invalid_token"',)
    assert found.headers == (("x-ms-diagnostics", f'2000003;reason="{WORDS}";error_category="invalid_resource"'),)


async def test_nobody_fetches_keys_for_a_tenant_that_is_not_pinned(
    tokens: MicrosoftTokens, published: Published
) -> None:
    stranger = Parts(actor=SERVICE.actor_claims(HOST) | {"iss": "00000001-0000-0000-c000-000000000000@x"})
    for token in (stranger.token, "x", "a.b.c", "\udc80", "e30.e30.", "x" * 100_000):
        assert isinstance(await tokens.identify(Knock(f"Bearer {token}")), Refused)
    assert published.asked == []


@pytest.mark.parametrize("authorization", [None, "Basic eDp5", "Bearer", "Bearer ", "Negotiate x", ""])
async def test_what_is_no_bearer_token_is_left_to_the_other_ways(
    tokens: MicrosoftTokens, authorization: str | None
) -> None:
    assert await tokens.identify(Knock(authorization)) is None


@pytest.mark.parametrize("authorization", ["Bearer", "bearer ", None])
async def test_the_empty_bearer_token_gets_the_challenge_and_is_no_failure(
    tokens: MicrosoftTokens, authorization: str | None
) -> None:
    found = await Gate([tokens]).identify(Knock(authorization))
    assert found == Refused("no-credentials", challenges=(tokens.challenge,))
    assert f"@{TENANT}" in tokens.challenge


async def test_the_person_is_of_the_token_and_of_no_other(tokens: MicrosoftTokens) -> None:
    people = ["ann@contoso.example", "bob@contoso.example"]
    shown = [SERVICE.token(HOST, person) for person in people]
    found = [await tokens.identify(Knock(f"Bearer {token}")) for token in shown * 2]
    assert [each.person for each in found if isinstance(each, Caller)] == people * 2
