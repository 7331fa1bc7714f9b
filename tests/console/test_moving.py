"""Tests of console/moving.py: what the syncs are told of the lists of the configuration."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.configuration import load
from console.moving import AsIf, Lists, movers
from galsync.people.moved import Mover, UnreadableListError
from galsync.steps import Left
from proxy.scopes import GOOGLE_GROUP_MEMBERS
from routing.stages import going_back, moving_now
from simulation.directory import everybody_in
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.keys import SCOPES
from tests.console.test_move_names import BASE, SYNC

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANN, BOB = "ann@fabrikam.example", "bob@fabrikam.example"
JACK, GROUP = "jack.thompson@northwind.example", "sydney-team@northwind.example"


def lists(folder: Path, text: str = BASE + SYNC.format("merger"), as_if: AsIf | None = None) -> Lists:
    path = folder / "busyline.toml"
    text = text.replace('"file:moved.csv"\n', '"file:moved.csv"\nbatches = "file:batches.csv"\n')
    path.write_text(text + "")
    if not (folder / "moved.csv").exists():
        (folder / "moved.csv").write_text(f"address,moved_at,batch\n{ANN},2026-11-20,one\n{BOB},,two\n")
        (folder / "batches.csv").write_text("batch,moved_at\none,\ntwo,\n")
    return Lists(configuration=load(path), directory=folder, clock=lambda: NOW, as_if=as_if)


async def test_who_has_moved_by_now(tmp_path: Path) -> None:
    found = lists(tmp_path)
    (sync,) = found.configuration.directory_syncs
    moving = found.moving(sync)
    assert moving is not None
    assert (await moving.read()).out == {ANN: Left.MOVED}
    (tmp_path / "batches.csv").write_text("batch,moved_at\none,\ntwo,2026-11-21\n")
    assert (await moving.read()).out == {ANN: Left.MOVED, BOB: Left.MOVED}


async def test_whoever_is_known_by_an_alias_is_the_same_person(tmp_path: Path) -> None:
    text = BASE + '[[aliases]]\naddresses = "aliases.csv"\n' + SYNC.format("merger")
    (tmp_path / "aliases.csv").write_text("a.lee@fabrikam.example,ann@fabrikam.example\n")
    found = lists(tmp_path, text)
    moved = await found.moved(found.configuration.directory_syncs[0])
    assert moved.out == {ANN: Left.MOVED, "a.lee@fabrikam.example": Left.MOVED}
    assert moved.listed["a.lee@fabrikam.example"] == ANN
    (tmp_path / "aliases.csv").unlink()
    with pytest.raises(UnreadableListError, match="aliases"):
        await found.moved(found.configuration.directory_syncs[0])


async def test_sources_on_both_sides_of_a_move(tmp_path: Path) -> None:
    text = BASE + SYNC.format("merger").replace('from = "hr"', 'from = ["hr", "ad"]')
    text = text.rpartition("moves =")[0]
    one = '{{ name = "merger", side = "{}", source = "{}" }}'
    text += f"moves = [{one.format('from', 'hr')}, {one.format('to', 'ad')}]\n"
    found = lists(tmp_path, text)
    moved = await found.moved(found.configuration.directory_syncs[0])
    assert moved.of_source("hr").out == {ANN: Left.MOVED}
    assert moved.of_source("ad").out == {BOB: Left.NOT_MOVED}
    assert moved.due == {ANN, BOB}


async def test_a_sync_without_moves_is_told_nothing(tmp_path: Path) -> None:
    text = BASE + SYNC.format("merger").rpartition("moves")[0]
    found = lists(tmp_path, text)
    assert found.moving(found.configuration.directory_syncs[0]) is None


@pytest.mark.parametrize(("batch", "change", "gone"), [("two", moving_now, {ANN, BOB}), ("one", going_back, set())])
async def test_as_if_a_batch_had_gone_already(tmp_path: Path, batch: str, change: object, gone: set[str]) -> None:
    assert callable(change)
    found = lists(tmp_path, as_if=AsIf(move="merger", batch=batch, change=change))
    (sync,) = found.configuration.directory_syncs
    assert set((await found.moved(sync)).out) == gone
    other = lists(tmp_path, as_if=AsIf(move="another", batch=batch, change=change))
    assert set((await other.moved(sync)).out) == {ANN}


async def test_the_people_of_one_batch(tmp_path: Path) -> None:
    move = (await lists(tmp_path).read(["merger"]))["merger"]
    assert movers(move, NOW, batch="two") == [Mover(BOB, BOB, False)]
    assert [each.left for each in movers(move, NOW)] == [ANN, BOB]


@pytest.mark.parametrize("text", ["address,moved_at\nann@fabrikam.example,soon\n", None])
async def test_a_list_that_cannot_be_read(tmp_path: Path, text: str | None) -> None:
    found = lists(tmp_path)
    path = tmp_path / "moved.csv"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(UnreadableListError, match=r"moved\.csv"):
        await found.read(["merger"])


async def test_nobody_is_taken_from_two_lists(tmp_path: Path) -> None:
    second = '[[moves]]\nname = "again"\nfrom = "fabrikam"\nto = "contoso"\npeople = "file:again.csv"\n'
    found = lists(tmp_path, BASE + second + SYNC.format("merger"))
    (tmp_path / "again.csv").write_text(f"address,moved_at\n{ANN},2026-11-20\n")
    with pytest.raises(UnreadableListError, match="merger"):
        await found.read(["again"])


async def test_a_list_that_a_directory_keeps_is_asked_for(tmp_path: Path) -> None:
    account = ServiceAccount(scopes=(*SCOPES, GOOGLE_GROUP_MEMBERS))
    async with GoogleServer(Estate(NOW.date()), account=account) as server:
        (tmp_path / "a.json").write_text(server.service_account_file())
        lines = ['protocol = "google"', 'service_account = "file:a.json"', f'subject = "{JACK}"']
        lines += [f'api_url = "{server.url}"', f'directory = {{ subject = "{JACK}" }}']
        peer = BASE[BASE.index("[connectors.fabrikam]") : BASE.index("[connectors.contoso]")]
        text = BASE.replace(peer, "\n".join(["[connectors.fabrikam]", *lines, ""]))
        text = text.replace('match = "fabrikam.example"', 'match = "northwind.example"')
        text = text.replace('"file:moved.csv"\n', f'{{ group = "{GROUP}", of = "from" }}\n')
        found = lists(tmp_path, text + SYNC.format("merger"))
        (sync,) = found.configuration.directory_syncs
        out = (await found.moved(sync)).out
        assert set(out) == set(everybody_in(GROUP))
        assert set(out.values()) == {Left.MOVED}
        back = Lists(
            configuration=found.configuration,
            directory=tmp_path,
            clock=lambda: NOW,
            as_if=AsIf(move="merger", batch="all", change=going_back),
        )
        assert (await back.moved(sync)).out == {}
    with pytest.raises(UnreadableListError, match="does not say who has moved"):
        await found.moved(sync)
