"""docs/security.md claims nothing that no test shows: each test it names exists, and each threat has one."""

import ast
import re

import pytest

from tests.house.tree import ROOT, parsed, shipped, text

DOCUMENT = "docs/security.md"
NAMED = re.compile(r"`(tests/[\w/.-]+\.py)::(\w+)`")


def rows() -> list[list[str]]:
    """The cells of each row of the table of threats."""
    lines = (text(DOCUMENT) or "").partition("## Threats")[2].partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| **")]


def functions_of(name: str) -> set[str]:
    """The test functions of a file, those in classes too."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(parsed(name)) if isinstance(node, functions) and node.name[:5] == "test_"}


def missing(document: str) -> list[str]:
    """What is named as a test and is none."""
    found = NAMED.findall(document)
    return [f"{file}::{test}" for file, test in found if not (ROOT / file).is_file() or test not in functions_of(file)]


def test_every_test_that_is_named_exists() -> None:
    document = text(DOCUMENT) or ""
    assert len(NAMED.findall(document)) > 60
    assert missing(document) == []


def test_every_threat_has_a_defence_and_a_test() -> None:
    assert len(rows()) >= 25
    for row in rows():
        assert len(row) == 3, row[0]
        assert NAMED.search(row[2]), row[0]
        assert row[1], row[0]


def test_no_threat_stands_there_twice() -> None:
    names = [row[0] for row in rows()]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    "planted", ["`tests/house/test_security.py::test_nothing_of_the_kind`", "`tests/nowhere/test_x.py::test_y`"]
)
def test_a_planted_claim_is_seen(planted: str) -> None:
    assert missing(f"as {planted} shows") == [planted.strip("`")]


def test_every_file_that_is_named_exists() -> None:
    files = set(re.findall(r"`((?:docs|tests|proxy|service)/[\w/.-]+\.\w+)", text(DOCUMENT) or ""))
    assert files - set(shipped()) == set()
