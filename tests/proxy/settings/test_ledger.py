"""Tests of proxy/settings/ledger.py."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.ledger import LedgerSettings


def test_the_defaults() -> None:
    settings = LedgerSettings.model_validate({"directory": "ledger"})
    assert (settings.keep, settings.rotate) == (timedelta(days=30), 64 * 1024 * 1024)
    assert not settings.pseudonyms
    assert not settings.required


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"keep": "0d"}, "nothing would be kept"),
        ({"keep": "12h"}, '"30d"'),
        ({"pseudonyms": True}, "openssl rand -hex 32"),
        ({"key": "secret!"}, "never written here"),
        ({"file": "x"}, "Extra inputs"),
    ],
)
def test_what_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        LedgerSettings.model_validate({"directory": "ledger", **values})
