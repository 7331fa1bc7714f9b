"""Tests of console/pair/work.py: what cannot be opened is told in a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.gal.aside import aside
from tests.console.pair.tenants import Typing, two_tenants


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typing]:
    """Two tenants."""
    monkeypatch.setenv("CONTOSO_SECRET", "contoso-secret")
    with aside(two_tenants(tmp_path)) as made:
        yield made


def test_no_pairs_at_all(typing: Typing) -> None:
    typing.path.write_text(typing.path.read_text().partition("[[pairs]]")[0])
    assert typing.types("plan", "merger") == 2
    assert "the configuration has no [[pairs]]" in typing.err


def test_a_database_that_cannot_be_used(typing: Typing) -> None:
    (typing.folder / "busyline.db").mkdir()
    assert typing.types("plan", "merger") == 1
    assert "busyline.db" in typing.err


def test_a_ca_that_is_not_there(typing: Typing) -> None:
    typing.path.write_text(typing.path.read_text().replace(str(typing.ca), "none.pem"))
    assert typing.types("plan", "merger") == 1
    assert "mend the path" in typing.err
