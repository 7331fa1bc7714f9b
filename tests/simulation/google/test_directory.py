"""Tests of simulation/google/directory.py."""

import pytest

from simulation.estate import Estate
from simulation.google.directory import SCOPES, answer, is_directory
from simulation.google.refusals import GoogleRefusal

ROOT = "/admin/directory/v1"
ALL = frozenset(SCOPES)


def test_pages_are_small_and_end(estate: Estate) -> None:
    path = f"{ROOT}/groups/sydney-team@northwind.example/members"
    first = answer(path, {}, estate, ALL)
    second = answer(path, {"pageToken": first["nextPageToken"]}, estate, ALL)
    assert [one["type"] for page in (first, second) for one in page["members"]] == ["USER", "USER", "GROUP"]
    assert "nextPageToken" not in second


@pytest.mark.parametrize(
    ("path", "scopes", "status"),
    [
        (f"{ROOT}/groups/jack.thompson@northwind.example/members", ALL, 404),
        (f"{ROOT}/groups/sydney-team@northwind.example/members", frozenset(SCOPES[1:]), 403),
        (f"{ROOT}/customer/my_customer/resources/calendars", frozenset(SCOPES[:1]), 403),
        (f"{ROOT}/users", ALL, 404),
    ],
)
def test_what_is_refused(estate: Estate, path: str, scopes: frozenset[str], status: int) -> None:
    assert is_directory(path)
    with pytest.raises(GoogleRefusal) as caught:
        answer(path, {}, estate, scopes)
    assert caught.value.status == status
