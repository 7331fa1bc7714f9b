"""Tests of console/gal_route_checks.py: whoever is found in an address book can be asked when they are free."""

from pathlib import Path
from typing import Any

import pytest

from console.check import located
from console.configuration import Configuration, load
from console.findings import Finding
from console.gal_route_checks import check_gal_routes
from tests.galsync.settings.estate import DIRECTORIES
from tests.proxy.served import configuration

SYNC = {"name": "staff", "from": ["csv"], "to": "list"}
CONNECTOR: dict[str, Any] = {"protocol": "ews", "url": "https://m.example/EWS/Exchange.asmx"}
CONNECTOR |= {"auth": {"kind": "basic", "username": "u", "password": "env:P"}}
ROUTES = [{"match": match, "via": "n"} for match in ("routed.example", "*.below.example", "one@single.example")]


def _found(*syncs: dict[str, Any], directories: dict[str, Any] | None = None, routes: Any = ROUTES) -> list[Finding]:
    written = configuration() | {
        "directories": DIRECTORIES | (directories or {}),
        "directory_syncs": syncs,
        "connectors": {"n": CONNECTOR, "graph": CONNECTOR},
        "routes": routes,
        "callers": [],
    }
    return list(check_gal_routes(Configuration.model_validate(written), Path()))


def _told(*syncs: dict[str, Any], **more: Any) -> dict[str, str]:
    found = _found(*syncs, **more)
    assert {each.severity for each in found} <= {"warning"}
    return {each.key: each.what.split(" with addresses of ")[1].split(",")[0] for each in found}


@pytest.mark.parametrize(
    ("sync", "told"),
    [
        ({}, {}),  # of a spreadsheet nothing is known
        ({"external": "{local}@routed.example"}, {}),
        ({"external": "{local}@a.below.example"}, {}),
        ({"external": "{local}@Elsewhere.example"}, {"external": "elsewhere.example"}),
        ({"external": "{local}@single.example"}, {"external": "single.example"}),  # a route of one person alone
        ({"external": "{local}@{company}.example"}, {}),
        ({"external": "{local}@{domain}", "include": {"domains": ["a.example"]}}, {"include.domains": "a.example"}),
        ({"include": {"domains": ["routed.example", "*.below.example"]}}, {}),
        ({"include": {"domains": ["*.elsewhere.example"]}}, {"include.domains": "*.elsewhere.example"}),
        ({"domains": {"fabrikam.local": "routed.example"}, "include": {"domains": ["fabrikam.local"]}}, {}),
        ({"domains": {"fabrikam.local": "elsewhere.example"}}, {"domains": "elsewhere.example"}),
    ],
)
def test_the_domain_of_entries_has_a_route(sync: dict[str, Any], told: dict[str, str]) -> None:
    assert _told(SYNC | sync) == {f"directory_syncs[1].{key}": domain for key, domain in told.items()}


def test_the_domains_of_a_directory_are_those_of_its_people() -> None:
    graph = DIRECTORIES["graph"] | {"domains": ["routed.example", "contoso.example"]}
    google = DIRECTORIES["google"] | {"domain": "northwind.example"}
    syncs = SYNC | {"from": ["graph"]}, SYNC | {"name": "b", "from": ["google"]}, SYNC | {"name": "c", "from": "graph"}
    told = _told(*syncs, directories={"graph": graph, "google": google})
    assert told == {"directory_syncs[1].from": "contoso.example", "directory_syncs[2].from": "northwind.example"}
    excluded = SYNC | {"from": ["graph"], "exclude": {"domains": ["contoso.example"]}}
    assert _told(excluded, directories={"graph": graph}) == {}


def test_the_line_to_add_is_told() -> None:
    (one,) = _found(SYNC | {"from": ["graph"], "external": "{local}@contoso.example"})
    assert 'match = "contoso.example" and via = "graph"' in one.mend
    (other,) = _found(SYNC | {"external": "{local}@contoso.example"})
    assert "via = one of n, graph" in other.mend


def test_nothing_is_said_where_no_free_busy_is_served() -> None:
    assert _found(SYNC | {"external": "{local}@contoso.example"}, routes=[]) == []


def test_it_stands_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(
        '[server]\npublic_url = "http://127.0.0.1:1"\ncertificate.kind = "none"\n'
        '[connectors.n]\nprotocol = "ews"\nurl = "https://m.example/EWS/Exchange.asmx"\n'
        'auth = { kind = "basic", username = "u", password = "env:P" }\n'
        '[[routes]]\nmatch = "n.example"\nvia = "n"\n'
        '[directories.a]\nprotocol = "csv"\npath = "a.csv"\n[directories.b]\nprotocol = "csv"\npath = "b.csv"\n'
        '[[directory_syncs]]\nname = "staff"\nfrom = "a"\nto = "b"\nexternal = "{local}@m.example"\n'
    )
    read = load(path)
    (found,) = located(check_gal_routes(read, tmp_path), read, path)
    assert (found.line, found.name) == (21, "staff")
