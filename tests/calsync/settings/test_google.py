"""Tests of calsync/settings/google.py: which calendar it is, whoever reaches it."""

from tests.calsync.settings.merger import SPOKES, hub, read


def test_the_users_own_calendar_has_the_users_address() -> None:
    own = {key: value for key, value in SPOKES["google"].items() if key != "calendar"}
    settings = read({"name": "merger", "spokes": {"one": own, "two": SPOKES["graph"]}})
    assert settings.hubs[0].spokes["one"].place == ("google", "ann@northwind.example", "")


def test_an_id_is_the_same_in_capitals() -> None:
    settings = read(hub("google", "account", account={"calendar": "C_2@group.calendar.google.com"}))
    assert settings.hubs[0].spokes["account"].place == ("google", "c_2@group.calendar.google.com", "")
