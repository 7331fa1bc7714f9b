"""The project speaks of itself alone: no unfinished work, no path of a machine, no registry, no outside paper."""

import re

import pytest

from tests.house.tree import ROOT, shipped, text

HERE = "tests/house/test_words.py"
RULES = {
    "unfinished work": re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"),
    "a path of a machine": re.compile(r"(?<![\w.~/:-])/(?:home|root|Users|work|workspace|builds|mnt|farm)/\.?\w"),
    "a registry's address": re.compile(
        r"(?i)://(?:\w+\.)?(?:pypi|registry|npm|deb|mirrors?|pythonhosted)\b[\w.-]*\.\w|(?:extra-|--)index-url"
    ),
    "a paper that is not shipped": re.compile(
        r"(?i)\bdesign\.md\b|\bdesign §|\bfact sheets?\b|shared/(?:design|facts|wire|models)"
    ),
    "a tool that wrote it": re.compile(
        r"(?i)\b(?:language model|coding assistant|chat ?bot|LLMs?)\b|\bco-authored-by:"
    ),
}
NOT_WRITTEN = ("tests/fuzz/corpus/",)  # bytes that a machine found
TEXTS = tuple(n for n in shipped() if n != HERE and not n.startswith(NOT_WRITTEN) and text(n) is not None)


@pytest.mark.parametrize("rule", RULES)
def test_no_file_holds(rule: str) -> None:
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name in TEXTS
        for number, line in enumerate((text(name) or "").splitlines(), 1)
        if RULES[rule].search(line)
    ]
    assert found == []


def test_no_file_names_the_place_where_the_project_lies() -> None:
    place = f"{ROOT}/"
    assert [name for name in TEXTS if place in (text(name) or "")] == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("unfinished work", "# TODO: later"),
        ("a path of a machine", 'open("/home/ann/x")'),
        ("a path of a machine", "see /root/.config"),
        ("a registry's address", "https://registry.example.org/simple"),
        ("a registry's address", "pip install --index-url x"),
        ("a paper that is not shipped", "as design §2 says"),
        ("a tool that wrote it", "Co-Authored-By: x"),
    ],
)
def test_a_planted_word_is_seen(rule: str, line: str) -> None:
    assert RULES[rule].search(line)


@pytest.mark.parametrize("line", ["https://host.example/work/home/x", "see ~/work/x", "GET /users/me", "hacks, todos"])
def test_a_harmless_line_is_left_alone(line: str) -> None:
    assert not [rule for rule, pattern in RULES.items() if pattern.search(line)]
