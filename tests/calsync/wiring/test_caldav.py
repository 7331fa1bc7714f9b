"""Tests of calsync/wiring/caldav.py: an address may be a secret, and no word about it shows it."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from calsync.settings.caldav import CaldavSpoke, IcalSpoke
from calsync.wiring.caldav import caldav, ical
from service.secrets import SecretError
from tests.calsync.settings.merger import TWO_WAY, hub
from tests.calsync.wiring.parts_of import part


async def test_a_secret_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as stack:
        made = part(hub("google", "ical", ical={"url": "env:HOLIDAYS_URL"}), tmp_path, stack)
        settings = made.hub.spokes["ical"]
        assert isinstance(settings, IcalSpoke)
        monkeypatch.setenv("HOLIDAYS_URL", "webcal://calendars.example.net/hunter2.ics")
        with pytest.raises(SecretError, match="the address of ical: write https:// instead of webcal://") as raised:
            await ical("ical", settings, made)
        assert "hunter2" not in str(raised.value)
        monkeypatch.setenv("HOLIDAYS_URL", "https://calendars.example.net/hunter2.ics\n")
        spoke = await ical("ical", settings, made)
        assert (spoke.name, spoke.ability.writable) == ("ical", False)


@pytest.mark.parametrize("writes", [False, True])
async def test_a_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: bool) -> None:
    monkeypatch.setenv("DAV_PASSWORD", "s")
    async with AsyncExitStack() as stack:
        made = part(hub("google", "caldav", caldav={"get": TWO_WAY if writes else {}}), tmp_path, stack)
        settings = made.hub.spokes["caldav"]
        assert isinstance(settings, CaldavSpoke)
        spoke = await caldav("caldav", settings, made)
        assert (spoke.name, spoke.ability.writable) == ("caldav", writes)
