"""Tests of console/gal/showing.py."""

from pathlib import Path

from tests.console.gal.typing_it import operator


def test_the_keys_for_programs_stay(tmp_path: Path) -> None:
    told = operator(tmp_path).json("plan", "staff")
    assert told["steps"][0] == {
        "place": "",
        "act": "create",
        "who": "ann@fabrikam.example",
        "anchor": "hr:ann",
        "why": "new",
        "changes": [],
        "against": [],
        "note": "",
    }
    assert (told["sync"], told["state"], told["planned"]["create"]) == ("staff", None, 3)


def test_the_difference_stands_above_the_figures(tmp_path: Path) -> None:
    typing = operator(tmp_path)
    typing.types("apply", "staff", "--yes")
    typing.people(("ann", "Anna", "1"), ("bob", "Bob", "2"), ("cy", "Cy", "3"))
    typing.types("plan", "staff")
    lines = typing.out.splitlines()
    assert lines[0] == "~ update ann@fabrikam.example (Anna): the source says otherwise than the target"
    assert lines[1].strip() == "display_name: Ann -> Anna"
    assert "  1 to update" in lines


def test_nothing_to_write_promises_nothing(tmp_path: Path) -> None:
    typing = operator(tmp_path)
    typing.types("apply", "staff", "--yes")
    typing.types("plan", "staff")
    assert "people see it" not in typing.out
