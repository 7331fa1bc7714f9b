"""What may be written of a caller, and that every mistake is told at its own key."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.callers import CallerSettings

BASIC = {"usernames": ["interop@northwind.example"], "password": "file:interop.hash"}
PIN = "sha256:" + "0f" * 32


def _caller(**written: Any) -> CallerSettings:
    return CallerSettings.model_validate({"name": "northwind", "may_ask": ["fabrikam.example"], **written})


def _mistakes(**written: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as raised:
        _caller(**written)
    return [(error["loc"], error["msg"]) for error in raised.value.errors()]


@pytest.mark.parametrize(
    "proof",
    [
        {"basic": BASIC},
        {"oauth": {"client_id": "interop", "secret": "file:client.hash"}},
        {"microsoft": {"tenants": ["8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"]}},
        {"federation": {"domains": ["contoso.example"]}},
        {"certificate": {"names": ["exchange.contoso.example"], "ca": "ca.pem"}},
        {"certificate": {"pins": [PIN], "ca": "ca.pem"}, "basic": BASIC},
    ],
)
def test_one_proof_is_enough_and_more_are_fine(proof: dict[str, Any]) -> None:
    caller = _caller(**proof)
    assert all(getattr(caller, key) is not None for key in proof)


def test_without_any_proof_it_is_said_which_to_write() -> None:
    ((place, words),) = _mistakes()
    assert place == ()
    assert all(word in words for word in ("basic", "oauth", "microsoft", "federation", "certificate"))


def test_the_defaults_let_a_caller_come_from_anywhere_at_a_generous_rate() -> None:
    caller = _caller(basic=BASIC)
    assert (caller.networks, caller.rate, caller.people_per_hour) == ((), 100, 2000)


def test_networks_are_cidrs_and_presets() -> None:
    written = ["google-calendar-interop", "exchange-online", "203.0.113.0/24", "2001:DB8::/32", "198.51.100.7"]
    found = _caller(basic=BASIC, networks=written).networks
    assert found == ("google-calendar-interop", "exchange-online", "203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32")


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("google", "write a CIDR, or one of exchange-online, google-calendar-interop"),
        ("203.0.113.7/24", '"203.0.113.0/24"'),
        ("203.0.113.0/33", '"203.0.113.0/24"'),
        ("mail.contoso.example", "CIDR"),
        ("0.0.0.0/0", "leave networks out"),
        ("::/0", "leave networks out"),
    ],
)
def test_a_network_that_is_none_is_told_with_what_to_write(network: str, words: str) -> None:
    ((place, said),) = _mistakes(basic=BASIC, networks=["10.0.0.0/8", network])
    assert place == ("networks", 1)
    assert words in said


@pytest.mark.parametrize("rate", [0, -1, 0.01, float("nan"), float("inf")])
def test_a_rate_is_a_number_above_nought(rate: float) -> None:
    assert [place for place, _ in _mistakes(basic=BASIC, rate=rate)] == [("rate",)]


def test_names_and_pins_are_taken_in_any_spelling() -> None:
    names = ["Exchange.Contoso.Example", "Busy@Contoso.example", "urn:Contoso:Busy", "https://x.example/Y"]
    pins = [PIN.upper(), "SHA256:" + ":".join(["0F"] * 32)]
    written = _caller(certificate={"names": names, "pins": pins, "ca": "ca.pem"}).certificate
    assert written is not None
    assert written.names == (
        "exchange.contoso.example", "busy@contoso.example", "urn:Contoso:Busy", "https://x.example/Y",
    )  # fmt: skip
    assert written.pins == (PIN, PIN)
    assert written.ca == Path("ca.pem")


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"names": ["a.example"]}, ("certificate", "ca")),
        ({"ca": "ca.pem"}, ("certificate",)),
        ({"ca": "ca.pem", "pins": ["sha256:12"]}, ("certificate", "pins", 0)),
        ({"ca": "ca.pem", "pins": ["0f" * 32]}, ("certificate", "pins", 0)),
        ({"ca": "ca.pem", "names": ["*.contoso.example"]}, ("certificate", "names", 0)),
        ({"ca": "ca.pem", "names": ["CN=exchange"]}, ("certificate", "names", 0)),
    ],
)
def test_a_certificate_that_proves_nobody_is_told(written: dict[str, Any], place: tuple[str | int, ...]) -> None:
    assert [found for found, _ in _mistakes(certificate=written)] == [place]


def test_a_user_name_with_a_colon_could_never_sign_in() -> None:
    ((place, said),) = _mistakes(basic=BASIC | {"usernames": ["a", "north:wind"]})
    assert place == ("basic", "usernames", 1)
    assert "RFC 7617" in said


def test_the_scheme_of_a_name_is_read_in_any_letter_case() -> None:
    found = _caller(certificate={"names": ["URN:Foo:Bar", "HTTPS://x.example/Y"], "ca": "ca.pem"}).certificate
    assert found
    assert found.names == ("urn:Foo:Bar", "https://x.example/Y")
