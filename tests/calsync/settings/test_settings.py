"""Tests of calsync/settings: a hub is found by its name."""

from tests.calsync.settings.merger import hub, read


def test_a_hub_is_found_by_its_name() -> None:
    settings = read(hub("google", "graph"), hub("ews", "caldav") | {"name": "second"})
    found = settings.hub("second")
    assert found is not None
    assert list(found.spokes) == ["ews", "caldav"]
    assert settings.hub("third") is None


def test_none_is_needed() -> None:
    assert read().hubs == ()
