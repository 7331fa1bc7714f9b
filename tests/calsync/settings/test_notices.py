"""Tests of calsync/settings/notices.py: nothing that servers tell comes in the clear, unless somebody says so."""

from typing import Any

import pytest

from calsync.settings.notices import NoticesSettings
from tests.calsync.settings.merger import told

URL = "https://hooks.example.com"
FILES = {"chain": "chain.pem", "key": "key.pem"}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"public_url": URL}, ""),
        ({"public_url": "http://127.0.0.1:8444"}, ""),
        ({"public_url": URL, "listen": ["0.0.0.0:8444"], "certificate": FILES}, ""),
        ({"public_url": URL, "listen": ["0.0.0.0:8444"], "behind_proxy": True}, ""),
        ({"public_url": URL, "listen": ["127.0.0.1:8444", "0.0.0.0:8444"]}, "without TLS"),
        ({"public_url": "http://hooks.example.com"}, "nothing but HTTPS"),
        ({"public_url": f"{URL}/some/path"}, "scheme and host alone"),
        ({"public_url": URL, "listen": []}, "at least one"),
        ({"public_url": URL, "certificate": {"chain": "chain.pem"}}, "Field required"),
        ({}, "Field required"),
    ],
)
def test_what_may_be_written(written: dict[str, Any], words: str) -> None:
    found = told(NoticesSettings, written)
    assert len(found) == bool(words)
    assert all(words in each for each in found.values())


def test_by_default_a_reverse_proxy_on_this_machine_is_expected() -> None:
    [address] = NoticesSettings(public_url=URL).listen
    assert (str(address), address.is_loopback) == ("127.0.0.1:8444", True)
