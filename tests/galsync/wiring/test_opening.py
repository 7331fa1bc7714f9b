"""Tests of galsync/wiring/opening.py."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from galsync.entries import Form, How
from galsync.people.wanted import wanted
from galsync.settings import GalsyncSettings
from galsync.steps import Remedy
from galsync.syncs import Sync
from galsync.wiring.opening import fingerprint, ledger_of, mapping_of, opened, selection_of
from protocols.model.person import Field, Kind
from service.secrets import SecretError
from service.state.settings import StateSettings
from tests.galsync.settings.estate import DIRECTORIES, MAILBOXES, settings
from tests.galsync.wiring.world import NOW, SECRETS, furnished, no_sleep


def _opened(directory: Path, read: GalsyncSettings) -> AbstractAsyncContextManager[Sync]:
    (sync,) = read.directory_syncs
    return opened(read, sync, directory, clock=lambda: NOW, sleep=no_sleep, chance=lambda: 0.0)


async def test_a_sync_is_opened(tmp_path: Path) -> None:
    written: dict[str, Any] = {
        "grace": "3d",
        "conflicts": {"Ann@Contoso.example": "skip"},
        "guards": {"deletions": {"count": 5}, "changes": {"share": 0.5}, "shrink": 0.1},
        "whole_every": "2h",
    }
    async with _opened(furnished(tmp_path), settings(**written)) as sync:
        (feed,) = sync.feeds
        assert [each.primary and each.primary.local for each in (await feed.source.read()).people] == ["ann"]
        assert (sync.name, sync.target.name, sync.whole_every) == ("staff", "list", timedelta(hours=2))
        assert (sync.rules.sync, sync.rules.grace, sync.rules.hides) == ("staff", timedelta(days=3), True)
        assert sync.rules.resolutions == {"ann@contoso.example": Remedy.SKIP}
        assert (sync.guards.deletions.count, sync.guards.deletions.share) == (5, None)
        assert (sync.guards.changes.share, sync.guards.shrink) == (0.5, 0.1)


async def test_nothing_is_wanted_that_the_target_cannot_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTOSO_SECRET", SECRETS["CONTOSO_SECRET"])
    async with _opened(furnished(tmp_path), settings(to="graph", as_="guest", proxies=True)) as sync:
        (feed,) = sync.feeds
        assert Field.PHONE not in sync.rules.fields
        assert sync.rules.fields[Field.DISPLAY_NAME] is How.WRITE
        assert not feed.mapping.proxies
        assert not feed.mapping.x500


async def test_a_shared_contact_is_wanted_as_large_as_google_takes_it(tmp_path: Path) -> None:
    aliases = ";".join(f"a.very.long.alias.number.{number}@fabrikam.example" for number in range(60))
    here = furnished(tmp_path)
    (here / "people.csv").write_text(f"address,display_name,aliases\nann@fabrikam.example,Ann,{aliases}\n")
    async with _opened(here, settings(to="google", proxies=True)) as sync:
        (feed,) = sync.feeds
        told = wanted([(feed.mapping, feed.selection, await feed.source.read())])
    (entry,) = told.entries.values()
    assert 20 < len(entry.aliases) < 60
    assert told.cut == {"aliases": 1}


async def test_secrets_of_others_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTOSO_SECRET", raising=False)
    async with _opened(furnished(tmp_path), settings()):
        pass
    with pytest.raises(SecretError, match="CONTOSO_SECRET"):
        async with _opened(tmp_path, settings(from_=["graph"])):
            pass


def test_groups_become_what_is_said() -> None:
    def forms(groups: str) -> dict[Kind, Form]:
        return dict(mapping_of(settings(groups=groups).directory_syncs[0], "csv", Form.CONTACT).forms)

    assert forms("entries")[Kind.GROUP] is Form.CONTACT
    assert forms("groups")[Kind.GROUP] is Form.GROUP
    assert Kind.GROUP not in forms("none")
    assert forms("none")[Kind.ROOM] is Form.CONTACT


def test_who_is_taken() -> None:
    (sync,) = settings(include={"kinds": ["user"]}, exclude={"addresses": ["x*@*"]}, hidden=True).directory_syncs
    selection = selection_of(sync)
    assert (selection.hidden, selection.disabled) == (True, False)
    assert selection.include.kinds == {Kind.USER}
    assert selection.exclude.addresses == ("x*@*",)


def test_the_fingerprint_tells_other_settings() -> None:
    def mark(**sync: Any) -> str:
        read = settings(**sync)
        return fingerprint(read, read.directory_syncs[0])

    assert mark() == mark()
    others = [
        mark(hide=True),
        mark(to="ad"),
        mark(from_=["google"]),
        mark(to="graph", as_="contact", mailboxes=MAILBOXES),
    ]
    assert len({mark(), *others}) == 5
    assert mark(guards={"shrink": 0.5}, whole_every="2h") == mark()
    assert all(each.isalnum() for each in others)


def test_the_fingerprint_tells_other_settings_of_who_shows_the_guests() -> None:
    def mark(shown_by: str, **script: str) -> str:
        books = DIRECTORIES | {"graph": DIRECTORIES["graph"] | {"shown_by": shown_by}}
        books["script"] = DIRECTORIES["script"] | script
        sync = {"name": "staff", "from": ["csv"], "to": "graph", "as": "guest"}
        read = GalsyncSettings.model_validate({"directories": books, "directory_syncs": [sync]})
        return fingerprint(read, read.directory_syncs[0])

    assert len({mark(""), mark("online"), mark("script"), mark("script", folder="elsewhere")}) == 4
    assert mark("online", folder="elsewhere") == mark("online")


async def test_the_ledger_remembers(tmp_path: Path) -> None:
    for _ in range(2):
        async with ledger_of(StateSettings(), tmp_path, clock=lambda: NOW) as ledger:
            paused = await ledger.paused("staff")
            await ledger.pause("staff", "why")
    assert paused == "why"


async def test_a_sync_of_people_who_move_wants_to_hear_of_them(tmp_path: Path) -> None:
    written = settings(moves=[{"name": "merger", "side": "from"}])
    with pytest.raises(ValueError, match="nobody tells who has moved"):
        async with _opened(furnished(tmp_path), written):
            pass
