"""[[moves]]: what may be written, and what is refused in words."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.moves import AttributePeople, GroupPeople, MoveSettings, check_moves

GOOD = {"name": "merger", "from": "fabrikam", "to": "contoso", "people": "file:moved.csv"}


def _read(**more: Any) -> MoveSettings:
    return MoveSettings.model_validate({**GOOD, **more})


def test_defaults() -> None:
    found = _read()
    assert (found.source, found.target, found.batches, found.rewrite) == ("fabrikam", "contoso", None, None)
    assert (found.joined_before, found.joined_after, found.shrink) == (timedelta(days=1), timedelta(days=14), 0.1)


def test_people_of_directories() -> None:
    assert _read(people={"group": "Moved@Contoso.example", "of": "to"}).people == GroupPeople(
        group="moved@contoso.example"
    )
    assert isinstance(_read(people={"attribute": "extensionAttribute7"}).people, AttributePeople)
    assert _read(people="ask").people == "ask"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"people": "moved.csv"}, "says nothing of who moves"),
        ({"people": "file:"}, "says nothing of who moves"),
        ({"people": 7}, 'write "file:moved.csv"'),
        ({"people": {"group": "nobody"}}, "is no address"),
        ({"people": {"attribute": "x", "of": "both"}}, 'write "from" or "to"'),
        ({"to": "fabrikam"}, "write two connectors"),
        ({"people": "ask", "batches": "file:b.csv"}, "has no batches"),
        ({"batches": "b.csv"}, "names no file"),
        ({"rewrite": "{name}@contoso.example"}, "is no template"),
        ({"shrink": 2}, "less than or equal to 1"),
        ({"joined_after": "14"}, "not a length of time"),
        ({"name": "a b"}, "match pattern"),
        ({"people": {"group": "a@b.example", "every": "1s"}}, 'write "30s" or longer'),
        ({"people": {"attribute": "mail", "every": "29s"}}, 'write "30s" or longer'),
        ({"state": "moved.state"}, "names no file"),
    ],
)
def test_what_is_wrong_is_told(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _read(**values)
    assert words in str(refused.value)


def test_names_and_connectors_are_looked_at_together() -> None:
    ask = {"people": "ask"}
    moves = [_read(), _read(to="nobody"), _read(name="x", **ask), _read(name="y", **ask)]
    with pytest.raises(ValidationError) as refused:
        check_moves(moves, ["fabrikam", "contoso"])
    found = {error["loc"]: error["msg"] for error in refused.value.errors()}
    assert set(found) == {("moves", 1, "name"), ("moves", 1, "to"), ("moves", 3, "people")}
    assert 'there is no connector "nobody": write "contoso", "fabrikam"' in found["moves", 1, "to"]
    check_moves([_read()], ["fabrikam", "contoso"])


def test_two_moves_do_not_share_the_file_of_their_state() -> None:
    moves = [_read(state="file:a"), _read(name="x", state="file:a"), _read(name="y"), _read(name="z")]
    with pytest.raises(ValidationError) as refused:
        check_moves(moves, ["fabrikam", "contoso"])
    assert [error["loc"] for error in refused.value.errors()] == [("moves", 1, "state")]
