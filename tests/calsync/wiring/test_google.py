"""Tests of calsync/wiring/google.py: no more is asked for than is needed."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from calsync.settings.google import GoogleAccountSpoke, GoogleSpoke
from calsync.wiring.google import google_account, scope_of
from protocols.errors import PeerError
from tests.calsync.settings.merger import TWO_WAY, hub
from tests.calsync.wiring.parts_of import part

_SCOPES = "https://www.googleapis.com/auth/"


@pytest.mark.parametrize(
    ("kind", "writes", "scope"),
    [
        ("calendar", False, "calendar.events.readonly"),
        ("calendar", True, "calendar.events"),
        ("contacts", False, "contacts.readonly"),
        ("contacts", True, "contacts"),
    ],
)
async def test_to_read_alone_unless_something_may_be_written(
    tmp_path: Path, kind: str, writes: bool, scope: str
) -> None:
    async with AsyncExitStack() as stack:
        made = part(hub("google", "graph", kind=kind, google={"get": TWO_WAY if writes else {}}), tmp_path, stack)
        spoke = made.hub.spokes["google"]
        assert isinstance(spoke, GoogleSpoke)
        assert scope_of(spoke, of_contacts=made.of_contacts) == _SCOPES + scope


async def test_that_nobody_has_signed_in_is_said_when_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_SECRET", "s")
    async with AsyncExitStack() as stack:
        made = part(hub("account", "graph"), tmp_path, stack)
        settings = made.hub.spokes["account"]
        assert isinstance(settings, GoogleAccountSpoke)
        spoke = await google_account("account", settings, made)
        with pytest.raises(PeerError, match="run: busyline connect merger-account"):
            await spoke.look(["x"])
