"""The names of a contact of the People API."""

from typing import Any

from protocols.google.card_names import put_names, read_names
from protocols.model.card import Card

ALL = ("display_name", "given_name", "middle_name", "surname", "prefix", "suffix")


def written(wanted: Card, person: dict[str, Any] | None = None, changes: tuple[str, ...] = ALL) -> dict[str, Any]:
    told = dict(person or {})
    put_names(told, wanted, changes)
    return told


def test_a_name_that_google_makes_itself_is_not_written() -> None:
    person = written(Card(display_name="Ann B. Example", given_name="Ann", middle_name="B.", surname="Example"))
    assert person["names"] == [{"givenName": "Ann", "middleName": "B.", "familyName": "Example"}]
    assert person["fileAses"] == []


def test_any_other_name_is_what_it_files_under() -> None:
    person = written(Card(display_name="王 小明", given_name="小明", surname="王"))
    assert person["fileAses"] == [{"value": "王 小明"}]
    person = written(Card(display_name="Dr. Ann", given_name="Ann", prefix="Dr."))
    assert person["fileAses"] == [{"value": "Dr. Ann"}]


def test_a_name_without_parts_stands_for_the_given_name_and_is_told_from_one() -> None:
    person = written(Card(display_name="Contoso"))
    assert person["names"] == [{"givenName": "Contoso"}]
    assert (read_names(person)["display_name"], read_names(person)["given_name"]) == ("Contoso", "")
    person["names"] = [{"givenName": "Con", "familyName": "Toso"}]
    person["fileAses"] = []
    person["names"][0]["displayName"] = "Con Toso"
    assert read_names(person) | {"middle_name": ""} == {
        "display_name": "Con Toso",
        "given_name": "Con",
        "middle_name": "",
        "surname": "Toso",
        "prefix": "",
        "suffix": "",
    }


def test_the_name_to_show_stays_where_only_a_part_changes() -> None:
    there = {
        "names": [{"givenName": "Ann", "familyName": "Example", "displayName": "Ann Example", "phoneticName": "x"}]
    }
    person = written(Card(surname="Miller"), there, ("surname",))
    assert person["names"] == [{"phoneticName": "x", "givenName": "Ann", "familyName": "Miller"}]
    assert person["fileAses"] == [{"value": "Ann Example"}]


def test_nothing_is_touched_for_other_fields() -> None:
    assert written(Card(display_name="A"), {"names": []}, ("company",)) == {"names": []}


def test_all_names_can_go() -> None:
    person = written(Card(), {"names": [{"givenName": "Ann"}], "fileAses": [{"value": "A"}]})
    assert (person["names"], person["fileAses"]) == ([], [])
