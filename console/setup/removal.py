"""The way back: what `setup` made and nothing else, on either side."""

from collections.abc import Iterator
from dataclasses import replace

from console.setup import exchange, google
from console.setup.quoting import quoted
from console.setup.sides import Kind, Side
from console.setup.text import Step, powershell, prose


def removal(side: Side) -> str:
    """The steps that undo ``side``."""
    side = replace(side, domains=tuple(sorted({*side.domains, *side.own, *side.unrouted})))  # once set up, perhaps
    people = ", ".join(side.domains) or "no domain at all"
    if side.kind is Kind.GOOGLE:
        title = f"{side.organisation} ({side.caller}): its Google users no longer ask Busyline about {people}"
        return prose(title, (), _google(side))
    title = f"{side.organisation} ({side.caller}): its Outlook users no longer ask Busyline about {people}"
    note = "It removes only address spaces that point at this Busyline, and may be run again at any time."
    return powershell(title, (note,), _exchange(side))


def _exchange(side: Side) -> Iterator[Step]:
    yield Step(title="Whom it is about, and where Busyline is.", lines=exchange.variables(side))
    yield exchange.look()
    yield Step(
        title="The address spaces.",
        lines=(
            "$ours = @(Get-AvailabilityAddressSpace | Where-Object {",
            '    $domains -contains "$($_.ForestName)" -and "$($_.TargetAutodiscoverEpr)" -eq $autodiscover })',
            "foreach ($space in $ours) {",
            "    Remove-AvailabilityAddressSpace -Identity $space.Identity -Confirm:$false",
            "}",
        ),
    )
    yield Step(
        title="The mail contacts that setup made, and no others.",
        why=f"{exchange.MADE} in the working directory names them. They disappear from the address list.",
        lines=(
            f"if (Test-Path {quoted(exchange.MADE)}) {{",
            f"    foreach ($person in Import-Csv {quoted(exchange.MADE)}) {{",
            "        if (Get-MailContact -Identity $person.Address -ErrorAction SilentlyContinue) {",
            "            Remove-MailContact -Identity $person.Address -Confirm:$false",
            "        }",
            "    }",
            "}",
        ),
    )
    if side.kind is Kind.EXCHANGE_ONLINE:
        yield Step(
            title="The availability configuration stays.",
            why="Other address spaces may need it. Where none is left: Remove-AvailabilityConfig.",
            lines=("Get-AvailabilityAddressSpace | Format-Table -AutoSize 'ForestName', 'TargetAutodiscoverEpr'",),
        )


def _google(side: Side) -> Iterator[Step]:
    yield Step(
        title=f"Open {google.MENU}.",
        why=f"Directly: {google.INTEROP_PAGE}",
        unconfirmed=("the direct address.",),
    )
    yield Step(
        title="Remove the Exchange endpoint with this URL; where it was the only one, untick the availability as well.",
        lines=(
            f"Exchange Web Services URL  {side.ews_url}",
            *(f"Supported domain           {domain}" for domain in side.domains),
        ),
    )
    yield Step(
        title="Turn the Calendar service on again for the people it was turned off for, if they are to use it.",
        why="Admin console > Apps > Google Workspace > Calendar > Service status.",
    )
    proof = "client secret" if side.client_id else "password"
    yield Step(
        title=f"Delete the caller here, so that its {proof} ends.",
        why=f'Remove the [[callers]] section with name = "{side.caller}" and the file of its {proof}, then restart.',
    )
