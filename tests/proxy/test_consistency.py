"""Names that must exist or must not come twice, each told at its own key."""

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.consistency import PROOFS, check_client_certificates, check_names, check_scheme
from proxy.settings.callers import CallerSettings


def _caller(name: str, *usernames: str, **proofs: dict[str, Any]) -> SimpleNamespace:
    written: dict[str, Any] = {"basic": {"usernames": usernames}} if usernames else {}
    shown = {key: SimpleNamespace(**value) for key, value in (written | proofs).items()}
    return SimpleNamespace(name=name, never_via=(), **dict.fromkeys(PROOFS) | shown)


def test_what_is_consistent_passes() -> None:
    check_names(["a"], [SimpleNamespace(match="x", via="a")], [_caller("one", "u", "U"), _caller("two", "v")])
    check_scheme("https://x", "files")
    check_scheme("http://x", "none")
    check_scheme("https://x", "none")  # somebody else ends TLS
    check_client_certificates("files", [_caller("one", certificate={})])
    check_client_certificates("none", [_caller("one", "u")])


def test_every_proof_of_a_caller_is_known_here() -> None:
    assert set(PROOFS) <= set(CallerSettings.model_fields)


_PIN = "sha256:" + "ab" * 32
CLAIMED: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str | int, ...]]] = {
    "user name": (
        {"basic": {"usernames": ("User",)}},
        {"basic": {"usernames": ("x", "uSER")}},
        ("basic", "usernames", 1),
    ),
    "client id": ({"oauth": {"client_id": "a"}}, {"oauth": {"client_id": "a"}}, ("oauth", "client_id")),
    "tenant": (
        {"microsoft": {"tenants": ("t",), "apps": ("a", "b")}},
        {"microsoft": {"tenants": ("s", "t"), "apps": ("b", "c")}},
        ("microsoft", "tenants", 1),
    ),
    "domain": ({"federation": {"domains": ("d",)}}, {"federation": {"domains": ("d",)}}, ("federation", "domains", 0)),
    "name": (
        {"certificate": {"names": ("a.example",), "pins": ()}},
        {"certificate": {"names": ("A.example",), "pins": ()}},
        ("certificate", "names", 0),
    ),
    "pin": (
        {"certificate": {"names": (), "pins": (_PIN,)}},
        {"certificate": {"names": (), "pins": ("sha256:00", _PIN)}},
        ("certificate", "pins", 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMED)
def test_what_a_caller_is_known_by_is_that_callers_alone(claim: str) -> None:
    first, second, place = CLAIMED[claim]
    with pytest.raises(ValidationError) as raised:
        check_names([], [], [_caller("one", **first), _caller("two", **second)])
    (error,) = raised.value.errors()
    assert error["loc"] == ("callers", 1, *place)
    assert 'of the caller "one" already: give each caller its own' in error["msg"]
    check_names([], [], [_caller("one", **first), _caller("two")])


def test_a_caller_may_write_the_same_twice_and_another_kind_of_proof_is_another() -> None:
    check_names([], [], [_caller("one", "a", "A"), _caller("two", oauth={"client_id": "a"})])
    tenants = ({"tenants": ("t",), "apps": ("a",)}, {"tenants": ("t",), "apps": ("b",)})
    check_names([], [], [_caller("one", microsoft=tenants[0]), _caller("two", microsoft=tenants[1])])


def test_two_callers_of_one_name_are_told_that_first() -> None:
    with pytest.raises(ValidationError) as raised:
        check_names([], [], [_caller("one", "a"), _caller("one", "a")])
    assert [error["loc"] for error in raised.value.errors()] == [("callers", 1, "name")]


def test_without_any_connector_a_section_is_suggested() -> None:
    with pytest.raises(ValidationError, match=r"add a section \[connectors\.a\]"):
        check_names([], [SimpleNamespace(match="x", via="a")], [])


def test_a_certificate_and_plain_http_contradict() -> None:
    with pytest.raises(ValidationError, match='"https://x"'):
        check_scheme("http://x", "files")


def test_a_client_certificate_is_not_seen_where_tls_ends_before() -> None:
    with pytest.raises(ValidationError) as raised:
        check_client_certificates("none", [_caller("one", "u"), _caller("two", certificate={})])
    assert [error["loc"] for error in raised.value.errors()] == [("callers", 1, "certificate")]
