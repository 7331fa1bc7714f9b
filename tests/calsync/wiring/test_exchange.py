"""Tests of calsync/wiring/exchange.py: a mailbox in its owner's name, a public folder by rights."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from calsync.settings.exchange import EwsSpoke
from calsync.spoke import Watched
from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_contacts import ExchangeContacts, ExchangePublicContacts
from calsync.spokes.exchange_public_folder import ExchangePublicFolder
from calsync.wiring.exchange import ews
from calsync.wiring.later import LaterWatched
from tests.calsync.settings.merger import TWO_WAY, hub
from tests.calsync.wiring.parts_of import part


@pytest.mark.parametrize(
    ("kind", "name", "keys", "made_of"),
    [
        ("calendar", "ews", {}, ExchangeCalendar),
        ("calendar", "ews", {"calendar": "Team"}, ExchangeCalendar),
        ("calendar", "public", {"hierarchy_mailbox": "tree@fabrikam.example"}, ExchangePublicFolder),
        ("contacts", "ews", {}, ExchangeContacts),
        ("contacts", "ews", {"folder": "Suppliers"}, LaterWatched),
        ("contacts", "public", {}, ExchangePublicContacts),
    ],
)
async def test_each_folder_has_its_spoke(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, keys: dict[str, str], made_of: type[object]
) -> None:
    monkeypatch.setenv("EWS_PASSWORD", "s")
    async with AsyncExitStack() as stack:
        written = hub("google", name, kind=kind)
        written["spokes"][name] |= keys | {"get": TWO_WAY}
        made = part(written, tmp_path, stack)
        settings = made.hub.spokes[name]
        assert isinstance(settings, EwsSpoke)
        spoke = await ews(name, settings, made)
        assert type(spoke) is made_of
        assert (spoke.name, spoke.ability.writable) == (name, True)
        assert isinstance(spoke, Watched)
