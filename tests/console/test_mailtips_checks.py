"""`busyline check` says where mail tips are switched on by half."""

from typing import Any

from console.configuration import Configuration
from console.mailtips_checks import check_mailtips
from tests.proxy.served import configuration


def _found(*, mailtips: bool, **connector: Any) -> list[str]:
    written = configuration(mailtips=mailtips)
    written["connectors"]["fabrikam"] |= connector
    return [f"{one.severity}: {one.key}" for one in check_mailtips(Configuration.model_validate(written))]


def test_both_or_neither_is_in_order() -> None:
    assert _found(mailtips=False) == []
    assert _found(mailtips=True, automatic_replies=True) == []


def test_one_without_the_other() -> None:
    assert _found(mailtips=True) == ["warning: callers[1].mailtips"]
    assert _found(mailtips=False, automatic_replies=True) == ["note: connectors.fabrikam.automatic_replies"]


def test_a_system_that_knows_no_replies() -> None:
    written = configuration(mailtips=True)
    address = "https://calendars.fabrikam.example/{local}.ifb"
    written["connectors"]["fabrikam"] = {"protocol": "ical", "url": address, "automatic_replies": True}
    found = list(check_mailtips(Configuration.model_validate(written)))
    assert [one.key for one in found] == ["connectors.fabrikam.automatic_replies", "callers[1].mailtips"]
    assert "ical knows no automatic replies" in found[0].what
