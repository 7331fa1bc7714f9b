"""The Exchange side against what the cmdlets' documentation names: right, guarded, and looking before it changes."""

import re
from dataclasses import replace

import pytest

from console.configuration import Configuration
from console.setup.command import text_for
from console.setup.grants import Grant
from console.setup.sides import Kind, sides
from tests.console.setup.conftest import code_of

# ExchangePowerShell reference, the parameters documented of each cmdlet that setup may use; the last three lines are
# PowerShell's own.
DOCUMENTED = {
    "Add-AvailabilityAddressSpace": "AccessMethod ForestName Credentials DomainController ProxyUrl"
    " TargetAutodiscoverEpr TargetServiceEpr TargetTenantId UseServiceAccount",
    "New-AvailabilityConfig": "AllowedTenantIds OrgWideAccount",
    "Get-AvailabilityConfig": "Identity DomainController",
    "Get-AvailabilityAddressSpace": "Identity DomainController",
    "Remove-AvailabilityAddressSpace": "Identity DomainController",
    "Get-OrganizationRelationship": "Identity DomainController",
    "Get-IntraOrganizationConnector": "Identity DomainController",
    "Get-Recipient": "Identity Filter ResultSize",
    "Get-MailContact": "Identity Filter ResultSize",
    "New-MailContact": "Name ExternalEmailAddress Alias DisplayName FirstName LastName OrganizationalUnit",
    "Remove-MailContact": "Identity DomainController",
    "Get-Credential": "UserName Message Credential",
    "Import-Csv": "Path",
    "Export-Csv": "Append NoTypeInformation Path",
    "Format-Table": "AutoSize Property",
    "Format-List": "Property",
    "Test-Path": "Path",
    "Read-Host": "Prompt",
    "Where-Object": "FilterScript",
    "ForEach-Object": "Process",
}
OUR_FUNCTION = "Test-Named"
COMMON = {"ErrorAction", "Confirm"}
_CMDLET = re.compile(r"\b([A-Z][a-z]+-[A-Z][A-Za-z]+)\b")
_PARAMETER = re.compile(r"(?<=\s)-([A-Z][A-Za-z]+)")


@pytest.mark.parametrize("remove", [False, True])
def test_uses_documented_parameters_alone(configuration: Configuration, remove: bool) -> None:
    seen = set()
    for side in sides(configuration, ("contoso-exchange-online", "fabrikam-exchange")):
        for line in code_of(text_for(side, remove=remove)):
            cmdlets = [name for name in _CMDLET.findall(line) if name != OUR_FUNCTION]
            assert set(cmdlets) <= set(DOCUMENTED), line
            allowed = COMMON.union(*(DOCUMENTED[name].split() for name in cmdlets))
            assert set(_PARAMETER.findall(line)) <= allowed, line
            seen.update(cmdlets)
    assert ("Remove-AvailabilityAddressSpace" if remove else "Add-AvailabilityAddressSpace") in seen


@pytest.mark.parametrize("remove", [False, True])
def test_braces_and_brackets_are_closed(configuration: Configuration, remove: bool) -> None:
    for side in sides(configuration, ("contoso-exchange-online", "fabrikam-exchange")):
        code = "\n".join(code_of(text_for(side, remove=remove)))
        for opening, closing in ("{}", "()", "[]"):
            assert code.count(opening) == code.count(closing)


def test_exchange_online_gets_its_configuration_once_and_an_address_space_per_domain(
    configuration: Configuration,
) -> None:
    (side,) = sides(configuration, ("contoso-exchange-online",))
    side = replace(side, domains=("northwind.example", "resource.calendar.google.com"))
    script = text_for(side)
    assert script.count("    New-AvailabilityConfig") == 1
    for domain in side.domains:
        assert (
            f"Add-AvailabilityAddressSpace -ForestName '{domain}' -AccessMethod OrgWideFB -Credentials $credential "
            "-TargetAutodiscoverEpr 'https://busy.example.com/autodiscover/autodiscover.xml'"
        ) in script
    assert "New-MailContact -Name $name -ExternalEmailAddress $person.Address" in script


