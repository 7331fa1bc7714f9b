"""Tests of galsync/settings/pair_consistency.py."""

from typing import Any

import pytest
from pydantic import ValidationError

from galsync.settings import GalsyncSettings
from tests.galsync.settings.estate import DIRECTORIES, MICROSOFT, told
from tests.galsync.settings.test_pairs import PAIR

FOUND = {
    **{name: DIRECTORIES[name] for name in ("csv", "list", "ldif")},
    "a": {"protocol": "graph", **MICROSOFT},
    "b": {"protocol": "graph", **MICROSOFT, "domains": ["b.example"]},
    "a-exchange": {"protocol": "powershell", "folder": "a"},
    "b-exchange": {"protocol": "exchange-online-undocumented", **MICROSOFT},
}


def mistakes(syncs: tuple[str, ...] = (), **more: Any) -> list[str]:
    written = [{"name": name, "from": ["csv"], "to": "list"} for name in syncs]
    try:
        GalsyncSettings.model_validate({"directories": FOUND, "directory_syncs": written, "pairs": [{**PAIR, **more}]})
    except ValidationError as error:
        return told(error)
    return []


def test_a_pair_that_fits() -> None:
    assert mistakes() == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("directory", "c", "pairs.0.destination.directory: no directory is called c; there are a, a-exchange"),
        ("directory", "csv", "csv (csv) is no tenant of Microsoft 365"),
        ("exchange", "c", "pairs.0.destination.exchange: no directory is called c"),
        ("exchange", "ldif", "ldif (ldif) is no Exchange Online"),
        ("domain", "c.example", "b has the domains b.example alone"),
    ],
)
def test_an_end_that_cannot_be_one(key: str, value: str, words: str) -> None:
    assert words in "; ".join(mistakes(destination={**PAIR["destination"], key: value}))


def test_names_that_are_taken() -> None:
    assert "merger is the name of another pair or sync" in mistakes(syncs=("merger",))[0]
    assert "merger.to-source is the name of another pair or sync" in mistakes(syncs=("merger.to-source",))[0]


def test_syncs_of_pairs_are_found_by_name() -> None:
    read = GalsyncSettings.model_validate({"directories": FOUND, "pairs": [PAIR]})
    found = read.sync("merger.to-destination")
    assert found is not None
    assert found.target == "b-exchange"
    assert read.pair("merger") is read.pairs[0]
    assert read.pair("other") is None
