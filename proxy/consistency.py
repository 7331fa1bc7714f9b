"""What no single key shows: names that must exist, and those that must not come twice, each error at its own key."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from certs.objections import ascii_host

Problem: TypeAlias = tuple[tuple[str | int, ...], str]
_Owners: TypeAlias = dict[tuple[str, ...], str]


class RouteLike(Protocol):
    """What is looked at of a route."""

    @property
    def match(self) -> str: ...
    @property
    def via(self) -> tuple[str, ...]: ...


class CallerLike(Protocol):
    """What is looked at of a caller; beside it, its proofs, each under its key of :data:`PROOFS`, or None."""

    @property
    def name(self) -> str: ...
    @property
    def never_via(self) -> tuple[str, ...]: ...


class IssuerLike(Protocol):
    """What is looked at of an issuer of tokens."""

    @property
    def domains(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one caller alone may be known by: a key of its proof, what that is in words, and what counts as the same.

    ``within`` is a key whose values must meet too before two callers are taken for one another.
    """

    key: str
    words: str
    same: Callable[[str], str] = str
    within: str = ""


PROOFS: Final[Mapping[str, tuple[_Claim, ...]]] = {
    "basic": (_Claim("usernames", "a user name", str.lower),),
    "oauth": (_Claim("client_id", "the client id"),),
    "microsoft": (_Claim("tenants", "a tenant", within="apps"),),
    "federation": (_Claim("domains", "a federated domain"),),
    "oidc": (
        _Claim("subjects", "a subject of that issuer", within="issuers"),
        _Claim("clients", "a client of that issuer", within="issuers"),
    ),
    "certificate": (_Claim("names", "a certificate's name", str.lower), _Claim("pins", "a certificate's pin")),
}
"""How callers prove themselves, by the key of the settings, and what nobody else may then be known by."""


def check_scheme(public_url: str, certificate: str) -> None:
    """Raises ValidationError where the address promises plain HTTP although there is a certificate."""
    if public_url.startswith("http:") and certificate != "none":
        raise_all([(("public_url",), f'there is a certificate, so write "https://{public_url.partition("://")[2]}"')])


def check_acme(public_url: str, names: Sequence[str], plain_listen: Sequence[object]) -> None:
    """Raises ValidationError where an authority could not prove us, or where callers would refuse what it issues."""
    host = ascii_host(urlsplit(public_url).hostname or "")
    problems: list[Problem] = []
    if not plain_listen:
        what = 'kind = "acme" is proved on port 80: write plain_listen = ["0.0.0.0:80"]'
        problems.append((("plain_listen",), what))
    if names and host not in names:
        what = f"callers use {host}, which is not among them: write it first"
        problems.append((("certificate", "acme", "names"), what))
    raise_all(problems)


def check_client_certificates(certificate: str, callers: Sequence[CallerLike]) -> None:
    """Raises ValidationError where a caller shows a certificate and Busyline's own ``certificate`` is of kind none."""
    text = 'TLS ends before Busyline (kind = "none"), which sees no client certificate: write another proof'
    shown = [number for number, caller in enumerate(callers) if getattr(caller, "certificate", None) is not None]
    if certificate == "none":
        raise_all([(("callers", number, "certificate"), text) for number in shown])


def check_names(connectors: Collection[str], routes: Sequence[RouteLike], callers: Sequence[CallerLike]) -> None:
    """Raises ValidationError, with one entry per problem at its own key."""
    raise_all([*_routes(connectors, routes), *_callers(connectors, callers)])


def check_federation(*, trust: bool, callers: Sequence[CallerLike]) -> None:
    """Raises ValidationError at every caller who is to prove itself by a federation trust that there is not."""
    text = "there is no federation trust: write a section [federation], or let the caller prove itself otherwise"
    numbers = [number for number, caller in enumerate(callers) if getattr(caller, "federation", None) is not None]
    raise_all([(("callers", number, "federation"), text) for number in numbers if not trust])


