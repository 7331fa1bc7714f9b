"""What `check` says of a federation trust."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from console.configuration import Configuration
from console.federation_checks import check_federation
from simulation.federation import Identity
from tests.protocols.ews.wssecurity.world import NOW, gateway, stranger
from tests.proxy.federated import trusting
from tests.proxy.served import configuration


def found(directory: Path, written: dict[str, Any], now: datetime = NOW) -> list[str]:
    """The findings in short."""
    valid = Configuration.model_validate(written)
    return [f"{each.severity} {each.key}: {each.what}" for each in check_federation(valid, directory, now)]


def test_what_is_in_order_is_not_mentioned(tmp_path: Path) -> None:
    assert found(tmp_path, trusting(tmp_path)) == []
    assert found(tmp_path, configuration()) == []


def test_files_that_are_missing_or_do_not_fit(tmp_path: Path) -> None:
    written = trusting(tmp_path, next={"chain": "federation.pem", "key": "none.key"})
    stranger().write(tmp_path / "other.pem", tmp_path / "federation.key")
    (tmp_path / "gateway.pem").unlink()
    told = found(tmp_path, written)
    assert [each.partition(": ")[0] for each in told] == [
        "error federation.current",
        "error federation.next",
        "error federation.issuers.0.certificates",
    ]
    assert "is not the key of the first certificate" in told[0]
    assert "there is no file" in told[1]


def test_certificates_that_are_over(tmp_path: Path) -> None:
    told = found(tmp_path, trusting(tmp_path), NOW + timedelta(days=400))
    assert [each.partition(": ")[0] for each in told] == [
        "error federation.current",
        "error federation.issuers.0.certificates",
    ]
    assert found(tmp_path, trusting(tmp_path), NOW + timedelta(days=360))[0].startswith("warning federation.current")


def test_an_old_certificate_of_the_issuer_beside_a_new_one(tmp_path: Path) -> None:
    written = trusting(tmp_path)
    old = Identity("old", NOW - timedelta(days=9), NOW - timedelta(days=1))
    old.write(tmp_path / "old.pem")
    gateway().write(tmp_path / "gateway.pem")
    written["federation"]["issuers"][0]["certificates"] = ["old.pem", "gateway.pem"]
    assert found(tmp_path, written) == []


def test_a_trust_that_nobody_uses(tmp_path: Path) -> None:
    written = trusting(tmp_path)
    del written["callers"][1]
    assert found(tmp_path, written) == ["warning federation: no caller proves itself by this trust"]
