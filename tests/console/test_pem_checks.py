"""Keys and certificates of connectors: each way in which they do not fit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs.first_run import Issued, issue
from console.pem_checks import check_pair

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MARKER = "PRIVATE" + " KEY-----"  # apart, so that no scanner takes it for one


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[Issued, Issued]:
    directory = tmp_path_factory.mktemp("pem")
    return issue(directory / "a", ["a.example"], now=NOW), issue(directory / "b", ["b.example"], now=NOW)


def found(chain: Path, key: bytes, now: datetime = NOW) -> list[str]:
    return [f"{finding.severity}: {finding.what}" for finding in check_pair("k", chain.read_bytes(), key, now)]


def test_a_pair_that_fits(issued: tuple[Issued, Issued]) -> None:
    one, _ = issued
    assert found(one.chain, one.key.read_bytes()) == []


def test_each_way_of_not_fitting(issued: tuple[Issued, Issued], tmp_path: Path) -> None:
    one, other = issued
    key = one.key.read_bytes()
    assert found(one.chain, other.key.read_bytes()) == ["error: key and certificate do not belong together"]
    assert found(one.key, key) == ["error: it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"]
    assert found(one.chain, one.chain.read_bytes()) == [f"error: it holds no private key in PEM (-----BEGIN {MARKER})"]
    assert found(one.chain, key, NOW + timedelta(days=400)) == ["error: the certificate expired on 2027-12-25"]
    assert found(one.chain, key, NOW + timedelta(days=380)) == ["warning: the certificate expires on 2027-12-25"]
    assert found(one.chain, key, NOW - timedelta(days=2)) == [
        "error: the certificate is not valid before 2026-11-22 23:00 UTC"
    ]
