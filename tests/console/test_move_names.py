"""Tests of console/move_names.py."""

from pathlib import Path

import pytest

from console.configuration import ConfigurationError, load

BASE = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[connectors.fabrikam]
protocol = "ews"
url = "http://127.0.0.1:9/EWS/Exchange.asmx"
auth = { kind = "basic", username = "u", password = "env:NOBODY" }
[connectors.contoso]
protocol = "ews"
url = "http://127.0.0.1:9/EWS/Exchange.asmx"
auth = { kind = "basic", username = "u", password = "env:NOBODY" }
[[routes]]
match = "fabrikam.example"
via = "fabrikam"
[[moves]]
name = "merger"
from = "fabrikam"
to = "contoso"
people = "file:moved.csv"
[directories.hr]
protocol = "csv"
path = "hr.csv"
[directories.list]
protocol = "csv"
path = "list.csv"
[directories.ad]
protocol = "active-directory"
host = "dc1.fabrikam.example"
auth = { kind = "password", user = "u@fabrikam.example", password = "env:NOBODY" }
"""
SYNC = '[[directory_syncs]]\nname = "staff"\nfrom = "hr"\nto = "list"\nas = "contact"\n'
SYNC += 'moves = [{{ name = "{}", side = "from" }}]\n'
FORWARDER = '[[move_forwarders]]\nmove = "{}"\nat = "ad"\n'


def wrong(folder: Path, text: str) -> str:
    path = folder / "busyline.toml"
    path.write_text(text)
    try:
        load(path)
    except ConfigurationError as error:
        return str(error).replace(f"{path}:", "")
    return ""


def test_a_move_that_there_is(tmp_path: Path) -> None:
    assert wrong(tmp_path, BASE + SYNC.format("merger") + FORWARDER.format("merger")) == ""


@pytest.mark.parametrize(("text", "key"), [(SYNC, "directory_syncs[1].moves"), (FORWARDER, "move_forwarders[1].move")])
def test_one_that_is_not_there_is_told_with_its_line(tmp_path: Path, text: str, key: str) -> None:
    found = wrong(tmp_path, BASE + text.format("merge"))
    assert f'{key}: no move is called "merge"; there are merger' in found
    assert found.partition(":")[0].isdigit()


def test_a_move_that_names_nobody_flips_nothing(tmp_path: Path) -> None:
    found = wrong(tmp_path, BASE.replace("file:moved.csv", "ask") + SYNC.format("merger"))
    assert 'the move "merger" names nobody (people = "ask")' in found
