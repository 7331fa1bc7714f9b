"""Tests of proxy/ledger/naming.py."""

from pathlib import Path
from typing import Any

import pytest

from proxy.ledger.naming import naming
from proxy.ledger.pseudonyms import pseudonyms
from proxy.settings.ledger import LedgerSettings
from service.secrets import Secret, SecretError


def _settings(**values: Any) -> LedgerSettings:
    return LedgerSettings.model_validate({"directory": "x", **values})


def test_without_pseudonyms_a_name_is_the_canonical_address(tmp_path: Path) -> None:
    for settings in (_settings(), _settings(key="file:nowhere")):
        assert naming(settings, tmp_path)("Ann@B.example") == "ann@b.example"


def test_with_pseudonyms_it_is_the_keys(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 32 + "\n")
    name = naming(_settings(pseudonyms=True, key="file:key"), tmp_path)("Ann@B.example")
    assert name == pseudonyms(Secret("k" * 32))("ann@b.example")


@pytest.mark.parametrize(("key", "words"), [("tiny", "file:key: a key of pseudonyms has 32"), (None, "no file")])
def test_a_key_that_is_none(tmp_path: Path, key: str | None, words: str) -> None:
    if key is not None:
        (tmp_path / "key").write_text(key)
    with pytest.raises(SecretError, match=words) as caught:
        naming(_settings(pseudonyms=True, key="file:key"), tmp_path)
    assert "tiny" not in str(caught.value)
