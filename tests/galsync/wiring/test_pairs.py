"""Tests of galsync/wiring/pairs.py; a pair at work is in tests/console/pair."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from galsync.pairs.pair import Pair
from galsync.pairs.pieces import Part
from galsync.settings import GalsyncSettings
from galsync.wiring.pairs import Around, pair_of
from service.secrets import SecretError
from tests.galsync.settings.test_pair_consistency import FOUND
from tests.galsync.settings.test_pairs import PAIR
from tests.galsync.wiring.world import NOW, no_sleep


@asynccontextmanager
async def opened(folder: Path, **more: Any) -> AsyncIterator[Pair]:
    read = GalsyncSettings.model_validate({"directories": FOUND, "pairs": [{**PAIR, **more}]})
    around = Around(
        directory=folder,
        holder="here",
        clock=lambda: NOW,
        sleep=no_sleep,
        chance=lambda: 0.0,
        serial=lambda: "0123456789abcdef",
    )
    async with pair_of(read, read.pairs[0], around) as pair:
        yield pair


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTOSO_SECRET", "contoso-secret")


async def test_both_ends_and_the_syncs_in_their_order(tmp_path: Path) -> None:
    async with opened(tmp_path, groups=True) as pair:
        assert [(each.part, each.sync.name) for each in pair.syncs] == [
            (Part.CONTACTS, "merger.to-destination"),
            (Part.CONTACTS, "merger.to-source"),
            (Part.GROUPS, "merger.groups"),
        ]
        assert [end.name for end in pair.ends] == ["source (a)", "destination (b)"]
        assert (pair.sharing, pair.policy, pair.licences, pair.routes) == (True, True, (), None)
        assert pair.people.source.name == "a"
        # one end has scripts, the other cmdlets
        assert pair.source.beside_policy()[0].key == "source/script/b.example"
        keys = [piece.key for piece in pair.destination.beside_policy()]
        assert keys == ["destination/relationship/a.example", "destination/old-relationships/a.example"]


async def test_without_contacts_people_are_still_discovered(tmp_path: Path) -> None:
    accounts = {"licences": ["SPE_E3"], "usage_location": "DE"}
    async with opened(tmp_path, contacts=False, sharing="none", accounts=accounts) as pair:
        assert pair.syncs == ()
        assert pair.people.source.name == "a"
        assert (pair.sharing, pair.licences, pair.account_domain) == (False, ("SPE_E3",), "b.example")


async def test_a_secret_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTOSO_SECRET")
    with pytest.raises(SecretError):
        async with opened(tmp_path):
            pass
