"""What an administrator allows: nothing, unless it is said."""

import pytest

from calsync.rules import Bound, Gets, Gives, HubRules, Kind, SpokeRules, Treat


def test_a_hub_may_write_nowhere_by_default() -> None:
    assert SpokeRules(name="google").gets == Gets(create=False, change=False, delete=False)


def test_what_is_private_stays_where_it_is_by_default() -> None:
    assert Gives().private is Treat.SKIP


@pytest.mark.parametrize(
    ("number", "of", "allowed"),
    [(25, 0, True), (26, 0, False), (26, 100, False), (100, 1000, True), (101, 1000, False)],
)
def test_a_bound_is_a_number_or_a_share(number: int, of: int, allowed: bool) -> None:
    assert Bound(count=25, share=0.1).allows(number, of) is allowed


@pytest.mark.parametrize("name", ["", "a/b", "a b"])
def test_a_name_has_to_fit_into_a_mark(name: str) -> None:
    with pytest.raises(ValueError, match="not a name for a hub"):
        HubRules(name=name, kind=Kind.CALENDAR, spokes=(SpokeRules(name="google"),))


@pytest.mark.parametrize("names", [[], ["google", "google"]])
def test_spokes_have_names_of_their_own(names: list[str]) -> None:
    with pytest.raises(ValueError, match="needs spokes"):
        HubRules(name="team", kind=Kind.CALENDAR, spokes=tuple(SpokeRules(name=name) for name in names))
