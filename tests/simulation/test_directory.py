"""Tests of simulation/directory.py."""

from simulation.directory import GROUPS, ROOM_LISTS, everybody_in, groups_of, rooms_of
from simulation.estate import Estate
from simulation.people import COMPANIES, FABRIKAM


def test_members_are_people_of_the_estate(estate: Estate) -> None:
    people = {member for members in GROUPS.values() for member in members if member not in GROUPS}
    assert {one for one in people if not one.startswith("clerk")} <= set(estate.mailboxes)


def test_circles_end() -> None:
    assert set(everybody_in("night-team@fabrikam.example")) == set(everybody_in("merger-team@fabrikam.example"))
    assert len(everybody_in("everyone-team@fabrikam.example")) == 100


def test_each_company_has_groups_and_rooms(estate: Estate) -> None:
    assert all(groups_of(company) and rooms_of(estate, company) for company in COMPANIES)
    assert set(ROOM_LISTS.values()).isdisjoint(GROUPS)
    assert set(groups_of(FABRIKAM)) < set(GROUPS)
