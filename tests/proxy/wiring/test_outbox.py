"""Opening the outbox: which of a caller's names are addresses of its own, and which paths lead there."""

from pathlib import Path

from proxy.settings import ProxySettings
from proxy.wiring.outbox import _principal
from tests.proxy.served import PUBLIC, configuration, serving


def addresses(**caller: object) -> tuple[str, ...]:
    """A caller's own addresses."""
    return _principal(ProxySettings.model_validate(configuration(**caller)).callers[0], PUBLIC).addresses


def test_user_names_that_are_addresses_are_the_callers_own() -> None:
    assert addresses() == ("interop@northwind.example",)
    names = ["Olga@Contoso.example", "contoso\\olga", "olga", "o@contoso.example"]
    basic = {"usernames": names, "password": "file:interop.hash"}
    assert addresses(basic=basic) == ("olga@contoso.example", "o@contoso.example")
    assert addresses(basic=None, oauth={"client_id": "x", "secret": "file:interop.hash"}) == ()


def test_it_is_called_after_its_organisation() -> None:
    assert _principal(ProxySettings.model_validate(configuration()).callers[0], PUBLIC).name == "northwind"
    settings = ProxySettings.model_validate(configuration(organisation="Northwind"))
    assert _principal(settings.callers[0], PUBLIC).name == "Northwind"


async def test_its_paths(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        assert {"/caldav", "/caldav/", "/.well-known/caldav"} <= set(proxy.paths)
