"""The Exchange side: PowerShell that points the address spaces of the partner's domains at Busyline."""

from collections.abc import Iterator
from uuid import UUID

from console.setup.grants import Grant
from console.setup.quoting import quoted, quoted_list
from console.setup.sides import Kind, Side, left_out
from console.setup.text import Step, powershell

MOST_ADDRESS_SPACES = 100  # Active Directory gives Exchange no more
CONTACTS = "busyline-contacts.csv"
MADE = "busyline-contacts-made.csv"
_SPACES_SHOWN = "Format-Table -AutoSize 'ForestName', 'AccessMethod', 'TargetAutodiscoverEpr'"

_SHELLS = {
    Kind.EXCHANGE: "the Exchange Management Shell",
    Kind.EXCHANGE_ONLINE: "PowerShell after Connect-ExchangeOnline",
}


def script(side: Side) -> str:
    """The script that lets ``side`` ask. Running it twice changes nothing the second time."""
    return powershell(_title(side), notes(side), _steps(side))


def notes(side: Side) -> Iterator[str]:
    """What an administrator should know before running anything."""
    yield (
        f"Run it in {_SHELLS[side.kind]}, as an organisation administrator. It shows what exists before it changes "
        "anything, may be run again at any time, and stops at the first error."
    )
    if side.kind is Kind.EXCHANGE_ONLINE:
        yield (
            "unconfirmed: whether Exchange Online still asks other hosts this way after its EWS is switched off "
            "(from October 2026 to 1 April 2027). Test with one domain first."
        )
    yield from left_out(side)
    if side.self_signed:
        yield (
            "The certificate of [server.certificate] is issued by Busyline itself: Exchange must trust its CA, and "
            "Exchange Online trusts public CAs only."
        )
    if len(side.domains) > MOST_ADDRESS_SPACES:
        yield f"{len(side.domains)} domains are more than the {MOST_ADDRESS_SPACES} address spaces that Exchange reads."
    if side.wildcards:
        yield (
            f"An address space has no wildcard: {', '.join(side.wildcards)} needs one route and one may_ask entry "
            "for each domain in use."
        )
    if side.single:
        yield (
            "An address space is a whole domain: Exchange will ask about everybody in it, and Busyline answers for "
            f"{', '.join(side.single)} alone."
        )


def _title(side: Side) -> str:
    return f"{side.organisation} ({side.caller}): lets its Outlook users see when people of {_list(side)} are free"


def _list(side: Side) -> str:
    return ", ".join(side.domains) or "no domain at all"


def variables(side: Side) -> tuple[str, str]:
    """The two names that the steps share: whom it is about, and where Busyline is."""
    return f"$domains = {quoted_list(side.domains)}", f"$autodiscover = {quoted(side.autodiscover_url)}"


def look() -> Step:
    """Shows what exists; changes nothing."""
    return Step(
        title="What exists now. This changes nothing.",
        lines=(
            "Get-AvailabilityConfig -ErrorAction SilentlyContinue | Format-List",
            f"Get-AvailabilityAddressSpace | {_SPACES_SHOWN}",
            "Get-OrganizationRelationship | Format-Table -AutoSize 'Name', 'Enabled', 'DomainNames'",
            "Get-IntraOrganizationConnector | Format-Table -AutoSize 'Name', 'Enabled', 'TargetAddressDomains'",
        ),
    )


def _steps(side: Side) -> Iterator[Step]:
    yield Step(title="Whom it is about, and where Busyline is.", lines=variables(side))
    yield look()
    yield _shadows()
    if side.kind is Kind.EXCHANGE_ONLINE:
        yield _availability_config(side)
    yield _address_spaces(side)
    yield _contacts(side)
    for grant in side.grants:
        yield Step(title=_more(grant), why=_how(side, grant))
    yield Step(
        title="Wait, then try.",
        why=(
            f"Exchange keeps address spaces in memory: {_wait(side)}. Then open a new meeting in Outlook, "
            "add one of the contacts and look at the Scheduling Assistant. Where it shows hatching, ask Busyline: "
            f"busyline explain ADDRESS --as {side.caller}"
        ),
    )


def _shadows() -> Step:
    return Step(
        title="Nothing else may answer for these domains.",
        why=(
            "Exchange uses an IntraOrganizationConnector first, an organization relationship next, and an address "
            "space last: a domain that one of the former names never reaches Busyline."
        ),
        unconfirmed=("that order is stated by Google, not by Microsoft.",),
        lines=(
            "function Test-Named($names) {",
            '    foreach ($name in $names) { if ($domains -like "$name") { return $true } }',
            "}",
            "$relationships = @(Get-OrganizationRelationship | Where-Object { Test-Named $_.DomainNames })",
            "$connectors = @(Get-IntraOrganizationConnector | Where-Object { Test-Named $_.TargetAddressDomains })",
            "if ($relationships -or $connectors) {",
            "    $relationships | Format-Table -AutoSize 'Name', 'Enabled', 'DomainNames'",
            "    $connectors | Format-Table -AutoSize 'Name', 'Enabled', 'TargetAddressDomains'",
            "    throw 'These answer for the domains above. Take the domains out of them, then run this again.'",
            "}",
            "$others = @(Get-AvailabilityAddressSpace | Where-Object {",
            '    $domains -contains "$($_.ForestName)" -and "$($_.TargetAutodiscoverEpr)" -ne $autodiscover })',
            "if ($others) {",
            f"    $others | {_SPACES_SHOWN}",
            "    throw 'These address spaces point elsewhere. Remove-AvailabilityAddressSpace, then run this again.'",
            "}",
        ),
    )


