"""The probe is recognised, and the challenge is the one that Exchange is known to answer."""

import pytest

from protocols.ews.xoauth.challenge import Category, challenge, diagnostics, is_probe
from protocols.ews.xoauth.clouds import CLOUDS
from protocols.ews.xoauth.wrong import Wrong
from simulation.microsoft.issuer import EXCHANGE, TENANT

NUMBERS = {
    "invalid_signature": 2000000,
    "invalid_token": 2000001,
    "token_expired": 2000002,
    "invalid_resource": 2000003,
    "invalid_tenant": 2000004,
    "invalid_user": 2000005,
    "invalid_client": 2000006,
    "internal_error": 2000007,
    "invalid_grant": 2000008,
}


@pytest.mark.parametrize("authorization", ["Bearer", "bearer", "BEARER ", " Bearer\t"])
def test_bearer_with_nothing_behind_it_is_a_probe(authorization: str) -> None:
    assert is_probe(authorization)


@pytest.mark.parametrize("authorization", ["", "Bearer x", "Basic", "BearerX", "Negotiate"])
def test_anything_else_is_none(authorization: str) -> None:
    assert not is_probe(authorization)


def test_the_challenge_is_that_of_exchange() -> None:
    uri = CLOUDS["global"].authorization_uri
    assert challenge(client_id=EXCHANGE, tenants=[TENANT], authorization_uri=uri) == (
        'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", '
        f'trusted_issuers="00000001-0000-0000-c000-000000000000@{TENANT}", '
        'token_types="app_asserted_user_v1 service_asserted_app_v1", '
        'authorization_uri="https://login.windows.net/common/oauth2/authorize"'
    )


def test_every_pinned_tenant_is_named_and_no_other() -> None:
    text = challenge(client_id=EXCHANGE, tenants=["a", "b"], authorization_uri="u")
    issuer = "00000001-0000-0000-c000-000000000000"
    assert f'trusted_issuers="{issuer}@a,{issuer}@b"' in text
    assert "*" not in text


def test_a_wrong_token_is_told_as_such() -> None:
    text = challenge(client_id=EXCHANGE, tenants=[TENANT], authorization_uri="u", error="invalid_token")
    assert text.endswith(', error="invalid_token"')


@pytest.mark.parametrize("category", Category)
def test_every_category_has_its_number(category: Category) -> None:
    number = NUMBERS[category.value]
    assert diagnostics(category, "Why.") == f'{number};reason="Why.";error_category="{category.value}"'


@pytest.mark.parametrize("wrong", Wrong)
def test_what_is_wrong_is_said_in_a_sentence_that_fits_into_the_header(wrong: Wrong) -> None:
    assert wrong.sentence.endswith(".")
    assert wrong.sentence.isascii()
    assert not {'"', ";", "\r", "\n"} & set(wrong.sentence)