def test_exchange_on_ones_own_servers_needs_no_availability_configuration(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("fabrikam-exchange",))
    assert side.kind is Kind.EXCHANGE
    assert "New-AvailabilityConfig" not in text_for(side)


def test_looks_before_it_changes(configuration: Configuration) -> None:
    for side in sides(configuration, ("contoso-exchange-online", "fabrikam-exchange")):
        lines = code_of(text_for(side))
        first_change = next(n for n, line in enumerate(lines) if re.search(r"\b(Add|New)-[AM]", line))
        for look in ("Get-AvailabilityAddressSpace", "Get-OrganizationRelationship", "Get-IntraOrganizationConnector"):
            assert any(look in line for line in lines[:first_change])


def test_everything_it_makes_is_guarded_by_whether_it_exists(configuration: Configuration) -> None:
    for side in sides(configuration, ("contoso-exchange-online", "fabrikam-exchange")):
        lines = code_of(text_for(side))
        for number, line in enumerate(lines):
            if re.search(r"^\s+(Add-Avail|New-)", line):
                assert lines[number - 1].lstrip().startswith("if ("), line


def test_a_hostile_user_name_stays_a_user_name(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("fabrikam-exchange",))
    script = text_for(replace(side, usernames=("a'; Remove-Mailbox * #",)))
    assert "-UserName 'a''; Remove-Mailbox * #'" in script
    assert not any("Remove-Mailbox" in line for line in code_of(script))


def test_a_hostile_organisation_stays_in_its_comment(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("fabrikam-exchange",))
    script = text_for(replace(side, organisation="Fab\nRemove-Mailbox *\r#>"))
    assert not any("Remove-Mailbox" in line for line in code_of(script))


def test_a_tenant_id_is_written_and_a_tenant_name_is_asked_for(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("contoso-exchange-online",))
    tenant = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
    assert f"-AllowedTenantIds '{tenant}'" in text_for(replace(side, tenant=tenant))
    assert "-AllowedTenantIds (Read-Host " in text_for(side)


def test_a_name_that_is_taken_gets_its_address_and_who_exists_is_told(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("fabrikam-exchange",))
    script = text_for(side)
    assert '$name = "$($person.Name) ($($person.Address))"' in script
    assert "Left as it is: $($person.Address) exists already" in script
    assert "{ throw 'busyline-contacts.csv needs the columns Name and Address" in script


def test_a_new_password_takes_address_spaces_away_and_leaves_contacts(configuration: Configuration) -> None:
    (side,) = sides(configuration, ("fabrikam-exchange",))
    _, _, after = text_for(side).partition("# When the password changes:")
    lines = [line.strip() for line in after.splitlines() if line.strip().startswith("#   ")]
    assert any("Remove-AvailabilityAddressSpace -Identity $space.Identity" in line for line in lines)
    assert any("Add-AvailabilityAddressSpace -ForestName $domain" in line for line in lines)
    assert not any("MailContact" in line for line in lines)


def test_only_ones_own_server_can_be_restarted(configuration: Configuration) -> None:
    online, own = sides(configuration, ("contoso-exchange-online", "fabrikam-exchange"))
    assert "restart the server" not in text_for(online)
    assert "restart the server" in text_for(own)


@pytest.mark.parametrize(
    ("kind", "permission", "words"),
    [
        (Kind.EXCHANGE_ONLINE, "Place.Read.All", "permissions of Microsoft Graph Place.Read.All, beside"),
        (Kind.EXCHANGE, "ApplicationImpersonation", "the role ApplicationImpersonation, confined to the people"),
    ],
)
def test_what_is_read_beside_calendars_is_told_and_not_run(
    configuration: Configuration, kind: Kind, permission: str, words: str
) -> None:
    (side,) = [side for side in sides(configuration) if side.kind is kind]
    bare = text_for(replace(side, grants=()))
    grant = Grant(connector="own\nRemove-Mailbox", permissions=(permission,), client_id="1111\nRemove-Mailbox")
    script = text_for(replace(side, grants=(grant,)))
    assert words in " ".join(line.strip(" #") for line in script.splitlines())
    assert list(filter(None, code_of(script))) == list(filter(None, code_of(bare)))