def _availability_config(side: Side) -> Step:
    tenant = side.tenant if _is_guid(side.tenant) else ""
    value = quoted(tenant) if tenant else "(Read-Host 'Your tenant id (Entra admin center, Overview)')"
    return Step(
        title="Once for the organisation: availability between organisations is allowed at all.",
        unconfirmed=("which parameters Exchange Online wants here for a target that is not Exchange Online.",),
        lines=(
            "if (-not (Get-AvailabilityConfig -ErrorAction SilentlyContinue)) {",
            f"    New-AvailabilityConfig -AllowedTenantIds {value}",
            "}",
        ),
    )


def _address_spaces(side: Side) -> Step:
    lines = [
        '$existing = @(Get-AvailabilityAddressSpace | ForEach-Object { "$($_.ForestName)" })',
        "$missing = @($domains | Where-Object { $existing -notcontains $_ })",
        "if ($missing) {",
        f"    $credential = Get-Credential -UserName {quoted(side.usernames[0])} "
        "-Message 'The password that Busyline knows'",
        "}",
    ]
    for domain in side.domains:
        lines += [
            f"if ($missing -contains {quoted(domain)}) {{",
            f"    Add-AvailabilityAddressSpace -ForestName {quoted(domain)} -AccessMethod OrgWideFB "
            f"-Credentials $credential -TargetAutodiscoverEpr {quoted(side.autodiscover_url)}",
            "}",
        ]
    return Step(
        title="One address space for each domain of the contacts' ExternalEmailAddress.",
        why=(
            "The password is asked for, never printed: it is the one whose hash [[callers]] names. No command changes "
            "it later: remove our address spaces and add them again, by the lines below; the contacts stay."
        ),
        unconfirmed=("whether Exchange then signs in with Basic alone; Busyline offers nothing else.",),
        lines=(*lines, *_new_password(side)),
    )


def _new_password(side: Side) -> tuple[str, ...]:
    """The lines to run when the password changes, as comments, unbroken so that they can be copied."""
    ours = (
        f'$domains -contains "$($_.ForestName)" -and "$($_.TargetAutodiscoverEpr)" -eq {quoted(side.autodiscover_url)}'
    )
    return (
        "# When the password changes:",
        f"#   $domains = {quoted_list(side.domains)}",
        f"#   $credential = Get-Credential -UserName {quoted(side.usernames[0])} -Message 'The new password'",
        f"#   $ours = @(Get-AvailabilityAddressSpace | Where-Object {{ {ours} }})",
        "#   foreach ($space in $ours) {",
        "#       Remove-AvailabilityAddressSpace -Identity $space.Identity -Confirm:$false",
        "#   }",
        "#   foreach ($domain in $domains) {",
        "#       Add-AvailabilityAddressSpace -ForestName $domain -AccessMethod OrgWideFB "
        f"-Credentials $credential -TargetAutodiscoverEpr {quoted(side.autodiscover_url)}",
        "#   }",
    )


def _contacts(side: Side) -> Step:
    example = f"ann@{side.domains[0]}" if side.domains else "ann@northwind.example"
    return Step(
        title="A mail contact for each person, so that Outlook finds the address.",
        why=(
            f"It reads {CONTACTS} in the working directory, with the columns Name and Address (such as {example}), "
            f"and does nothing without it; {MADE} keeps whom it made, for the way back. "
            "The domain of ExternalEmailAddress decides whom Exchange asks; hide or "
            "remove a mailbox that has the same address. People of a domain that both sides use need an alias "
            "domain there. Where a name is taken, the contact gets the address behind it."
        ),
        lines=_contact_lines(),
    )


def _contact_lines() -> tuple[str, ...]:
    columns = f"{CONTACTS} needs the columns Name and Address, separated by a comma, filled in every row."
    return (
        f"if (Test-Path {quoted(CONTACTS)}) {{",
        f"    $people = @(Import-Csv {quoted(CONTACTS)})",
        f"    if ($people | Where-Object {{ -not $_.Name -or -not $_.Address }}) {{ throw {quoted(columns)} }}",
        "    foreach ($person in $people) {",
        "        $name = $person.Name",
        "        if (Get-Recipient -Identity $name -ErrorAction SilentlyContinue) {",
        '            $name = "$($person.Name) ($($person.Address))"',
        "        }",
        "        $taken = Get-Recipient -Identity $person.Address -ErrorAction SilentlyContinue",
        '        if ($taken) { "Left as it is: $($person.Address) exists already ($($taken.RecipientType))." }',
        "        if (-not $taken) {",
        "            New-MailContact -Name $name -ExternalEmailAddress $person.Address",
        f"            $person | Export-Csv {quoted(MADE)} -Append -NoTypeInformation",
        "        }",
        "    }",
        "}",
    )


def _more(grant: Grant) -> str:
    return f"By hand: let Busyline read more than calendars here ([connectors.{grant.connector}])."


def _how(side: Side, grant: Grant) -> str:
    names = " and ".join(grant.permissions)
    if side.kind is Kind.EXCHANGE_ONLINE:
        return (
            f"Entra admin center > App registrations > the one with client ID {grant.client_id} > API permissions: add "
            f"the application permissions of Microsoft Graph {names}, beside those it has, and grant admin consent."
        )
    return (
        f"Give the account of that connector the role {names}, confined to the people concerned: "
        "docs/guides/suggestions-and-mailtips.md has the command."
    )


def _wait(side: Side) -> str:
    return "wait, or restart the server" if side.kind is Kind.EXCHANGE else "wait"


def _is_guid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
