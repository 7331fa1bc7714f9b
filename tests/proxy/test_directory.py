"""Tests of proxy/directory.py: every directory is one, the scripted one of the tests among them."""

import inspect

import pytest

from proxy.directory import Directory
from proxy.wiring.directories.exchange import ExchangeDirectory
from proxy.wiring.directories.google import GoogleDirectory
from proxy.wiring.directories.graph import GraphDirectory
from tests.proxy.directories.scripted import ScriptedDirectory

KINDS: list[type[Directory]] = [ExchangeDirectory, GoogleDirectory, GraphDirectory, ScriptedDirectory]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["members", "room_lists", "rooms"])
def test_every_directory_answers_the_same_questions(kind: type[Directory], method: str) -> None:
    wanted, found = (inspect.signature(getattr(one, method)) for one in (Directory, kind))
    assert list(found.parameters) == list(wanted.parameters)
    assert inspect.iscoroutinefunction(getattr(kind, method))
