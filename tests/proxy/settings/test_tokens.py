"""What may be written about tokens, and what is told to whoever writes something else."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.tokens import EXCHANGE_ONLINE, MicrosoftCaller, MicrosoftSettings, OAuthCaller, TokensSettings

TENANT = "8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"


def test_a_client_has_an_id_and_a_reference_to_the_hash_of_its_secret() -> None:
    caller = OAuthCaller.model_validate({"client_id": "northwind", "secret": "file:northwind.hash"})
    assert str(caller.secret) == "file:northwind.hash"


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "", "secret": "file:x"},
        {"client_id": "a\u00e4", "secret": "file:x"},
        {"client_id": "a\nb", "secret": "file:x"},
        {"client_id": "northwind", "secret": "the secret itself"},
        {"client_id": "northwind"},
        {"client_id": "northwind", "secret": "file:x", "scope": "x"},
    ],
)
def test_any_other_client_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        OAuthCaller.model_validate(wrong)
    assert "the secret itself" not in str(refused.value)


def test_a_tenant_may_ask_with_exchange_online_unless_another_application_is_named() -> None:
    caller = MicrosoftCaller.model_validate({"tenants": [TENANT.upper()]})
    assert (caller.tenants, caller.apps) == ((TENANT,), (EXCHANGE_ONLINE,))


@pytest.mark.parametrize("tenants", [[], ["contoso.onmicrosoft.com"], ["*"], [f"{{{TENANT}}}"], [TENANT, "common"]])
def test_a_tenant_is_pinned_by_its_id_alone(tenants: list[str]) -> None:
    with pytest.raises(ValidationError):
        MicrosoftCaller.model_validate({"tenants": tenants})
    with pytest.raises(ValidationError):
        MicrosoftCaller.model_validate({"tenants": [TENANT], "apps": tenants})


def test_tokens_live_an_hour_and_keys_sign_for_a_day() -> None:
    tokens = TokensSettings()
    assert (tokens.lifetime, tokens.rotate) == (timedelta(hours=1), timedelta(hours=24))


@pytest.mark.parametrize(
    ("lifetime", "rotate", "words"),
    [
        ("59s", "24h", "lifetime is too short"),
        ("25h", "7d", "lifetime is too short or too long"),
        ("1h", "119m", "rotate is too short"),
    ],
)
def test_lengths_that_do_not_fit_are_told(lifetime: str, rotate: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        TokensSettings.model_validate({"lifetime": lifetime, "rotate": rotate})


def test_another_host_for_the_keys_is_an_https_address() -> None:
    assert MicrosoftSettings.model_validate({"login_url": "https://login.example.com/"}).login_url
    with pytest.raises(ValidationError):
        MicrosoftSettings.model_validate({"login_url": "http://login.example.com"})


@pytest.mark.parametrize("name", ["https://mail.example.com", "mail.example.com:443", "mail", "*.example.com", ""])
def test_a_host_name_stands_alone(name: str) -> None:
    with pytest.raises(ValidationError):
        MicrosoftSettings.model_validate({"hostnames": [name]})
    assert MicrosoftSettings.model_validate({"hostnames": ["Mail.Example.com"]}).hostnames == ("mail.example.com",)
