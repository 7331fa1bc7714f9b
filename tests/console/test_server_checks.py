"""The server's own side: certificate, address, callers and what they may ask."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs.first_run import issue
from console.configuration import load
from console.server_checks import check_callers, check_server
from tests.console.conftest import CALLER, PEERS, SERVER

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FILES = 'certificate = { kind = "files", chain = "chain.pem", key = "key.pem" }\n'


def server(directory: Path, text: str) -> list[tuple[str, str]]:
    path = directory / "busyline.toml"
    path.write_text("[server]\n" + text, "utf-8")
    return [(f.severity, f.key) for f in check_server(load(path).server, directory, NOW)]


def test_certificate_files(tmp_path: Path) -> None:
    text = f'public_url = "https://b.example"\n{FILES}'
    assert server(tmp_path, text) == [("error", "server.certificate")]
    issue(tmp_path, ["b.example"], now=NOW)
    assert server(tmp_path, text) == []
    assert server(tmp_path, text.replace("b.example", "c.example")) == [("error", "server.certificate")]


def test_a_chain_without_its_issuer_is_doubtful_and_not_wrong(tmp_path: Path) -> None:
    chain = issue(tmp_path, ["b.example"], now=NOW).chain
    end = "-----END CERTIFICATE-----\n"
    chain.write_text(chain.read_text("utf-8").partition(end)[0] + end, "utf-8")
    assert server(tmp_path, f'public_url = "https://b.example"\n{FILES}') == [("warning", "server.certificate")]


def test_where_others_reach_it(tmp_path: Path) -> None:
    first_run = 'public_url = "https://b.example"\ncertificate = { kind = "first-run", directory = "new" }\n'
    assert server(tmp_path, first_run) == []
    public = 'listen = ["0.0.0.0:0"]\n'
    assert server(tmp_path, first_run + public) == [("warning", "server.certificate.kind")]
    plain = 'public_url = "https://b.example"\ncertificate = { kind = "none" }\n'
    assert server(tmp_path, plain + public) == [("warning", "server.listen")]


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    text = 'public_url = "https://b.example"\ncertificate = { kind = "first-run", directory = "file/inner" }\n'
    assert server(tmp_path, text) == [("error", "server.certificate.directory")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ('never_via = ["own"]\n', "", ["callers[1].never_via"]),
        ('never_via = ["own"]\n', "never_via = []\n", []),
        ('may_ask = ["n.example"]', 'may_ask = ["elsewhere.example"]', ["callers[1].may_ask"]),
        ('may_ask = ["n.example"]', 'may_ask = ["own.example"]', ["callers[1].may_ask"]),
        ('may_ask = ["n.example"]', 'may_ask = ["ann@own.example"]', ["callers[1].may_ask"]),
        ('may_ask = ["n.example"]', 'may_ask = ["ann@n.example", "*", "*.example"]', []),
        ('"file:hash"', '"env:BUSYLINE_TEST_PASSWORD"', ["callers[1].basic.password"]),
        ('"file:hash"', '"file:gone"', ["callers[1].basic.password"]),
    ],
)
def test_callers(config: Path, old: str, new: str, expected: list[str]) -> None:
    config.write_text(SERVER + PEERS + CALLER.replace(old, new), "utf-8")
    assert [finding.key for finding in check_callers(load(config), config.parent)] == expected


def test_a_certificate_is_told_with_a_remedy(tmp_path: Path) -> None:
    def told(text: str) -> str:
        path = tmp_path / "busyline.toml"
        path.write_text("[server]\n" + text, "utf-8")
        (finding,) = check_server(load(path).server, tmp_path, NOW)
        return str(finding)

    text = f'public_url = "https://b.example"\n{FILES}'
    missing = f"there is no file {tmp_path / 'chain.pem'}; put it there, or write another path"
    assert told(text) == f"error: server.certificate: {missing}"
    (tmp_path / "chain.pem").mkdir()
    assert told(text).endswith("Is a directory; write the path of a file that Busyline may read")
    (tmp_path / "chain.pem").rmdir()
    issue(tmp_path, ["c.example"], now=NOW)
    assert told(text).endswith("it names c.example; have one issued for that name, or correct public_url")
