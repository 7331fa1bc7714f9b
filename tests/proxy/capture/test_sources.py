"""Where a request came from: pseudonyms, and the name of a cloud."""

import pytest

from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.sources import source

P = Pseudonyms(b"k" * 32)


def test_address_and_network_are_told_apart() -> None:
    one, other = source("203.0.113.7", "", P), source("203.0.113.8", "", P)
    assert one["address"] != other["address"]
    assert one["network"] == other["network"]
    assert "203.0.113" not in str(one)
    assert source("203.0.113.7", "192.0.2.1, 203.0.113.8", P) == other  # by the reverse proxy before us


@pytest.mark.parametrize(
    ("address", "preset"),
    [("74.125.88.3", "google-calendar-interop"), ("40.97.1.1", "exchange-online"), ("10.0.0.1", None)],
)
def test_a_preset_is_named(address: str, preset: str | None) -> None:
    assert source(address, "", P).get("preset") == preset


@pytest.mark.parametrize("text", ["", "unknown", "fe80::1%eth0", "2a01:111:f400::1"])
def test_any_text_is_taken(text: str) -> None:
    told = source(text, "", P)
    assert told["address"].startswith("n")
