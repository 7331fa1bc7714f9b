"""The Google side: what an administrator enters in the Admin console so that Google Calendar asks Busyline."""

from collections.abc import Iterator

from console.setup.sides import Side, left_out
from console.setup.text import Step, prose

INTEROP_PAGE = "https://admin.google.com/ac/apps/calendar/settings/interop"
MENU = "Admin console > Apps > Google Workspace > Calendar > Calendar Interop management"
DELEGATION = "Admin console > Security > API controls > Domain-wide delegation"
HTTPS_PORT = 443
_BASIC = "Google names Basic for Exchange on one's own servers; it is what this caller uses."


def steps_of(side: Side) -> str:
    """The steps that let ``side`` ask."""
    title = f"{side.organisation} ({side.caller}): lets its Google users see when people of {_list(side)} are free"
    return prose(title, notes(side), _steps(side))


def notes(side: Side) -> Iterator[str]:
    """What would make Google refuse, as far as the configuration shows it."""
    if not side.public_url.startswith("https:"):
        yield f"Google asks over https only; public_url is {side.public_url}."
    elif side.public_port != HTTPS_PORT:
        yield f"Google asks on port {HTTPS_PORT} only; public_url names port {side.public_port}."
    if side.self_signed:
        yield "Google trusts public CAs only; the certificate of [server.certificate] is issued by Busyline itself."
    if bad := [name for name in side.usernames if "@" not in name]:
        yield (
            f"Google takes an e-mail address as role account and refuses {', '.join(bad)}: "
            '"Exchange username is not an email address".'
        )
    yield from left_out(side)
    if side.wildcards:
        yield f"Google wants each domain by name: {', '.join(side.wildcards)} needs one may_ask entry for each in use."


def _list(side: Side) -> str:
    return ", ".join(side.domains) or "no domain at all"


def _steps(side: Side) -> Iterator[Step]:
    yield Step(
        title=f"Open {MENU}.",
        why=f"Directly: {INTEROP_PAGE}. Note what is entered there now; only one source of outside availability is "
        "possible, so the connector for HCL Notes must be off.",
        unconfirmed=("the direct address, and the names of menu and fields: Google changes them.",),
    )
    yield Step(
        title='Under "Exchange availability in Calendar" tick "Allow Google Calendar to display Exchange users\' '
        'availability", then "Add an Exchange endpoint".',
        why="Where an endpoint exists already, add this one beside it and leave the other as it is.",
        lines=_endpoint(side),
        unconfirmed=(
            "the type Microsoft 365 (Graph API) has no field for a URL, so it cannot ask Busyline.",
            *(() if side.client_id else (_BASIC,)),
        ),
    )
    yield from _people(side)
    tick = 'Tick "Show event details"' if side.details else 'Leave "Show event details" off'
    sees = f'this caller has sees = "{"details" if side.details else "busy"}"'
    yield Step(
        title=f"{tick}: {'a rule shows this caller details of some people' if side.details_by_rule else sees}.",
        why="Busyline gives this caller no more than sees and [[rules]] allow, whatever is ticked here.",
    )
    for grant in side.grants:
        yield Step(
            title=f"Let Busyline read more than calendars here ([connectors.{grant.connector}]).",
            why=f"{DELEGATION}: edit the service account's client and add, beside the scopes it has",
            lines=grant.permissions,
        )
    yield Step(
        title="Try it.",
        why="In Google Calendar make an event, add a guest of the domains above and open Find a time. Where it shows "
        f"nothing, ask Busyline: busyline explain ADDRESS --as {side.caller}",
    )


def _endpoint(side: Side) -> tuple[str, ...]:
    return (
        "Type                       Exchange Web Services (EWS)",
        f"Exchange Web Services URL  {side.ews_url}",
        *(_by_token(side) if side.client_id else _by_password(side.usernames)),
        *(f"Supported domain           {domain}" for domain in side.domains),
    )


def _by_password(names: tuple[str, ...]) -> tuple[str, ...]:
    return (
        f"Exchange role account      {names[0]}",
        *(f"Additional role account    {name}" for name in names[1:]),
        "Authentication             Basic, with the password whose hash [[callers]] names",
    )


def _by_token(side: Side) -> tuple[str, ...]:
    return (
        "Exchange role account      any address in the domain that is looked up",
        "Authentication             OAuth 2.0",
        f"Token endpoint URL         {side.token_url}",
        f"Application (client) ID    {side.client_id}",
        "Client secret              the one whose hash [[callers]] names",
    )


def _people(side: Side) -> Iterator[Step]:
    yield Step(
        title=f"Turn the Calendar service OFF for everybody of {_list(side)} who has an account here as well.",
        why="Admin console > Apps > Google Workspace > Calendar > Service status, by organisational unit. Where it is "
        "on, Google shows its own empty calendar and never asks. The same holds for a consumer account on the same "
        "address.",
        unconfirmed=("that Google never asks while the service is on: Google's page requires OFF, others say why.",),
    )
