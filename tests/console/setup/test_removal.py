"""The way back: what setup made, and nothing else."""

from console.configuration import Configuration
from console.setup.removal import removal
from console.setup.sides import sides
from tests.console.setup.conftest import code_of


def test_exchange_loses_our_address_spaces_alone(configuration: Configuration) -> None:
    for side in sides(configuration, ("contoso-exchange-online", "fabrikam-exchange")):
        script = removal(side)
        guard = '$domains -contains "$($_.ForestName)" -and "$($_.TargetAutodiscoverEpr)" -eq $autodiscover'
        assert guard in script
        assert "Remove-AvailabilityAddressSpace -Identity $space.Identity -Confirm:$false" in script
        assert not any("Remove-AvailabilityConfig" in line for line in code_of(script))


def test_exchange_loses_the_contacts_that_setup_made_alone(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("fabrikam-exchange",))
    assert "busyline-contacts-made.csv" in removal(side)
    assert "busyline-contacts.csv" not in removal(side)


def test_google_loses_the_endpoint_of_this_busyline(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("northwind-google-interop",))
    steps = removal(side)
    assert "https://busy.example.com/EWS/Exchange.asmx" in steps
    assert "Calendar service on again" in steps
