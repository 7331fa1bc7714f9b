"""Tests of console/pair_checks.py."""

from pathlib import Path

import pytest

from console.check import findings
from console.configuration import load
from console.findings import Finding
from console.pair_checks import check_pairs
from tests.console.pair.tenants import IDS
from tests.galsync.wiring.world import NOW

CONFIGURATION = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[connectors.a]
protocol = "graph"
tenant = "a"
client_id = "of-the-connector"
secret = "env:CONTOSO_SECRET"
anchors = ["fb@a.example"]
[directories.a]
protocol = "graph"
tenant = "{a}"
client_id = "{client}"
secret = "env:CONTOSO_SECRET"
[directories.b]
protocol = "graph"
tenant = "{b}"
client_id = "of-b"
secret = "env:CONTOSO_SECRET"
[directories.a-exchange]
protocol = "powershell"
folder = "scripts"
[directories.b-exchange]
protocol = "exchange-online-undocumented"
tenant = "{exchange}"
client_id = "of-b"
secret = "env:CONTOSO_SECRET"
[[pairs]]
name = "merger"
{more}
source = {{ directory = "a", domain = "a.example", exchange = "a-exchange", connector = "{connector}" }}
destination = {{ directory = "b", domain = "b.example", exchange = "b-exchange" }}
"""


def found(folder: Path, *, whole: bool = False, more: str = "", **told: str) -> list[Finding]:
    words = {"a": IDS["fabrikam"], "b": IDS["contoso"], "exchange": IDS["contoso"], "connector": "a", "client": "of-a"}
    path = folder / "busyline.toml"
    path.write_text(CONFIGURATION.format(more=more, **(words | told)))
    configuration = load(path)
    return list(findings(configuration, folder, NOW) if whole else check_pairs(configuration, folder))


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(each.severity, each.key) for each in findings]


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTOSO_SECRET", "contoso-secret")


def test_a_pair_in_order_is_told_of_its_scripts(tmp_path: Path) -> None:
    assert told(found(tmp_path)) == [("note", "pairs[1].source.exchange")]


def test_directories_of_a_pair_are_in_use(tmp_path: Path) -> None:
    assert not [each for each in found(tmp_path, whole=True) if "no sync reads or writes it" in each.what]


def test_who_writes_is_not_who_answers(tmp_path: Path) -> None:
    shared = found(tmp_path, whole=True, client="of-the-connector")
    assert ("error", "directories.a.client_id") in told(shared)


@pytest.mark.parametrize(
    ("words", "severity", "key"),
    [
        ({"connector": "c"}, "error", "pairs[1].source.connector"),
        ({"b": IDS["fabrikam"]}, "error", "pairs[1].destination.directory"),
        ({"exchange": "b"}, "warning", "pairs[1].destination.exchange"),
        (
            {"more": 'accounts = { licences = ["A"], usage_location = "DE", enabled = true }'},
            "warning",
            "pairs[1].accounts.enabled",
        ),
        ({"more": 'users = "none/users.csv"'}, "note", "pairs[1].users"),
    ],
)
def test_what_is_wrong(tmp_path: Path, words: dict[str, str], severity: str, key: str) -> None:
    assert (severity, key) in told(found(tmp_path, **words))  # type: ignore[arg-type]
