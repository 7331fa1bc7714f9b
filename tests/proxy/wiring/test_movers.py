"""Which directory says who moves, and what is missing where none can."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from protocols.model.mailbox import Mailbox
from proxy.list_files import ListFileError
from proxy.moves.sources import AttributeSource, GroupSource, SourceError, objection
from proxy.scopes import GOOGLE_USERS
from proxy.settings import ProxySettings
from proxy.settings.moves import AttributePeople, GroupPeople, MoveSettings
from proxy.wiring.movers import ATTRIBUTES, Sources
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from tests.proxy.moves.test_sources import One
from tests.proxy.served import NOW, configuration

GRAPH = {
    "protocol": "graph",
    "tenant": "contoso.example",
    "client_id": "x",
    "secret": "env:BUSYLINE_TEST_SECRET",
    "anchors": ["fb@contoso.example"],
}
GROUP = {"group": "moved@contoso.example"}


async def _source(people: dict[str, Any], directory: Path, *, known: bool = True) -> object:
    written = configuration()
    written["connectors"]["contoso"] = GRAPH
    settings = ProxySettings.model_validate(written)
    move = MoveSettings.model_validate({"name": "m", "from": "fabrikam", "to": "contoso", "people": people})
    async with AsyncExitStack() as stack:
        by_name = {"contoso": One()} if known else {}
        return await Sources(settings.connectors, by_name, directory, stack, clock=lambda: NOW).source(move)


async def test_a_group_of_a_directory(tmp_path: Path) -> None:
    found = await _source(GROUP, tmp_path)
    assert isinstance(found, GroupSource)
    assert found.group == Mailbox.parse("moved@contoso.example")


async def test_an_attribute_of_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSYLINE_TEST_SECRET", "s")
    assert isinstance(await _source({"attribute": "extensionAttribute7"}, tmp_path), AttributeSource)


async def test_google_s_directory_is_asked_where_the_connector_is_written_to_ask(tmp_path: Path) -> None:
    account = ServiceAccount(scopes=(GOOGLE_USERS,))
    async with GoogleServer(Estate(NOW.date()), account=account) as server, AsyncExitStack() as stack:
        (tmp_path / "a.json").write_text(server.service_account_file())
        google = {"protocol": "google", "service_account": "file:a.json", "subject": "target", "api_url": server.url}
        written = configuration()
        written["connectors"]["northwind"] = google | {"directory": {"subject": "jack.thompson@northwind.example"}}
        settings = ProxySettings.model_validate(written)
        people = {"attribute": "orgUnitPath", "value": "/Moved"}
        move = {"name": "m", "from": "fabrikam", "to": "northwind", "people": people}
        sources = Sources(settings.connectors, {}, tmp_path, stack, clock=lambda: NOW)
        source = await sources.source(MoveSettings.model_validate(move))
        with pytest.raises(SourceError):  # the simulated one does not list people
            await source.movers()
        assert [call.path for call in server.calls] == ["/token", "/admin/directory/v1/users"]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (GROUP, "contoso has no directory"),
        ({**GROUP, "of": "from"}, "fabrikam has no directory"),
        ({"attribute": "orgUnitPath"}, 'contoso tells nothing of "orgUnitPath"'),
        ({"attribute": "mail", "of": "from"}, 'fabrikam tells nothing of "mail"'),
    ],
)
async def test_what_cannot_tell_is_told(tmp_path: Path, people: dict[str, Any], words: str) -> None:
    with pytest.raises(ListFileError, match=words):
        await _source(people, tmp_path, known=False)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (GROUP, "contoso has no directory"),
        ({"attribute": "orgUnitPath"}, 'contoso tells nothing of "orgUnitPath"'),
        ({"attribute": "extensionAttribute7"}, ""),
    ],
)
def test_what_cannot_tell_is_known_before_it_is_asked(people: dict[str, Any], words: str) -> None:
    written = configuration()
    written["connectors"]["contoso"] = GRAPH
    settings = ProxySettings.model_validate(written)
    move = MoveSettings.model_validate({"name": "m", "from": "fabrikam", "to": "contoso", "people": people})
    assert isinstance(move.people, GroupPeople | AttributePeople)
    said = objection(move.people, "contoso", settings.connectors["contoso"], ATTRIBUTES)
    assert words in said
    assert bool(words) == bool(said)
