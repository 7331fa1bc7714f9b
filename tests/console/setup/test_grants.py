"""What a system must grant besides calendars follows from what its connector is used for."""

from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration, load
from console.setup.grants import Grant, grants_of
from proxy import scopes
from tests.console.conftest import SERVER

GRAPH = 'protocol = "graph"\ntenant = "x.example"\nclient_id = "1111"\nanchors = ["a@x.example"]\nsecret = "env:S"\n'
GOOGLE = 'protocol = "google"\nservice_account = "file:a.json"\nsubject = "target"\n'
EWS = 'protocol = "ews"\nurl = "https://x.example/EWS/Exchange.asmx"\n'
EWS += 'auth = { kind = "basic", username = "u", password = "env:S" }\n'
INTEROP = 'protocol = "google-interop"\nusername = "r@x.example"\npassword = "env:S"\n'
REPLIES = "automatic_replies = true\n"
ROOMS_ONLY = "directory = { groups = [] }\n"
GOOGLE_DIRECTORY = 'directory = { subject = "a@x.example" }\n'


def _configuration(tmp_path: Path, own: str, *people: str) -> Configuration:
    moves = "".join(
        f'[[moves]]\nname = "m{number}"\nfrom = "old"\nto = "own"\npeople = {each}\n'
        for number, each in enumerate(people)
    )
    path = tmp_path / "busyline.toml"
    path.write_text(f"{SERVER}[connectors.own]\n{own}[connectors.old]\n{EWS}{moves}", "utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("own", "people", "permissions"),
    [
        (GRAPH, (), ()),
        (GRAPH + "directory = {}\n", (), (scopes.GRAPH_GROUP_MEMBERS, scopes.GRAPH_ROOMS)),
        (GRAPH + "directory = { rooms = false }\n", (), (scopes.GRAPH_GROUP_MEMBERS,)),
        (GRAPH + REPLIES, (), (scopes.GRAPH_MAILBOX_SETTINGS,)),
        (GRAPH, ('{ attribute = "mail" }',), (scopes.GRAPH_USERS,)),
        (GRAPH, ('{ attribute = "mail", of = "from" }', '"ask"'), ()),
        (GRAPH + ROOMS_ONLY, ('{ group = "m@x.example" }',), (scopes.GRAPH_GROUP_MEMBERS, scopes.GRAPH_ROOMS)),
        (GOOGLE + GOOGLE_DIRECTORY, (), (scopes.GOOGLE_GROUP_MEMBERS, scopes.GOOGLE_ROOMS)),
        (GOOGLE + REPLIES, ('{ attribute = "orgUnitPath" }',), (scopes.GMAIL_SETTINGS, scopes.GOOGLE_USERS)),
        (EWS + "directory = {}\n", (), ()),
        (EWS + REPLIES, (), (scopes.EWS_IMPERSONATION,)),
        (INTEROP, (), ()),
    ],
    ids=range(12),
)
def test_each_use_has_its_permission(
    tmp_path: Path, own: str, people: tuple[str, ...], permissions: tuple[str, ...]
) -> None:
    found = grants_of(_configuration(tmp_path, own, *people), ["own", "old"])
    more: dict[str, Any] = {"client_id": "1111"} if own.startswith(GRAPH) else {}
    assert found == ((Grant(connector="own", permissions=permissions, **more),) if permissions else ())
