"""`busyline certs`: what is shown of each certificate, and what an authority over the network says of it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certs import first_run
from certs.pair import Pair
from console import cli
from console.certs import Shown, shown
from console.configuration import load
from tests.certs.authority import DAY, NOW, Authority, private_pem, rsa_key, write

NAME = "busy.example.com"
SERVER = f'[server]\npublic_url = "https://{NAME}"\nlisten = ["127.0.0.1:0"]\nmetrics_listen = []\n'
FILES = SERVER + 'certificate = { kind = "files", chain = "chain.pem", key = "key.pem" }\n'
GRAPH = """
[connectors.contoso]
protocol = "graph"
tenant = "contoso.onmicrosoft.com"
client_id = "c"
anchors = ["fb@contoso.example"]
certificate = "file:contoso.pem"
ca = "ca.pem"
"""


@dataclass
class AuthorityOnline:
    """Answers about what it issued, and forgets nothing of what it revoked."""

    authority: Authority
    revoked: list[Pair] = field(default_factory=list)
    issued: list[Pair] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """By OCSP, or its list."""
        if request.method == "GET":
            return web.Response(body=self.authority.revoked(*(pair.leaf for pair in self.revoked)))
        asked = ocsp.load_der_ocsp_request(await request.read()).serial_number
        pair = next(pair for pair in self.issued if pair.leaf.serial_number == asked)
        return web.Response(body=self.authority.ocsp_answer(pair.leaf, revoked=pair in self.revoked))


@asynccontextmanager
async def online() -> AsyncIterator[tuple[AuthorityOnline, str]]:
    """The authority and its address."""
    authority = AuthorityOnline(Authority())
    application = web.Application()
    application.router.add_route("*", "/{way}", authority.answer)
    async with TestServer(application) as server:
        yield authority, str(server.make_url("/")).rstrip("/")


async def of(directory: Path, text: str, *, offline: bool = True) -> list[Shown]:
    path = directory / "busyline.toml"
    path.write_text(text, "utf-8")
    return await shown(load(path), directory, now=NOW, offline=offline)


@pytest.mark.parametrize("way", ["ocsp", "list"])
async def test_an_authority_is_asked_whether_it_revoked_the_certificate(tmp_path: Path, way: str) -> None:
    async with online() as (authority, url):
        places = {"ocsp_url": f"{url}/ocsp"} if way == "ocsp" else {"list_url": f"{url}/list"}
        pair = authority.authority.leaf(NAME, **places)  # type: ignore[arg-type]
        authority.issued.append(pair)
        write(pair, tmp_path)
        (found,) = await of(tmp_path, FILES, offline=False)
        assert (found.revocation, found.wrong) == (f"not revoked, says {url}/{way}", ())
        authority.revoked.append(pair)
        (found,) = await of(tmp_path, FILES, offline=False)
        assert found.wrong == (found.revocation,)
        assert "was revoked on 2026-11-19 (" in found.revocation
        (found,) = await of(tmp_path, FILES)
        assert (found.revocation, found.wrong) == ("not checked: nobody was asked (--offline)", ())
    (found,) = await of(tmp_path, FILES, offline=False)  # there is nobody any more
    assert found.wrong == ()
    assert found.revocation.startswith("not checked: 127.0.0.1: the connection failed")


async def test_what_is_shown_of_one(tmp_path: Path) -> None:
    pair = Authority().leaf(NAME, "mail.example.com", key=rsa_key())
    write(pair, tmp_path)
    (found,) = await of(tmp_path, FILES)
    assert found == Shown(
        kind="server",
        name=NAME,
        key="server.certificate",
        subject=f"CN={NAME}",
        names=(NAME, "mail.example.com"),
        issuer="CN=Test authority",
        begins="2026-11-19",
        ends="2027-02-18",
        days_left=90,
        public_key="RSA 2048",
        sha256=pair.leaf.fingerprint(hashes.SHA256()).hex(),
        revocation="not checked: nobody was asked (--offline)",
    )


async def test_each_thing_that_is_wrong_is_told_of_its_certificate(tmp_path: Path) -> None:
    authority, other = Authority(), Authority("Other")
    write(authority.leaf("elsewhere.example", begins=NOW - 9 * DAY, ends=NOW + DAY), tmp_path)
    contoso = authority.leaf("contoso", begins=NOW - 9 * DAY, ends=NOW - DAY)
    (tmp_path / "contoso.pem").write_bytes(contoso.leaf.public_bytes(Encoding.PEM) + private_pem(contoso))
    authorities = [authority.certificate, other.certificate]
    (tmp_path / "ca.pem").write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in authorities))
    server, connector, *cas = await of(tmp_path, FILES + GRAPH)
    assert [words.partition(",")[0] for words in server.wrong] == [f"the certificate does not name {NAME}"]
    assert server.doubts == ("the certificate expires on 2026-11-21: renew it",)
    assert connector.wrong == ("the certificate expired on 2026-11-19: renew it",)
    assert connector.days_left == -1
    assert [(each.subject, each.wrong, each.revocation) for each in cas] == [
        ("CN=Test authority", (), ""),
        ("CN=Other", (), ""),
    ]
    (tmp_path / "key.pem").write_bytes(private_pem(contoso))
    (server, *_) = await of(tmp_path, FILES + GRAPH)
    assert "is not the key of the first certificate" in server.wrong[0]
    assert server.days_left is None


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER + 'certificate = { kind = "first-run", directory = "tls" }\n', "utf-8")
    command = ["certs", "--config", str(path)]
    assert cli.run(command) == 1
    assert "wrong: none is issued yet" in capsys.readouterr().out
    first_run.issue(tmp_path / "tls", [NAME])
    assert cli.run(command) == 0
    out = capsys.readouterr().out
    for words in (f"server {NAME}", "RSA 2048", "396 days left", "neither an OCSP address", "1 certificate: all"):
        assert words in out
    assert cli.run([*command, "--json", "--offline"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["names"] == [NAME]
    assert "PRIVATE" not in out
