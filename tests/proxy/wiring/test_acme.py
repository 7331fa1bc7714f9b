"""What is built for a certificate by ACME, before anybody is asked; orders themselves: tests/clients/test_acme.py."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from certs.acme_state import AcmeState
from certs.live import Live
from certs.pair import CertificateError
from proxy.keepers import AcmeKeeper
from proxy.settings.certificate import CertificateAcme
from proxy.wiring.acme import AcmeKeeping, _issuer, acme_keeping
from service.secrets import SecretError
from tests.certs.authority import NOW, Authority

NAME, URL = "busy.example.com", "https://localhost:1/dir"
CA = Authority()


def settings(**changes: Any) -> CertificateAcme:
    written = {"kind": "acme", "directory": "acme", "terms_agreed": True, "directory_url": URL}
    return CertificateAcme.model_validate(written | changes)


def keeping(directory: Path, **changes: Any) -> AcmeKeeping:
    async def pause(_: timedelta) -> bool:
        raise asyncio.CancelledError

    live_of = partial(Live, clock=lambda: NOW, host=NAME)
    return acme_keeping(settings(**changes), directory, NAME, clock=lambda: NOW, live_of=live_of, pause=pause)


def keeper(built: AcmeKeeping) -> AcmeKeeper:
    """Of one process alone."""
    assert isinstance(built.keeper, AcmeKeeper)
    return built.keeper


def store(directory: Path, *names: str) -> None:
    pair = CA.leaf(*names, begins=NOW)
    AcmeState.of(directory / "acme", URL).store(pair)


def test_nothing_kept_is_a_placeholder_and_an_order_at_once(tmp_path: Path) -> None:
    built = keeping(tmp_path)
    assert built.live.pair.leaf.issuer == built.live.pair.leaf.subject
    assert (keeper(built).issued, keeper(built).due) == (False, NOW)


def test_what_was_kept_is_shown_until_it_is_due(tmp_path: Path) -> None:
    store(tmp_path, NAME)
    built = keeping(tmp_path)
    assert built.keeper.issued
    assert keeper(built).due > NOW + timedelta(days=59)


def test_another_name_in_the_settings_is_an_order_at_once_while_the_old_is_shown(tmp_path: Path) -> None:
    store(tmp_path, NAME)
    built = keeping(tmp_path, names=[NAME, "mail.example.com"])
    assert (keeper(built).issued, keeper(built).due) == (True, NOW)
    assert built.live.pair.leaf.issuer == CA.name


def test_a_broken_file_is_told_and_ordered_anew(tmp_path: Path) -> None:
    path = AcmeState.of(tmp_path / "acme", URL).certificate_path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    with capture_logs() as logs:
        built = keeping(tmp_path)
    assert not built.keeper.issued
    assert "holds no certificate" in logs[0]["note"]


def test_an_account_without_its_key_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="there is no file"):
        keeping(tmp_path, external_account={"kid": "k", "key": "file:gone"})


def test_an_order_ends_where_busyline_stops(tmp_path: Path) -> None:
    issuer = _issuer(settings(), tmp_path, NAME)
    issuer._sleep(0)
    issuer.ending.set()
    with pytest.raises(CertificateError, match="because Busyline stops"):
        issuer._sleep(60)
