"""Checks what stands open to whom: whose certificate callers meet, whose word is believed, and what is in the clear."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from proxy.settings.callers import CallerSettings
from proxy.settings.certificate import CertificateFirstRun
from proxy.settings.server import ServerSettings
from service.addresses import IpNetwork, ListenAddress

_CLOUDS = {"google-calendar-interop": "Google", "exchange-online": "Exchange Online"}
_MANY = 65_536  # addresses of our own network; more are hardly all reverse proxies
_PUBLIC_MANY = 256
_V6_SITE = 64  # bits


def check_exposure(configuration: Configuration) -> Iterator[Finding]:
    """What of [server] and [[callers]] lets strangers in, or keeps the expected callers out."""
    server = configuration.server
    public = any(not address.is_loopback for address in server.listen)
    yield from _in_the_clear(server)
    yield from _listening(server)
    for number, network in enumerate(server.trusted_proxies, 1):
        yield from _trusted(f"server.trusted_proxies[{number}]", network)
    if isinstance(server.certificate, CertificateFirstRun) and not server.trusted_proxies:
        yield from _first_run(configuration.callers, public=public)
    yield from _callers(configuration.callers, public=public)


def _in_the_clear(server: ServerSettings) -> Iterator[Finding]:
    parts = urlsplit(server.public_url)
    if parts.scheme == "http" and not ListenAddress(parts.hostname or "", 0).is_loopback:
        what = "callers would send their passwords in the clear"
        yield error("server.public_url", what, 'write "https://…", with a certificate here or in a proxy in front')


def _listening(server: ServerSettings) -> Iterator[Finding]:
    taken: list[tuple[str, ListenAddress]] = []
    for key in ("listen", "metrics_listen", "plain_listen"):
        for address in getattr(server, key):
            other = next((name for name, each in taken if _same(each, address)), None)
            if other is not None:
                yield error(f"server.{key}", f"{address} is taken by {other} already", "write another port")
            taken.append((key, address))
    if any(not address.is_loopback for address in server.metrics_listen):
        what = "whoever reaches it learns the names of callers and connectors and how much they ask"
        yield warning("server.metrics_listen", what, "listen on 127.0.0.1, or let a firewall guard the port")


def _same(one: ListenAddress, other: ListenAddress) -> bool:
    anywhere = {"0.0.0.0", "::"} & {one.host, other.host}  # noqa: S104 - compared, not listened on
    return one.port == other.port != 0 and (one.host == other.host or bool(anywhere))


def _trusted(key: str, network: IpNetwork) -> Iterator[Finding]:
    if _is_wide(network):
        what = f"whoever has an address in {network} may say where a request comes from"
        yield warning(key, what, "write the addresses of the reverse proxies alone")


def _is_wide(network: IpNetwork) -> bool:
    most = _MANY if network.is_private else _PUBLIC_MANY
    return network.num_addresses > most if isinstance(network, IPv4Network) else network.prefixlen < _V6_SITE


def _first_run(callers: Iterable[CallerSettings], *, public: bool) -> Iterator[Finding]:
    """Clouds trust public authorities alone. A preset tells which cloud asks; so do Microsoft's tokens and Google's
    manners, where others reach us at all: on loopback it is a trial. A client secret of ours (``oauth``) and one manner
    alone fit other programs as well, which may know our CA: that is worth a word and forbids nothing."""
    mend = 'use a public one (kind = "acme", "files" or "pfx"), or name the reverse proxy in front in trusted_proxies'
    for number, caller in enumerate(callers, 1):
        cloud = next((_CLOUDS[name] for name in caller.networks if name in _CLOUDS), "")
        if cloud:
            what = f"{cloud} does not trust a certificate that Busyline issues itself (server.certificate)"
            yield error(f"callers[{number}].networks", what, mend)
        elif public and (sign := _likely(caller)) is not None:
            key, who, certain = sign
            word, tell = ("is", error) if certain else ("looks like", warning)
            what = f"this {word} {who}, which does not trust a certificate that Busyline issues itself"
            yield tell(f"callers[{number}].{key}", what, mend)


def _likely(caller: CallerSettings) -> tuple[str, str, bool] | None:
    """The key that tells, who it is, and whether that is certain."""
    codes, events = caller.faults == "per-mailbox", caller.always_events
    signs = (
        ("microsoft", caller.microsoft is not None, "Exchange Online", True),
        ("faults", codes and events, "Google", True),
        ("oauth", caller.oauth is not None, "Google", False),
        ("faults", codes, "Google", False),
        ("always_events", events, "Google", False),
    )
    return next(((key, who, certain) for key, shown, who, certain in signs if shown), None)


def _callers(callers: Iterable[CallerSettings], *, public: bool) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for number, caller in enumerate(callers, 1):
        key = f"callers[{number}]"
        if not caller.may_ask:
            yield warning(
                f"{key}.may_ask", "the caller may ask about nobody", "name addresses or domains, or remove it"
            )
        for name, reference in _hashes(caller):
            owner = owners.setdefault(reference, caller.name)
            if owner != caller.name:
                what = f'"{owner}" has the same one: who knows the password of one is the other too'
                yield warning(f"{key}.{name}", what, "give each caller a password of its own")
        if caller.basic is not None and public and not caller.networks:
            what = "the password opens from everywhere"
            yield note(f"{key}.basic", what, "write networks where it is known where the caller comes from")


def _hashes(caller: CallerSettings) -> Iterator[tuple[str, str]]:
    if caller.basic is not None:
        yield "basic.password", str(caller.basic.password)
    if caller.oauth is not None:
        yield "oauth.secret", str(caller.oauth.secret)
