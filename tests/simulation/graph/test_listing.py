"""Pages and properties."""

from typing import Any

import pytest

from simulation.graph.listing import page, shown
from simulation.graph.schedule import GraphRefusal

URL = "http://graph.example/v1.0/users"
ENTRY = {"id": "1", "mail": "a@b.example", "userType": "Member"}


def test_properties_that_are_asked_for() -> None:
    assert shown(ENTRY, {"$select": "mail"}, "9") == {"id": "1", "mail": "a@b.example"}
    assert shown(ENTRY, {"$expand": "manager($select=id)"}, "9") == {**ENTRY, "manager": {"id": "9"}}
    assert shown(ENTRY, {"$expand": "manager"}, None) == ENTRY
    assert shown({"id": "g"}, {"$select": "userType"}, None) == {"id": "g"}
    with pytest.raises(GraphRefusal, match="BadRequest"):
        shown(ENTRY, {"$select": "shoeSize"}, None)


def test_pages_follow_one_another() -> None:
    entries: list[dict[str, Any]] = [{"id": str(number)} for number in range(5)]
    first = page(entries, {"$top": "2", "$select": "id"}, URL, most=999, lost=False)
    assert first == {"value": entries[:2], "@odata.nextLink": f"{URL}?$top=2&$select=id&$skiptoken=2"}
    last = page(entries, {"$top": "2", "$skiptoken": "4"}, URL, most=999, lost=False)
    assert last == {"value": entries[4:]}
    assert len(page(entries, {}, URL, most=3, lost=False)["value"]) == 3
    assert page(entries, {}, URL, most=4, lost=True)["@odata.nextLink"] == f"{URL}?$skiptoken=lost"


@pytest.mark.parametrize(("query", "status"), [({"$top": "1000"}, 400), ({"$top": "x"}, 400), ({"$top": "0"}, 400),
                                               ({"$skiptoken": "lost"}, 500)])  # fmt: skip
def test_what_is_no_page(query: dict[str, str], status: int) -> None:
    with pytest.raises(GraphRefusal) as refused:
        page([], query, URL, most=999, lost=False)
    assert refused.value.status == status
