"""The Google side: the fields of its form, and what Google would refuse."""

from dataclasses import replace

from console.configuration import Configuration
from console.setup.command import text_for
from console.setup.grants import Grant
from console.setup.sides import Side, sides
from proxy.scopes import GOOGLE_ROOMS, GOOGLE_USERS
from proxy.settings.rules import RuleSettings


def test_google_gets_url_role_account_and_domains(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("northwind-google-interop",))
    steps = text_for(side)
    assert "Exchange Web Services (EWS)" in steps
    assert "https://busy.example.com/EWS/Exchange.asmx" in steps
    assert "Exchange role account      interop@northwind.example" in steps
    assert "Supported domain           contoso.example" in steps
    assert "Supported domain           fabrikam.example" in steps
    assert "Calendar service OFF" in steps
    assert "unconfirmed" in steps


def warned(side: Side, **changes: object) -> str:
    return " ".join(text_for(replace(side, **changes)).replace("\n#", "").split())  # type: ignore[arg-type]


def test_tells_what_the_other_side_would_refuse(configuration: Configuration) -> None:
    google, online, _ = sides(configuration)
    assert "Exchange username is not an email address" in warned(google, usernames=("NORTHWIND\\interop",))
    assert "port 8443" in warned(google, public_url="https://busy.example.com:8443")
    assert "public CAs only" in warned(google, self_signed=True)
    assert "public CAs only" in warned(online, self_signed=True)
    assert "101 domains" in warned(online, domains=tuple(f"d{n}.example" for n in range(101)))
    assert "no wildcard: *.northwind.example" in warned(online, wildcards=("*.northwind.example",))


def test_details_are_ticked_where_they_may_be_seen(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("northwind-google-interop",))
    assert 'Leave "Show event details" off: this caller has sees = "busy"' in warned(side)
    assert 'Tick "Show event details": this caller has sees = "details"' in warned(side, details=True)


def test_details_are_ticked_where_a_rule_alone_shows_them(configuration: Configuration) -> None:
    def step(*callers: str, **values: object) -> str:
        rule = RuleSettings.model_validate({"about": ["contoso.example"], "callers": callers, **values})
        ruled = configuration.model_copy(update={"rules": (rule,)})
        return warned(sides(ruled, ("northwind-google-interop",))[0])

    ticked = 'Tick "Show event details": a rule shows this caller details of some people.'
    assert ticked in step("northwind-google-interop", sees="details")
    off = 'Leave "Show event details" off'
    assert off in step("somebody-else", sees="details")
    assert off in step("northwind-google-interop", sees="busy")


def test_what_is_read_beside_calendars_is_delegated(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("northwind-google-interop",))
    assert "more than calendars" not in warned(replace(side, grants=()))
    steps = text_for(replace(side, grants=(Grant(connector="northwind", permissions=(GOOGLE_ROOMS, GOOGLE_USERS)),)))
    assert "Let Busyline read more than calendars here ([connectors.northwind])" in steps
    assert f"\n      {GOOGLE_ROOMS}\n      {GOOGLE_USERS}\n" in steps
