"""What may be written about issuers, what is told to whoever writes something else, and whose claims are whose."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings import ProxySettings
from proxy.settings.oidc import OidcCaller, OidcSettings
from tests.proxy.served import configuration

ISSUER = "https://login.northwind.example/"
SECTION = {"issuer": ISSUER, "audiences": ["https://busy.example.com"]}
ROOMS = {"issuer": ISSUER, "subjects": ["rooms"], "clients": ["dashboard"]}


def test_an_issuer_is_kept_to_the_letter_and_signs_by_two_algorithms() -> None:
    section = OidcSettings.model_validate(SECTION)
    assert section.issuer == ISSUER
    assert section.algorithms == ("RS256", "ES256")
    assert section.leeway == timedelta(minutes=1)
    assert OidcCaller.model_validate(ROOMS).issuers == (ISSUER,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://login.northwind.example"},
        {"issuer": "login.northwind.example"},
        {"issuer": "https://user@login.northwind.example"},
        {"issuer": "https://login.northwind.example/?tenant=1"},
        {"issuer": "https://login.northwind.example/\ttenant"},
        {"audiences": []},
        {"audiences": [""]},
        {"algorithms": []},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"leeway": "6m"},
        {"jwks_url": "http://login.northwind.example/keys"},
        {"secret": "x"},
    ],
)
def test_any_other_issuer_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OidcSettings.model_validate(SECTION | wrong)


def test_a_long_leeway_is_told_at_its_key() -> None:
    with pytest.raises(ValidationError, match="write 5m or less") as refused:
        OidcSettings.model_validate(SECTION | {"leeway": "6m"})
    assert [told["loc"] for told in refused.value.errors()] == [("leeway",)]


@pytest.mark.parametrize("wrong", [{"subjects": [], "clients": []}, {"subjects": [""]}, {"issuer": "x"}])
def test_a_caller_is_somebody(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OidcCaller.model_validate(ROOMS | wrong)


def _settings(*proofs: dict[str, Any], issuers: list[Any] | None = None) -> ProxySettings:
    whole = configuration()
    whole["callers"] = [
        {"name": f"caller-{number}", "may_ask": ["*"], "oidc": proof} for number, proof in enumerate(proofs)
    ]
    whole["oidc"] = [SECTION] if issuers is None else issuers
    return ProxySettings.model_validate(whole)


def _places(*proofs: dict[str, Any], issuers: list[Any] | None = None) -> list[tuple[int | str, ...]]:
    with pytest.raises(ValidationError) as refused:
        _settings(*proofs, issuers=issuers)
    return [each["loc"] for each in refused.value.errors()]


def test_a_claim_is_one_callers_alone() -> None:
    _settings(ROOMS, {"issuer": ISSUER, "subjects": ["dashboard"], "clients": ["rooms"]})
    assert _places(ROOMS, {"issuer": ISSUER, "subjects": ["other", "rooms"]}) == [("callers", 1, "oidc", "subjects", 1)]
    assert _places(ROOMS, {"issuer": ISSUER, "clients": ["dashboard"]}) == [("callers", 1, "oidc", "clients", 0)]


def test_the_same_claim_of_another_issuer_is_somebody_else() -> None:
    other = {"issuer": ISSUER.rstrip("/"), "audiences": ["x"]}
    _settings(ROOMS, ROOMS | {"issuer": other["issuer"]}, issuers=[SECTION, other])


def test_a_callers_issuer_must_be_there_to_the_letter() -> None:
    wrong = ROOMS | {"issuer": ISSUER.rstrip("/")}
    assert _places(wrong) == [("callers", 0, "oidc", "issuer")]
    assert _places(ROOMS, issuers=[]) == [("callers", 0, "oidc", "issuer")]


def test_an_issuer_comes_once() -> None:
    assert _places(ROOMS, issuers=[SECTION, SECTION]) == [("oidc", 1, "issuer")]
