"""Tests of galsync/wiring/guests.py."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from galsync.settings.clouds import GraphDirectory
from galsync.sides.guests_by_script_target import GuestsByScriptTarget
from galsync.sides.guests_shown_target import GuestsShownTarget
from galsync.sides.guests_target import GuestsTarget
from galsync.wiring.guests import guests
from tests.galsync.settings.estate import DIRECTORIES
from tests.galsync.wiring.world import SECRETS, furnished, part


@pytest.mark.parametrize(
    ("shown_by", "kind"), [("", GuestsTarget), ("online", GuestsShownTarget), ("script", GuestsByScriptTarget)]
)
async def test_what_shows_guests_chooses_the_target(
    shown_by: str, kind: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTOSO_SECRET", SECRETS["CONTOSO_SECRET"])
    settings = GraphDirectory.model_validate(DIRECTORIES["graph"] | {"shown_by": shown_by})
    async with AsyncExitStack() as stack:
        made = part(furnished(tmp_path), stack, to="graph", as_="guest")[1]
        target = await guests("graph", settings, made)
    assert isinstance(target, kind)
    assert target.name == "graph"
    assert (tmp_path / "scripts" / "staff").is_dir() is (shown_by == "script")
