"""The entrance as the settings have it: which ways there are, in which order, and what cannot be built is said."""

import base64
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from certs.pair import CertificateError
from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.gate import Gate
from proxy.settings import ProxySettings
from proxy.wiring.gate import client_authorities, entry
from service.secrets import SecretError
from tests.proxy.auth.issuing import Issued, authority, leaf
from tests.proxy.served import PASSWORD, USER, configuration, password_hash

CA = authority()
SHOWN = leaf(CA, x509.DNSName("exchange.contoso.example"))
CERTIFICATE = {"names": ["exchange.contoso.example"], "ca": "ca.pem"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """With the secrets and the authority that the settings name."""
    (tmp_path / "interop.hash").write_text(password_hash())
    CA.write(tmp_path / "ca.pem")
    return tmp_path


def _settings(*callers: dict[str, Any]) -> ProxySettings:
    written = configuration()
    written["server"] |= {"certificate": {"kind": "first-run", "directory": "c"}, "public_url": "https://x.example"}
    written["callers"] = [{"name": f"caller-{n}", "may_ask": ["*"], **each} for n, each in enumerate(callers)]
    return ProxySettings.model_validate(written)


BASIC = {"basic": {"usernames": [USER], "password": "file:interop.hash"}}


async def _identified(directory: Path, settings: ProxySettings, *knocks: Knock) -> list[Caller | Refused]:
    async with AsyncExitStack() as stack:
        way_in = await entry(settings, directory, stack)
        gate = way_in.entrance._gate
        assert isinstance(gate, Gate)
        return [await gate.identify(knock) for knock in knocks]


def _basic(password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()


async def test_a_password_goes_before_a_certificate_and_a_wrong_one_is_not_rescued(directory: Path) -> None:
    settings = _settings(BASIC, {"certificate": CERTIFICATE})
    found = await _identified(
        directory,
        settings,
        Knock(certificate=SHOWN.der),
        Knock(_basic(), certificate=SHOWN.der),
        Knock(_basic("wrong"), certificate=SHOWN.der),
        Knock("Bearer", certificate=SHOWN.der),  # nothing was shown but the certificate
        Knock(_basic()),
        Knock(),
    )
    names = [each.name if isinstance(each, Caller) else each.reason for each in found]
    assert names == ["caller-1", "caller-0", "wrong-credentials", "caller-1", "caller-0", "no-credentials"]
    assert [each.proof for each in found if isinstance(each, Caller)] == [
        "certificate",
        "basic",
        "certificate",
        "basic",
    ]


async def test_one_caller_may_prove_itself_in_either_way(directory: Path) -> None:
    settings = _settings(BASIC | {"certificate": CERTIFICATE})
    found = await _identified(directory, settings, Knock(_basic()), Knock(certificate=SHOWN.der))
    assert [each.name for each in found if isinstance(each, Caller)] == ["caller-0", "caller-0"]


async def test_whoever_is_turned_away_is_told_of_some_way(directory: Path) -> None:
    for settings in (_settings(), _settings({"certificate": CERTIFICATE})):
        (found,) = await _identified(directory, settings, Knock())
        assert isinstance(found, Refused)
        assert (found.status, bool(found.challenges)) == (401, True)


async def test_client_secrets_prove_their_callers_only_at_the_token_endpoint(directory: Path) -> None:
    settings = _settings({"oauth": {"client_id": USER, "secret": "file:interop.hash"}})
    async with AsyncExitStack() as stack:
        way_in = await entry(settings, directory, stack)
        assert await way_in.clients.prove(USER, PASSWORD, None) == Caller("caller-0", "", "oauth")
    (found,) = await _identified(directory, settings, Knock(_basic()))
    assert isinstance(found, Refused)


def _missing(directory: Path) -> None:
    (directory / "ca.pem").unlink()


def _no_certificate(directory: Path) -> None:
    (directory / "ca.pem").write_text("hunter2")


@pytest.mark.parametrize(("spoil", "words"), [(_missing, "cannot be read"), (_no_certificate, "holds no certificate")])
async def test_an_authority_that_cannot_be_read_is_told_at_the_start(directory: Path, spoil: Any, words: str) -> None:
    spoil(directory)
    with pytest.raises(CertificateError, match=words) as raised:
        await _identified(directory, _settings({"certificate": CERTIFICATE}))
    assert "ca.pem" in str(raised.value)
    assert "hunter2" not in str(raised.value)


async def test_a_client_secret_in_plain_is_refused_at_the_start(directory: Path) -> None:
    (directory / "interop.hash").write_text("hunter2")
    with pytest.raises(SecretError, match="is not a hash") as raised:
        await _identified(directory, _settings({"oauth": {"client_id": "a", "secret": "file:interop.hash"}}))
    assert "hunter2" not in str(raised.value)


async def test_an_empty_hash_may_be_what_a_failure_left(directory: Path) -> None:
    (directory / "interop.hash").write_text("\n")
    with pytest.raises(SecretError, match=r"is empty, the hash of the caller caller-0: perhaps hash-password failed"):
        await _identified(directory, _settings(BASIC))


@pytest.mark.parametrize("parameters", ["m=1,t=1,p=9", "m=8,t=1,p=1", "m=999999999,t=1,p=1", "m=19456,t=2,p=0"])
async def test_a_hash_that_is_worth_nothing_or_too_much_is_refused_at_the_start(
    directory: Path, parameters: str
) -> None:
    (directory / "interop.hash").write_text(
        f"$argon2id$v=19${parameters}$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA"
    )
    with pytest.raises(SecretError, match=r"caller-0 is .* hash.*hash-password"):
        await _identified(directory, _settings(BASIC))


def test_tls_asks_for_certificates_of_these_authorities_only_where_a_caller_has_one(directory: Path) -> None:
    assert client_authorities(_settings(BASIC), directory) == []
    other = {"names": ["b.example"], "ca": "ca.pem"}
    settings = _settings({"certificate": CERTIFICATE}, BASIC, {"certificate": other})
    assert client_authorities(settings, directory) == [directory / "ca.pem"]


async def test_a_certificate_is_looked_at_when_it_is_shown(directory: Path) -> None:
    expired: Issued = leaf(CA, x509.DNSName("exchange.contoso.example"))
    settings = _settings({"certificate": CERTIFICATE})
    async with AsyncExitStack() as stack:
        way_in = await entry(settings, directory, stack, clock=lambda: datetime(2050, 1, 1, tzinfo=UTC))
        found = await way_in.entrance._gate.identify(Knock(certificate=expired.der))
    assert isinstance(found, Refused)
    assert found.status == 401
