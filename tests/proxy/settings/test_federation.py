"""[federation] is off unless written, and what is written wrong is said at its key."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings import ProxySettings
from proxy.settings.federation import FederationCaller, FederationSettings
from tests.proxy.served import configuration

VALID: dict[str, Any] = {
    "application_uri": "FYDIBOHF25SPDLT.fabrikam.example",
    "domains": ["Fabrikam.example"],
    "current": {"chain": "federation.pem", "key": "federation-key.pem"},
    "issuers": [{"uri": "urn:federation:MicrosoftOnline", "certificates": ["microsoft.pem"]}],
}


def _places(error: ValidationError) -> list[tuple[int | str, ...]]:
    return [each["loc"] for each in error.errors()]


def test_the_defaults_are_the_narrow_ones() -> None:
    written = FederationSettings.model_validate(VALID)
    assert (written.signed, written.sha1_tokens, written.clock_skew) == ("body", False, timedelta(minutes=5))
    assert (written.next, written.previous) == (None, None)
    assert written.domains == ("fabrikam.example",)
    assert written.issuers[0].endpoint == "https://login.microsoftonline.com/extSTS.srf"
    assert ProxySettings.model_validate(configuration()).federation is None


def test_the_files_lie_beside_the_configuration() -> None:
    written = FederationSettings.model_validate({**VALID, "previous": {"chain": "/etc/old.pem", "key": "old.key"}})
    assert written.files(Path("/srv")) == {
        "current": (Path("/srv/federation.pem"), Path("/srv/federation-key.pem")),
        "previous": (Path("/etc/old.pem"), Path("/srv/old.key")),
    }


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"application_uri": ""}, ("application_uri",)),
        ({"application_uri": "a b"}, ("application_uri",)),
        ({"domains": []}, ("domains",)),
        ({"domains": ["a@b.example"]}, ("domains", 0)),
        ({"issuers": []}, ("issuers",)),
        ({"issuers": [{"uri": "urn:a", "certificates": []}]}, ("issuers", 0, "certificates")),
        ({"issuers": VALID["issuers"] * 2}, ()),
        ({"clock_skew": "16m"}, ("clock_skew",)),
        ({"signed": "nothing"}, ("signed",)),
    ],
)
def test_what_is_wrong_is_said_at_its_key(changes: dict[str, Any], place: tuple[int | str, ...]) -> None:
    with pytest.raises(ValidationError) as raised:
        FederationSettings.model_validate({**VALID, **changes})
    assert _places(raised.value) == [place]


def test_several_issuers_say_whom_they_vouch_for() -> None:
    """Else each of them could vouch for the callers of the other."""
    issuers = [{"uri": f"urn:{name}", "certificates": ["a.pem"]} for name in "ab"]
    with pytest.raises(ValidationError, match="the domains that this one may vouch for") as raised:
        ProxySettings.model_validate({**configuration(), "federation": {**VALID, "issuers": issuers}})
    assert _places(raised.value) == [("federation", "issuers", number, "domains") for number in (0, 1)]
    issuers = [{**issuer, "domains": ["Contoso.example"]} for issuer in issuers]
    valid = ProxySettings.model_validate({**configuration(), "federation": {**VALID, "issuers": issuers}})
    assert valid.federation is not None
    assert [issuer.domains for issuer in valid.federation.issuers] == [("contoso.example",)] * 2


def test_a_caller_stands_for_domains() -> None:
    assert FederationCaller.model_validate({"domains": ["BÜCHER.example"]}).domains == ("xn--bcher-kva.example",)
    with pytest.raises(ValidationError, match="at least one"):
        FederationCaller.model_validate({"domains": []})


def test_a_caller_by_federation_needs_the_trust() -> None:
    written = configuration(federation={"domains": ["contoso.example"]})
    with pytest.raises(ValidationError, match=r"write a section \[federation\]") as raised:
        ProxySettings.model_validate(written)
    assert _places(raised.value) == [("callers", 0, "federation")]
    assert ProxySettings.model_validate({**written, "federation": VALID}).federation is not None
