"""What the connectors name: each file and secret that is missing or does not fit."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs.first_run import issue
from console.configuration import load
from console.connector_checks import check_connectors

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SERVER = '[server]\npublic_url = "https://b.example"\ncertificate.kind = "none"\n'
GOOGLE = '[connectors.n]\nprotocol = "google"\nservice_account = "file:n.json"\nsubject = "target"\nca = "ca.pem"\n'
GRAPH = '[connectors.c]\nprotocol = "graph"\ntenant = "t"\nclient_id = "i"\nanchors = ["a@c.example"]\n'
ROUTES = '[[routes]]\nmatch = "n.example"\nvia = "n"\n'


def found(directory: Path, text: str) -> list[str]:
    path = directory / "busyline.toml"
    path.write_text(SERVER + text, "utf-8")
    return [f"{f.key}: {f.what}" for f in check_connectors(load(path), directory, NOW)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    issued = issue(tmp_path, ["b.example"], now=NOW)
    account = {"type": "service_account", "client_email": "a@b", "token_uri": "https://t.example/"}
    account["private_key"] = issued.key.read_text("utf-8")
    (tmp_path / "n.json").write_text(json.dumps(account), "utf-8")
    (tmp_path / "c.pem").write_bytes(issued.key.read_bytes() + issued.chain.read_bytes())
    return tmp_path


def test_all_in_order(directory: Path) -> None:
    assert found(directory, GOOGLE + ROUTES) == []


def test_a_key_file_that_is_not_one(directory: Path) -> None:
    account = directory / "n.json"
    whole = json.loads(account.read_text("utf-8"))
    key = "connectors.n.service_account"
    for text, what in (
        ("{", "the service account's key file is not JSON"),
        ("[]", "the service account's key file lacks client_email, private_key, token_uri"),
        (json.dumps({**whole, "private_key": "gone"}), "its private_key cannot be read"),
        (json.dumps({**whole, "client_email": ""}), "the service account's key file lacks client_email"),
    ):
        account.write_text(text, "utf-8")
        assert found(directory, GOOGLE + ROUTES) == [f"{key}: {what}"]
    account.unlink()
    assert found(directory, GOOGLE + ROUTES) == [f"{key}: there is no file {account}"]


def test_a_private_ca(directory: Path) -> None:
    (directory / "ca.pem").write_text("nothing", "utf-8")
    assert found(directory, GOOGLE + ROUTES) == [f"connectors.n.ca: {directory / 'ca.pem'} holds no certificate"]
    (directory / "ca.pem").unlink()
    (what,) = found(directory, GOOGLE + ROUTES)
    assert what.startswith(f"connectors.n.ca: {directory / 'ca.pem'} cannot be read")


def test_graph_by_certificate_and_by_secret(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = ROUTES.replace('"n"', '"c"')
    assert found(directory, GRAPH + 'certificate = "file:c.pem"\n' + routes) == []
    assert found(directory, GRAPH + 'certificate = "file:n.json"\n' + routes) == [
        "connectors.c.certificate: it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"
    ]
    monkeypatch.delenv("BUSYLINE_TEST_SECRET", raising=False)
    assert found(directory, GRAPH + 'secret = "env:BUSYLINE_TEST_SECRET"\n' + routes) == [
        "connectors.c.secret: the environment variable BUSYLINE_TEST_SECRET is not set"
    ]


def test_a_connector_without_a_route(directory: Path) -> None:
    assert found(directory, GOOGLE) == ["connectors.n: no route leads to it"]


EWS = (
    '[connectors.f]\nprotocol = "ews"\nurl = "https://{}/EWS"\n'
    'auth = {{ kind = "basic", username = "u", password = "file:s" }}\n'
)


@pytest.mark.parametrize(
    ("host", "private", "what"),
    [
        ("mail.f.example", False, None),
        ("mail.f.example", True, None),
        ("10.0.0.1", False, None),
        ("mail", False, "looks like a name inside your network"),
        ("mail.f.local", False, "looks like a name inside your network"),
        ("mail.f.local", True, None),
        ("10.0.0.1", True, "private_network changes nothing"),
    ],
)
def test_names_inside(directory: Path, host: str, private: bool, what: str | None) -> None:
    (directory / "s").write_text("secret")
    text = EWS.format(host) + f"private_network = {str(private).lower()}\n" + ROUTES.replace('"n"', '"f"')
    assert [what is not None and what in each for each in found(directory, text)] == ([True] if what else [])
