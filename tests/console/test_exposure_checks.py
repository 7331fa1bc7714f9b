"""What stands open to whom, told before it does harm: each finding with its key, and nothing where all is well."""

from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.exposure_checks import check_exposure

Found = list[tuple[str, str]]
TENANT = "8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"


def found(server: dict[str, Any] | None = None, *callers: dict[str, Any]) -> Found:
    written: dict[str, Any] = {
        "server": {
            "public_url": "https://busy.example.com",
            "certificate": {"kind": "files", "chain": "chain.pem", "key": "key.pem"},
            **(server or {}),
        },
        "connectors": {},
        "callers": list(callers),
    }
    return [(each.severity, each.key) for each in check_exposure(Configuration.model_validate(written))]


def caller(name: str = "northwind", **rest: Any) -> dict[str, Any]:
    basic = {"usernames": [f"{name}@northwind.example"], "password": f"file:{name}.hash"}
    return {"name": name, "basic": basic, "may_ask": ["fabrikam.example"], **rest}


FIRST_RUN = {"certificate": {"kind": "first-run", "directory": "certificates"}}


def test_an_ordinary_configuration_has_no_findings() -> None:
    assert found(None, caller()) == []
    assert found(FIRST_RUN, caller()) == []


@pytest.mark.parametrize("preset", ["google-calendar-interop", "exchange-online"])
def test_a_cloud_does_not_trust_a_first_run_certificate(preset: str) -> None:
    assert found(FIRST_RUN, caller(networks=["10.0.0.0/8", preset])) == [("error", "callers[1].networks")]
    assert found(None, caller(networks=[preset])) == []
    assert found(FIRST_RUN | {"trusted_proxies": ["10.0.0.5"]}, caller(networks=[preset])) == []


@pytest.mark.parametrize(
    ("rest", "key"),
    [
        ({"oauth": {"client_id": "x", "secret": "file:other.hash"}}, "oauth"),
        ({"faults": "per-mailbox"}, "faults"),
        ({"always_events": True}, "always_events"),
    ],
)
def test_what_looks_like_a_cloud_is_doubtful(rest: dict[str, Any], key: str) -> None:
    public = FIRST_RUN | {"listen": ["0.0.0.0:443"]}
    assert ("warning", f"callers[1].{key}") in found(public, caller(**rest))
    assert found(FIRST_RUN, caller(**rest)) == []  # for trying out, on this machine


@pytest.mark.parametrize(
    ("rest", "key"),
    [
        ({"microsoft": {"tenants": [TENANT]}}, "microsoft"),
        ({"faults": "per-mailbox", "always_events": True}, "faults"),
    ],
)
def test_who_proves_or_behaves_as_a_cloud_does_is_one(rest: dict[str, Any], key: str) -> None:
    public = FIRST_RUN | {"listen": ["0.0.0.0:443"]}
    assert ("error", f"callers[1].{key}") in found(public, caller(**rest))
    assert ("error", f"callers[1].{key}") not in found(public | {"trusted_proxies": ["10.0.0.5"]}, caller(**rest))
    assert found(FIRST_RUN, caller(**rest)) == []  # for trying out, on this machine


def test_plain_http_for_others() -> None:
    none = {"certificate": {"kind": "none"}}
    assert found(none | {"public_url": "http://busy.example.com"}) == [("error", "server.public_url")]
    for local in ("http://localhost:8080", "http://127.0.0.1", "http://[::1]:80", "https://busy.example.com"):
        assert found(none | {"public_url": local}) == []


@pytest.mark.parametrize(
    ("network", "severity"),
    [
        ("10.0.0.5", None),
        ("10.0.0.0/16", None),
        ("203.0.113.0/24", None),
        ("2001:db8::/64", None),
        ("10.0.0.0/8", "warning"),
        ("8.8.0.0/16", "warning"),
        ("2001:4860::/32", "warning"),
    ],
)
def test_whose_word_is_believed(network: str, severity: str | None) -> None:
    expected = [(severity, "server.trusted_proxies[2]")] if severity else []
    assert found({"trusted_proxies": ["192.0.2.1", network]}) == expected


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ({"listen": ["127.0.0.1:9464"]}, [("error", "server.metrics_listen")]),
        ({"listen": ["0.0.0.0:9464"]}, [("error", "server.metrics_listen")]),
        ({"listen": ["127.0.0.1:0"], "metrics_listen": ["127.0.0.1:0"]}, []),
        ({"listen": ["0.0.0.0:80"], "plain_listen": ["0.0.0.0:80"]}, [("error", "server.plain_listen")]),
        ({"listen": ["10.0.0.1:443", "10.0.0.2:443"]}, []),
        ({"metrics_listen": ["0.0.0.0:9464"]}, [("warning", "server.metrics_listen")]),
        ({"metrics_listen": []}, []),
    ],
)
def test_addresses(server: dict[str, Any], expected: Found) -> None:
    assert found(server) == expected


def test_callers_that_cannot_be_told_apart() -> None:
    second = caller("contoso")
    second["basic"]["password"] = "file:northwind.hash"
    assert found(None, caller(), second) == [("warning", "callers[2].basic.password")]
    shared = {"oauth": {"client_id": "x", "secret": "file:northwind.hash"}}
    assert found(None, caller(), caller("contoso", **shared)) == [("warning", "callers[2].oauth.secret")]
    assert found(None, caller(oauth=shared["oauth"])) == []  # one caller, two ways


def test_a_caller_that_may_ask_about_nobody() -> None:
    assert found(None, caller(may_ask=[])) == [("warning", "callers[1].may_ask")]


def test_a_password_that_opens_from_everywhere() -> None:
    public = {"listen": ["0.0.0.0:443"]}
    assert found(public, caller()) == [("note", "callers[1].basic")]
    assert found(public, caller(networks=["203.0.113.0/24"])) == []


@pytest.mark.parametrize(
    "url",
    ["https://busy .example.com", "https://busy.example.com\tx", "https://a<b>.example", "https://x:0", "https://x:y"],
)
def test_an_address_that_is_none_is_refused_when_it_is_read(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="scheme and host alone"):
        found({"public_url": url})
