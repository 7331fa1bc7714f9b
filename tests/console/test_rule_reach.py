"""Tests of console/rule_reach.py."""

from pathlib import Path

import pytest

from console.privacy_checks import check_rules
from console.rule_reach import Entry, check_reach
from proxy.routes import table_of
from proxy.settings.rules import RuleSettings
from routing.table import Route, RouteTable
from tests.console.test_privacy_checks import _read

TABLE = RouteTable(
    [
        Route(match="fabrikam.example", via=("google",), rewrite="{local}@g.fabrikam.example"),
        Route(match="*.deep.example", via=("deep",), rewrite="{local}@{domain}.test.example"),
        Route(match="chair@board.example", via=("board",), rewrite="boss@hidden.example"),
        Route(match="contoso.example", via=("exchange",)),
    ]
)
MISSED = "no route leads to "


def _found(table: RouteTable, *entries: str | Entry, **values: object) -> list[str]:
    rule = RuleSettings.model_validate({"about": ["*"], **values})
    given = [Entry(each) if isinstance(each, str) else each for each in entries]
    return [f"{each.severity}: {each.what}; {each.mend}" for each in check_reach("rules[1].about", rule, given, table)]


@pytest.mark.parametrize(
    ("wrong", "mend"),
    [
        ("ceo@fabrikam.exmaple", "did you mean ceo@fabrikam.example?"),
        ("contso.example", "did you mean contoso.example?"),
        ("ceo@nothing.at.all", "mend it, or take it out"),
        ("cfo@board.example", "mend it, or take it out"),
        ("fool@hidden.example", "mend it, or take it out"),
    ],
)
def test_an_entry_that_nobody_is_behind_is_told_though_others_fit(wrong: str, mend: str) -> None:
    told = f"{MISSED}{wrong}; {mend}"
    assert _found(TABLE, wrong, "cfo@fabrikam.example", busy_only=True) == [f"error: {told}"]
    assert _found(TABLE, "cfo@fabrikam.example", wrong, horizon_ahead="3d") == [f"warning: {told}"]


@pytest.mark.parametrize(
    "right",
    [
        "*",
        "ceo@fabrikam.example",
        "ceo@g.fabrikam.example",
        "g.fabrikam.example",
        "chair@board.example",
        "boss@hidden.example",
        "*.example",
        "a@b.deep.example",
        "a@b.deep.example.test.example",
        "board.example",
    ],
)
def test_an_entry_with_somebody_behind_it(right: str) -> None:
    assert _found(TABLE, right, busy_only=True) == []


def test_every_line_of_a_group_file_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "board.txt"
    path.write_text("# board\nann@fabrikam.example\nbob@fabrikan.example\n")
    rule = {"about": ["file:board.txt"], "busy_only": True}
    [found] = check_rules(_read(rules=[rule]), tmp_path)
    assert str(found) == (
        f"error: rules[1].about: {path}:3: no route leads to bob@fabrikan.example; did you mean bob@fabrikam.example?"
    )


def test_many_are_counted() -> None:
    found = _found(TABLE, *(f"p{n}@nothing.at.all" for n in range(13)), busy_only=True)
    assert found[10:] == ["error: no route leads to 3 more of its entries either; mend them, or take them out"]


SECOND = RouteTable([*TABLE.routes, Route(match="contoso.test", via=("exchange",))])
AROUND = " may have an address in contoso.test too, which the same connector answers for and no entry is about"
NAME_IT = "; name that address as well, where there is one"


@pytest.mark.parametrize("values", [{"busy_only": True}, {"sees": "busy"}, {"horizon_back": "0d"}, {"redact": ["x"]}])
def test_a_second_way_to_a_person_is_told(values: dict[str, object]) -> None:
    assert _found(SECOND, "ceo@contoso.example", **values) == [f"warning: ceo@contoso.example{AROUND}{NAME_IT}"]
    two = _found(SECOND, "ceo@contoso.example", "cfo@contoso.example", **values)
    assert two == [f"warning: ceo@contoso.example and 1 more{AROUND}{NAME_IT}"]


def test_of_a_domain_it_is_but_a_note() -> None:
    assert _found(SECOND, "contoso.example", sees="busy") == [f"note: contoso.example{AROUND}{NAME_IT}"]


def test_a_way_that_the_rule_sees_is_none_around_it() -> None:
    assert _found(SECOND, "ceo@contoso.example", "ceo@contoso.test", busy_only=True) == []
    assert _found(SECOND, "contoso.example", "contoso.test", busy_only=True) == []
    assert _found(SECOND, "ceo@contoso.example", "*", busy_only=True) == []
    rewriting = RouteTable([*TABLE.routes, Route(match="g.fabrikam.example", via=("google",))])
    assert _found(rewriting, "ceo@fabrikam.example", busy_only=True) == []
    assert _found(SECOND, "ceo@fabrikam.example", busy_only=True) == []


def test_who_only_widens_is_left_alone() -> None:
    assert _found(SECOND, "ceo@contoso.example", sees="details", callers=["x"]) == []


def test_the_routes_of_the_configuration() -> None:
    assert [route.match for route in table_of(_read().routes).routes] == [route.match for route in _read().routes]