def check_issuers(issuers: Sequence[IssuerLike]) -> None:
    """Raises ValidationError at every one of several issuers that might vouch for the callers of another."""
    text = 'there are several issuers: write domains = ["contoso.example"], the domains that this one may vouch for'
    bare = [number for number, issuer in enumerate(issuers) if not issuer.domains]
    raise_all([(("federation", "issuers", number, "domains"), text) for number in bare if len(issuers) > 1])


def check_oidc(issuers: Sequence[str], callers: Sequence[CallerLike]) -> None:
    """Raises ValidationError at every issuer that comes twice, and at every caller whose issuer is none of them."""
    problems: list[Problem] = [
        (("oidc", number, "issuer"), f'there are two sections for "{issuer}": write all its audiences in one')
        for number, issuer in enumerate(issuers)
        if issuer in issuers[:number]
    ]
    for number, caller in enumerate(callers):
        wanted = getattr(getattr(caller, "oidc", None), "issuer", None)
        if wanted is not None and wanted not in issuers:
            known = ", ".join(f'"{one}"' for one in issuers)
            remedy = f"write one of {known}, to the letter" if known else f'add [[oidc]] with issuer = "{wanted}"'
            problems.append((("callers", number, "oidc", "issuer"), f'there is no issuer "{wanted}": {remedy}'))
    raise_all(problems)


def _routes(connectors: Collection[str], routes: Sequence[RouteLike]) -> Iterator[Problem]:
    seen: dict[str, RouteLike] = {}
    for number, route in enumerate(routes):
        for via in route.via:
            if via not in connectors:
                yield ("routes", number, "via"), _no_connector(via, connectors)
        first = seen.setdefault(route.match, route)
        if first is not route:
            text = f'"{route.match}" has a route already, via "{first.via[0]}": remove one of the two'
            yield ("routes", number, "match"), text


def _callers(connectors: Collection[str], callers: Sequence[CallerLike]) -> Iterator[Problem]:
    names: set[str] = set()
    owners: _Owners = {}
    for number, caller in enumerate(callers):
        if caller.name in names:
            yield ("callers", number, "name"), f'there are two callers "{caller.name}": give each its own name'
        names.add(caller.name)
        for place, connector in enumerate(caller.never_via):
            if connector not in connectors:
                yield ("callers", number, "never_via", place), _no_connector(connector, connectors)
        yield from _claims(number, caller, owners)


def _claims(number: int, caller: CallerLike, owners: _Owners) -> Iterator[Problem]:
    for proof, claims in PROOFS.items():
        if (written := getattr(caller, proof, None)) is None:
            continue
        for claim in claims:
            values = getattr(written, claim.key)
            single = isinstance(values, str)
            for place, value in enumerate([values] if single else values):
                if (owner := _owner(owners, caller.name, (proof, claim, str(value)), written)) is not None:
                    text = f'"{value}" is {claim.words} of the caller "{owner}" already: give each caller its own'
                    yield ("callers", number, proof, claim.key, *(() if single else (place,))), text


def _owner(owners: _Owners, caller: str, claimed: tuple[str, _Claim, str], written: object) -> str | None:
    """Who is known by the same already; None where it is nobody but this caller, whose it is from now on."""
    proof, claim, value = claimed
    within: Sequence[str] = getattr(written, claim.within) if claim.within else ("",)
    found = [owners.setdefault((proof, claim.key, claim.same(value), one), caller) for one in within]
    return next((name for name in found if name != caller), None)


def _no_connector(name: str, known: Collection[str]) -> str:
    names = ", ".join(f'"{one}"' for one in sorted(known))
    remedy = f"write one of {names}" if names else f"add a section [connectors.{name}]"
    return f'there is no connector "{name}": {remedy}'


def raise_all(problems: list[Problem]) -> None:
    """Raises ValidationError where there are ``problems``, with one entry for each at its own place."""
    if problems:
        raise ValidationError.from_exception_data("configuration", [_entry(*problem) for problem in problems])


def _entry(place: tuple[str | int, ...], text: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("value_error", "{text}", {"text": text}), loc=place, input=None)
